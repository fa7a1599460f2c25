"""Sources -> jobs: what is found, what ids circuits get, and what is refused."""

import pytest

from qsched.errors import BadInputs, ConfigError, InputError
from qsched.experiment.sources import find_files, natural_key
from qsched.experiment.workload import load_workload

BELL = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[{n}];\nh q[0];\ncx q[0], q[1];\n'
ROWS = "job_id,num_qubits,depth,two_qubits,shots\n"


@pytest.fixture
def put(tmp_path):
    """Write files of circuits and tables, and give their paths."""

    def write(*names, content=None):
        paths = []
        for number, name in enumerate(names, 2):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(BELL.replace("{n}", str(number)) if content is None else content)
            paths.append(path)
        return paths[0] if len(paths) == 1 else paths

    return write


def ids(sources, **options):
    return [job.job_id for job in load_workload(sources, **options).jobs]


def refusals(sources, **options):
    with pytest.raises(InputError) as caught:
        load_workload(sources, **options)
    errors = caught.value.errors if isinstance(caught.value, BadInputs) else [caught.value]
    return [str(error) for error in errors]


def test_a_circuit_becomes_a_job_of_4096_shots_with_its_profile(put):
    (job,) = load_workload([put("bell.qasm")]).jobs

    assert (job.job_id, job.num_qubits, job.depth, job.num_two_qubit_gates) == ("bell", 2, 2, 1)
    assert job.shots == 4096
    assert job.submit_time_s == 0.0
    assert job.circuit is not None
    assert job.circuit.interactions == ((0, 1, 1),)


def test_a_folder_gives_its_circuits_at_any_depth_in_natural_order(tmp_path, put):
    put("ghz_10.qasm", "ghz_9.qasm", "more/deep/a.qasm", "b.QASM")
    put("manifest.json", "README.md", "jobs.csv", ".hidden.qasm", ".git/x.qasm", content="?")

    assert ids([tmp_path]) == ["b", "ghz_9", "ghz_10", "a"]


def test_origins_are_the_files_that_the_jobs_are_from(put):
    table = put("jobs.csv", content=ROWS + "x,5,1,0,1\ny,5,1,0,1\n")
    circuit = put("bell.qasm")

    workload = load_workload([table, circuit])

    assert workload.origins == (table, table, circuit)
    assert workload.errors == ()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["bell.qasm", "ghz.qasm"], ["bell", "ghz"]),
        (["bell.qasm", "bell.qasm2"], ["bell.qasm", "bell.qasm2"]),
        (["v1/bell.qasm", "v2/bell.qasm"], ["v1/bell.qasm", "v2/bell.qasm"]),
        (["bell.qasm", "v2/bell.qasm", "ghz.qasm"], ["bell.qasm", "ghz", "v2/bell.qasm"]),
    ],
)
def test_circuits_of_one_folder_that_would_share_an_id_get_their_paths(
    tmp_path, put, names, expected
):
    put(*names)

    assert ids([tmp_path]) == expected


def test_circuits_of_several_sources_that_would_share_an_id_get_their_full_paths(put):
    first, second = put("a/bell.qasm", "b/bell.qasm")

    assert ids([first, second]) == [first.as_posix(), second.as_posix()]


def test_a_circuit_named_twice_runs_twice(put):
    bell = put("bell.qasm")

    assert ids([bell, bell]) == ["bell#1", "bell#2"]


def test_a_circuit_gives_way_to_a_row_of_the_same_id(put):
    table = put("jobs.csv", content=ROWS + "bell,5,1,0,1\n")

    assert ids([put("bell.qasm"), table]) == ["bell.qasm", "bell"]


def test_tables_that_share_ids_are_refused_naming_both(put):
    first, second = put("a.csv", "b.csv", content=ROWS + "1,5,1,0,1\n2,5,1,0,1\n")

    assert refusals([first, second]) == [
        (
            f"{second}: 2 of its job ids are in {first}, too; give every job its own, or run the "
            "tables one by one"
        )
    ]


def test_shots_given_outside_are_those_of_every_job(put):
    table = put("jobs.csv", content=ROWS + "1,5,1,0,77\n")

    workload = load_workload([table, put("bell.qasm")], shots=5)

    assert [job.shots for job in workload.jobs] == [5, 5]


def test_a_table_without_shots_can_be_run_with_shots_from_outside(put):
    table = put("jobs.csv", content="num_qubits,depth,two_qubits\n5,1,0\n")

    assert [job.shots for job in load_workload([table], shots=5).jobs] == [5]


def test_progress_counts_files(put):
    calls = []

    load_workload(put("a.qasm", "b.qasm"), progress=lambda done, total: calls.append((done, total)))

    assert calls == [(1, 2), (2, 2)]


def test_every_bad_file_is_listed_and_skipping_them_keeps_the_good_ones(tmp_path, put):
    good = put("good.qasm")
    bad = put("bad.qasm", content='OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh p[0];\n')
    empty = put("empty.qasm", content="")
    table = put("jobs.csv", content=ROWS + "1,0,1,0,1\n2,5,1,0,1\n3,5,x,0,1\n")
    sources = [good, bad, empty, table, tmp_path / "gone.qasm"]

    found = refusals(sources)

    assert [line.partition(":")[0] for line in found] == [
        str(tmp_path / "gone.qasm"),
        str(bad),
        str(empty),
        str(table),
        str(table),
    ]
    assert f"{bad}:4:" in found[1]
    workload = load_workload(sources, skip_bad=True)
    assert [job.job_id for job in workload.jobs] == ["good", "2"]
    assert [str(error) for error in workload.errors] == found


def test_nothing_good_at_all_is_refused_even_when_skipping(put):
    assert len(refusals([put("empty.qasm", content="")], skip_bad=True)) == 1


def test_no_source_at_all_is_refused():
    with pytest.raises(ConfigError, match="no circuit and no job table given"):
        load_workload([])


def test_sources_that_are_nothing_say_what_they_could_be(tmp_path, put):
    put("notes.txt", "bell.qasm")
    (tmp_path / "none").mkdir()
    errors = []

    find_files([tmp_path / "notes.txt", tmp_path / "bel.qasm", tmp_path / "none"], errors)

    assert [error.problem for error in errors] == [
        "unknown kind of file '.txt'",
        "no such file or folder",
        "folder holds no circuit",
    ]
    assert "bell.qasm" in errors[1].remedy


@pytest.mark.parametrize("name", ["x\0.qasm", "y" * 300 + ".qasm", "a.qasm/b.qasm"])
def test_paths_that_cannot_be_are_refused_like_those_that_are_not_there(tmp_path, put, name):
    put("a.qasm")

    assert "no such file or folder" in refusals([tmp_path / name])[0]


def test_natural_order_counts_numbers_as_numbers():
    names = ["q10", "q9", "q9b", "a/2", "a/10", "q", "10", "9"]

    assert sorted(names, key=natural_key) == ["9", "10", "a/2", "a/10", "q", "q9", "q9b", "q10"]

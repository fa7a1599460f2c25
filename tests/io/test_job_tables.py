"""Job tables: what is read, what is refused, and that everything else is one of the two."""

import json
import string
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import BadInputs, InputError, JobTableError
from qsched.io.job_tables import read_job_table, scan_job_table, write_job_table
from qsched.model.job import MAX_COUNT, MAX_QUBITS, Job

HEADER = "job_id,num_qubits,two_qubits,depth,priority,arrival_time,num_shots\n"
ROW = "1,177,18,5,2,,69100\n"
NEEDED = {"num_qubits": 5, "depth": 4, "num_two_qubit_gates": 3, "shots": 10}


@pytest.fixture
def table(tmp_path):
    """Write a table and give its path."""

    def write(content, suffix=".csv"):
        path = tmp_path / f"jobs{suffix}"
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_bytes(content.encode())
        else:
            path.write_text(json.dumps(content))
        return path

    return write


def refusals(path, **options):
    """The one-line errors that a table gets, without the folder in front."""
    with pytest.raises(InputError) as caught:
        read_job_table(path, **options)
    assert type(caught.value) in (JobTableError, BadInputs)
    return str(caught.value).replace(f"{path.parent}/", "").splitlines()


def test_published_columns_become_jobs_and_an_empty_arrival_time_is_zero(table):
    jobs = read_job_table(table(HEADER + ROW + "2,200,20,6,1,12.5,100\n"))

    assert jobs == [
        Job(job_id="1", num_qubits=177, depth=5, num_two_qubit_gates=18, shots=69100, priority=2),
        Job(
            job_id="2", num_qubits=200, depth=6, num_two_qubit_gates=20, shots=100, priority=1,
            submit_time_s=12.5,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"jobs": rows, "version": 1}])
def test_json_is_a_bare_list_or_an_object_with_jobs(table, wrap):
    assert read_job_table(table(wrap([NEEDED | {"job_id": 7}]), ".json")) == [
        Job(job_id="7", **NEEDED)
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".JSONL"])
def test_json_lines_skip_blank_lines_and_keep_odd_line_separators_inside_text(table, suffix):
    lines = f"{json.dumps(NEEDED)}\n\n{json.dumps(NEEDED | {'name': 'x'})}\r\n"

    assert [job.name for job in read_job_table(table(lines, suffix))] == ["", "x"]


def test_jobs_without_an_id_are_numbered_and_optional_cells_may_be_empty(table):
    text = "num_qubits,depth,num_two_qubit_gates,shots,priority,name,cancel_time_s\n5,4,3,10,,,\n"
    first, second = read_job_table(table(text + "6,4,3,10,,,\n"))

    assert first == Job(job_id="1", **NEEDED)
    assert second.job_id == "2"


@pytest.mark.parametrize("name", ["submit_time_s", "submit_time", "arrival_time", "arrival_time_s"])
def test_every_spelling_of_the_submission_time_is_read(table, name):
    assert read_job_table(table([NEEDED | {name: 3}], ".json"))[0].submit_time_s == 3.0


def test_shots_may_come_from_outside_but_a_row_with_its_own_keeps_them(table):
    text = "num_qubits,depth,two_qubits,shots\n5,4,3,\n5,4,3,10\n"

    assert [job.shots for job in read_job_table(table(text), shots_default=99)] == [99, 10]
    assert refusals(table(text)) == ["jobs.csv:2: shots is empty; give it a number"]


def test_a_byte_order_mark_blanks_and_case_in_the_header_do_not_matter(table):
    text = " Num Qubits ,DEPTH, two  qubits,shots\r\n 5 , 4,3 ,10\r\n"

    assert read_job_table(table(b"\xef\xbb\xbf" + text.encode())) == [Job(job_id="1", **NEEDED)]


def test_other_columns_and_rows_of_nothing_but_commas_are_ignored(table):
    text = "num_qubits,depth,two_qubits,shots,owner\n5,4,3,10,me\n,,,,\n\n6,4,3,10,you\n"

    assert [job.num_qubits for job in read_job_table(table(text))] == [5, 6]


@pytest.mark.parametrize("whole", ["3.0", "3e0", " 3", "+3", "0003"])
def test_whole_numbers_may_be_written_as_spreadsheets_write_them(table, whole):
    assert read_job_table(table([NEEDED | {"priority": whole}], ".json"))[0].priority == 3


def test_the_result_of_a_run_can_be_read_as_a_job_table(table):
    entry = NEEDED | {
        "job_id": "a", "name": "", "status": "DONE", "reason": "", "submit_time_s": 1.5,
        "start_time_s": 2.0, "finish_time_s": 9.0, "comm_time_s": 0.1, "wait_time_s": 0.5,
        "turnaround_time_s": 7.5, "fidelity": 0.9,
        "placements": [{"device": "d", "num_qubits": 5, "qubits": None}],
    }  # fmt: skip

    assert read_job_table(table({"jobs": [entry]}, ".json")) == [
        Job(job_id="a", submit_time_s=1.5, **NEEDED)
    ]


# What bad input gets


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("-1", "it must be 1 to 10000000"),
        ("0", "it must be 1 to 10000000"),
        ("99999999999", "it must be 1 to 10000000"),
        ("3.5", "it must be a whole number"),
        ("nan", "it must be a whole number"),
        ("inf", "it must be a whole number"),
        ("1e999", "it must be a whole number"),
        ("9" * 5000, "it must be a whole number"),
        ("1_000", "it must be a whole number"),
        ("٣", "it must be a whole number"),
        ("many", "it must be a whole number"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl"])
def test_a_number_of_qubits_that_is_none_is_named_with_its_line(table, cell, remedy, suffix):
    if suffix == ".csv":
        path, line = table(f"{HEADER}{ROW}2,{cell},18,5,2,,69100\n"), "jobs.csv:3: "
    else:
        entries = [NEEDED, NEEDED | {"num_qubits": cell}]
        content = entries if suffix == ".json" else "\n".join(map(json.dumps, entries))
        path = table(content, suffix)
        line = "jobs.json: entry 2: " if suffix == ".json" else "jobs.jsonl:2: "

    (refusal,) = refusals(path)

    assert refusal.startswith(line)
    assert "num_qubits is " in refusal
    assert cell[:70] in refusal
    assert refusal.endswith(f"; {remedy}")
    assert len(refusal) < 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("depth", -1),
        ("depth", None),
        ("depth", True),
        ("depth", [1]),
        ("depth", {}),
        ("depth", 10**17),
        ("num_two_qubit_gates", float("nan")),
        ("num_two_qubit_gates", ""),
        ("shots", 0),
        ("shots", float("inf")),
        ("submit_time_s", -0.5),
        ("submit_time_s", float("nan")),
        ("submit_time_s", float("-inf")),
        ("submit_time_s", 10**400),
        ("submit_time_s", 1e300),
        ("cancel_time_s", 1e16),
        ("submit_time_s", "noon"),
        ("submit_time_s", False),
        ("cancel_time_s", -1),
        ("priority", 0.5),
        ("priority", 10**30),
        ("priority", "high"),
        ("job_id", 1.5),
        ("job_id", ["a"]),
        ("job_id", "two\nlines"),
        ("job_id", "\ud800"),
        ("job_id", "x" * 1000),
        ("name", True),
        ("name", "\x1b[31m"),
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_values_that_a_job_cannot_have_are_refused_by_name(table, field, value, suffix):
    job = json.dumps(NEEDED | {field: value})

    (refusal,) = refusals(table(f"[{job}]" if suffix == ".json" else job, suffix))

    assert f"{field} is " in refusal
    assert refusal.isprintable()


def test_all_bad_cells_of_all_bad_rows_are_listed_at_once(table):
    text = HEADER + "1,x,18,y,2,,1\n2,0,1,1,1,,1\n" + "3,5,1,1,1,,1\n" + "4,5,1,1,1,,\n"

    assert refusals(table(text)) == [
        "jobs.csv:2: num_qubits is 'x'; it must be a whole number",
        "jobs.csv:2: depth is 'y'; it must be a whole number",
        "jobs.csv:3: job 2: num_qubits is 0; it must be 1 to 10000000",
        "jobs.csv:5: shots is empty; give it a number",
    ]


def test_of_very_many_errors_the_first_thousand_are_listed_and_the_others_counted(table):
    lines = refusals(table(HEADER + "1,x,18,5,2,,1\n" * 5000))

    assert len(lines) == 1001
    assert lines[-1] == "jobs.csv: and 4000 more errors"


def test_scanning_gives_the_good_rows_beside_what_is_wrong_with_the_others(table):
    jobs, errors = scan_job_table(table(HEADER + ROW + ROW + "2,0,1,1,1,,1\n3,5,1,1,1,,1\n"))

    assert [job.job_id for job in jobs] == ["1", "3"]
    assert [error.line for error in errors] == [3, 4]


def test_duplicate_ids_name_both_lines(table):
    assert refusals(table(HEADER + ROW + ROW)) == [
        "jobs.csv:3: job_id '1' is that of line 2, too; give every job its own"
    ]
    assert refusals(table([NEEDED | {"job_id": 2}, NEEDED], ".json")) == [
        "jobs.json: entry 2: job_id '2' is that of entry 1, too; give every job its own"
    ]


def test_lines_are_physical_lines_even_after_a_cell_over_several(table):
    text = 'name,num_qubits,depth,two_qubits,shots,note\na,5,4,3,10,"one\ntwo"\nb,0,4,3,10,\n'

    assert refusals(table(text)) == ["jobs.csv:4: job 2: num_qubits is 0; it must be 1 to 10000000"]


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        (
            "num_qubit,depth,two_qubits,shots",
            "no column num_qubits; did you mean it by 'num_qubit'?",
        ),
        (
            "num_qubits,depth,shots",
            (
                "no column num_two_qubit_gates or two_qubits; add it; there are "
                "num_qubits, depth, shots"
            ),
        ),
        (
            "num_qubits,depth,two_qubits",
            (
                "no column shots or num_shots; add it, or give --shots for all; there are "
                "num_qubits, depth, two_qubits"
            ),
        ),
        (
            "num_qubits,depth,two_qubits,shots,arival_time",
            "unknown column 'arival_time'; did you mean 'submit_time_s'?",
        ),
        (
            "num_qubits,depth,two_qubits,num_two_qubit_gates,shots",
            (
                "columns 'two_qubits' and 'num_two_qubit_gates' both mean num_two_qubit_gates; "
                "keep one"
            ),
        ),
        ("num_qubits;depth;two_qubits", "columns separated by semicolons; separate them by commas"),
        ("num_qubits\tdepth", "columns separated by tabs; separate them by commas"),
    ],
)
def test_columns_that_are_missing_twice_there_or_misspelt_are_refused(table, header, refusal):
    assert refusals(table(f"{header}\n1,2,3,4,5\n")) == [f"jobs.csv:1: {refusal}"]


def test_keys_of_json_are_checked_once_for_all_entries_that_share_them(table):
    entries = [{"num_qubits": 5, "depth": 1, "shot": 3, "two_qubits": 1}] * 50

    assert refusals(table(entries, ".json")) == [
        "jobs.json: entry 1: no column shots or num_shots; did you mean it by 'shot'?"
    ]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "jobs.csv: is empty; was it written to the end?"),
        (b"\xef\xbb\xbf \n", "jobs.csv: is empty; was it written to the end?"),
        (HEADER.encode(), "jobs.csv: holds no job; give it a row for each job"),
        ((HEADER + ROW).encode("utf-16"), "jobs.csv: is UTF-16; save it as UTF-8"),
        (
            (HEADER + ROW).encode("utf-16-le"),
            "jobs.csv:1: NUL byte; this is no text file, or not UTF-8; save it as UTF-8",
        ),
        (
            (HEADER + ROW).encode() + b"\xe9t\xe9,1,1,1,1,,1\n",
            "jobs.csv:3: byte 0xe9 is not UTF-8; save it as UTF-8",
        ),
        (
            b"\xef\xbb\xbfa\n\xe9",
            "jobs.csv:2: byte 0xe9 is not UTF-8; save it as UTF-8",
        ),
        (
            (HEADER + ROW + "2,3\n").encode(),
            (
                "jobs.csv:3: 2 cells under 7 columns; give each column one cell, and quote text "
                "that holds a comma"
            ),
        ),
        (
            (HEADER + ROW + '2,"3\n').encode(),
            "jobs.csv:3: unexpected end of data; close every quote and keep cells short",
        ),
        (
            (HEADER + ROW + "2," + "x" * 200_000 + "\n").encode(),
            (
                "jobs.csv:3: field larger than field limit (131072); close every quote and keep "
                "cells short"
            ),
        ),
    ],
)
def test_files_that_are_no_table_are_refused_with_the_line(table, content, refusal):
    assert refusals(table(content)) == [refusal]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (
            '[{"num_qubits": 5,\n "dep',
            ("jobs.json:2:2: no valid JSON: Unterminated string starting at; correct it"),
        ),
        (
            '[{"num_qubits": 5',
            ("jobs.json:1:18: no valid JSON: Expecting ',' delimiter; was it written to the end?"),
        ),
        ("[]", "jobs.json: holds no job; give it a row for each job"),
        ("3", 'jobs.json: found 3; give a list of jobs, or {"jobs": [...]}'),
        (
            '{"job": []}',
            ('jobs.json: found an object of job; give a list of jobs, or {"jobs": [...]}'),
        ),
        (
            '{"jobs": {"a": 1}}',
            ('jobs.json: found an object of jobs; give a list of jobs, or {"jobs": [...]}'),
        ),
        ("[[1, 2]]", "jobs.json: entry 1: found [1, 2]; give an object for each job"),
        ("[{}]", "jobs.json: entry 1: no column num_qubits"),
        ('[{"shots": 1, "shots": 2}]', "jobs.json: entry 1: key 'shots' is there twice; keep one"),
        ("[" * 100_000, "jobs.json: JSON nested too deeply; give a flat list of jobs"),
        ("[" + "9" * 5000 + "]", "jobs.json: no valid JSON: Exceeds the limit (4300 digits)"),
    ],
)
def test_json_of_the_wrong_form_is_refused(table, content, refusal):
    assert refusals(table(content, ".json"))[0].startswith(refusal)


def test_broken_json_lines_are_all_listed(table):
    lines = ["{", json.dumps(NEEDED), "[]", '{"shots": 1, "shots": 1}', "NaN"]

    assert [line.split(": ")[0] for line in refusals(table("\n".join(lines), ".jsonl"))] == [
        "jobs.jsonl:1:2",
        "jobs.jsonl:3",
        "jobs.jsonl:4",
        "jobs.jsonl:5",
    ]


def test_paths_that_cannot_be_read_are_refused(tmp_path):
    assert "cannot read: No such file" in refusals(tmp_path / "nowhere.csv")[0]
    (tmp_path / "folder.csv").mkdir()
    assert "cannot read: Is a directory" in refusals(tmp_path / "folder.csv")[0]
    assert "unknown kind of job table '.xlsx'" in refusals(tmp_path / "jobs.xlsx")[0]
    assert "cannot read: embedded null byte" in refusals(tmp_path / "a\0.csv")[0]


# Properties

TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12).map(
    lambda text: "".join(filter(str.isprintable, text)).strip()
)
TIMES = st.floats(0.0, 1e9) | st.integers(0, 10**6)
JOBS = st.lists(
    st.builds(
        lambda start, lasts, **rest: Job(
            submit_time_s=start, cancel_time_s=None if lasts is None else start + lasts, **rest
        ),
        job_id=TEXT.filter(bool),
        num_qubits=st.integers(1, MAX_QUBITS),
        depth=st.integers(0, MAX_COUNT),
        num_two_qubit_gates=st.integers(0, MAX_COUNT),
        shots=st.integers(1, MAX_COUNT),
        priority=st.integers(-(10**15), 10**15),
        name=TEXT,
        start=TIMES,
        lasts=st.none() | TIMES,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda job: job.job_id,
)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl"])
@settings(deadline=None)
@given(jobs=JOBS)
def test_jobs_written_and_read_back_are_equal(tmp_path_factory, suffix, jobs):
    path = tmp_path_factory.mktemp("trip") / f"jobs{suffix}"

    write_job_table(jobs, path)

    assert read_job_table(path) == jobs


CELLS = st.sampled_from(
    ["", "1", "5", "-1", "0", "nan", "inf", "1e400", "3.5", "3.0", "9" * 5000, '"', "\r", "x,y"]
) | st.text(max_size=4)  # fmt: skip
COLUMN_NAMES = st.sampled_from(
    ["job_id", "num_qubits", "depth", "two_qubits", "shots", "arrival_time", "priority", "qubits"]
)
CSV = st.builds(
    lambda header, rows: "\n".join(map(",".join, [header, *rows])),
    st.lists(COLUMN_NAMES, min_size=4, max_size=8, unique=True),
    st.lists(st.lists(CELLS, min_size=4, max_size=8), max_size=4),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(COLUMN_NAMES, inner, max_size=8),
    max_leaves=30,
)
JSON_JOBS = st.lists(
    st.fixed_dictionaries(
        {name: st.integers(1, 9) | JSON_VALUES for name in NEEDED},
        optional={"job_id": JSON_VALUES, "priority": JSON_VALUES, "name": JSON_VALUES},
    ),
    max_size=4,
)
CONTENT = st.one_of(
    st.binary(max_size=60),
    st.text(string.printable, max_size=60).map(lambda text: text.encode()),
    CSV.map(lambda text: text.encode("utf-8", "surrogatepass")),
    (JSON_VALUES | JSON_JOBS).map(lambda value: json.dumps(value).encode()),
    JSON_JOBS.map(lambda jobs: "\n".join(map(json.dumps, jobs)).encode()),
)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl"])
@settings(deadline=None)
@given(content=CONTENT, shots=st.none() | st.just(5))
def test_whatever_a_file_holds_gives_jobs_or_one_line_for_each_error(
    tmp_path_factory, suffix, content, shots
):
    path = tmp_path_factory.getbasetemp() / f"anything{suffix}"
    path.write_bytes(content)
    try:
        jobs = read_job_table(path, shots_default=shots)
    except BadInputs as bad:
        errors = bad.errors
    except JobTableError as error:
        errors = (error,)
    else:
        assert jobs
        assert len({job.job_id for job in jobs}) == len(jobs)
        return
    assert all(len(str(error).splitlines()) == 1 for error in errors)
    assert all(isinstance(error, JobTableError) for error in errors)


def test_reading_a_job_table_imports_neither_qiskit_nor_numpy(table):
    path = table(HEADER + ROW)
    code = (
        "import sys; from qsched.io.job_tables import read_job_table; "
        f"read_job_table({str(path)!r}); "
        "print({'qiskit', 'numpy', 'pandas', 'networkx', 'simpy'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"

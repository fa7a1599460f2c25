"""Scenario files: what is read, what is refused, and that writing and reading is a round trip."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.config import Scenario, read_scenario, write_scenario
from qsched.errors import BadInputs, ConfigError, InputError

FULL = """
sources = ["circuits", "jobs.csv"]
fleet = "fleets/mine.toml"
policy = "fair"
model = "icpp2025"
broker = "serial"
discipline = "easy"
shots = 1000
arrivals = "poisson:0.5"
seed = 7
out = "results"

[[maintenance.ibm_kyiv]]
start_s = 3600
duration_s = 1800.5
period_s = 86400

[[maintenance.ibm_kyiv]]
start_s = 10
duration_s = 1

[cancellations]
ghz_250 = 120
"""


@pytest.fixture
def scenario_file(tmp_path):
    """Write a scenario and give its path."""

    def write(text):
        path = tmp_path / "day.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def refusals(path):
    """The one-line errors that a scenario gets, without the folder in front."""
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert type(caught.value) in (ConfigError, BadInputs)
    return str(caught.value).replace(f"{path.parent}/", "").splitlines()


def test_every_key_is_read_and_paths_are_those_of_the_scenarios_folder(scenario_file):
    path = scenario_file(FULL)
    folder = path.parent

    assert read_scenario(path) == Scenario(
        sources=(folder / "circuits", folder / "jobs.csv"),
        fleet=str(folder / "fleets/mine.toml"),
        policy="fair",
        model="icpp2025",
        broker="serial",
        discipline="easy",
        shots=1000,
        arrivals="poisson:0.5",
        seed=7,
        out=folder / "results",
        maintenance={
            "ibm_kyiv": (
                {"start_s": 3600, "duration_s": 1800.5, "period_s": 86400},
                {"start_s": 10, "duration_s": 1},
            )
        },
        cancellations={"ghz_250": 120},
    )


def test_names_of_devices_stay_names_and_their_files_are_found_from_the_scenario(scenario_file):
    path = scenario_file('sources = ["a.qasm"]\ndevices = ["fake_kyiv", "mine.json", "/abs/x.csv"]')

    assert read_scenario(path).devices == (
        "fake_kyiv",
        str(path.parent / "mine.json"),
        "/abs/x.csv",
    )


def test_absolute_sources_stay_as_they_are(scenario_file):
    assert read_scenario(scenario_file('sources = ["/data/jobs.csv"]')).sources == (
        Path("/data/jobs.csv"),
    )


def test_a_scenario_of_sources_alone_is_what_the_command_line_runs_by_default():
    scenario = Scenario(sources=(Path("jobs.csv"),))

    assert (scenario.policy, scenario.model, scenario.broker) == ("speed", "paper", "parallel")
    assert (scenario.discipline, scenario.seed, scenario.fleet) == ("fcfs", 0, None)


def test_unknown_keys_and_bad_values_are_all_listed_with_the_near_names(scenario_file):
    text = """
        sources = []
        polcy = "fair"
        shots = 0
        seed = -1
        arrivals = "poisson:fast"
        fleet = "paper"
        devices = ["a"]
        [[maintenance.kyiv]]
        start = 3
        duration_s = "long"
        [cancellations]
        ghz = -1
    """

    assert refusals(scenario_file(text)) == [
        "day.toml: unknown key 'polcy'; did you mean 'policy'?",
        "day.toml: sources is []; it must be a list of files and folders",
        (
            "day.toml: arrivals is 'poisson:fast'; it must be batch or poisson:RATE_PER_S, "
            "the rate above 0"
        ),
        "day.toml: shots is 0; it must be a whole number, 1 or more",
        "day.toml: seed is -1; it must be a whole number, 0 or more",
        "day.toml: both a fleet and devices are given; give one of them",
        "day.toml: unknown key 'start' in maintenance of kyiv; did you mean 'start_s'?",
        "day.toml: maintenance of kyiv has no start_s; give it in seconds",
        "day.toml: maintenance of kyiv: duration_s is 'long'; it must be 0 or more seconds",
        "day.toml: cancellation of ghz at -1; it must be 0 or more seconds",
    ]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("sources = 3", "sources is 3; it must be a list of files and folders"),
        ('sources = "a"', "sources is 'a'; it must be a list of files and folders"),
        ("sources = [3]", "sources is [3]; it must be a list of files and folders"),
        ('sources = [""]', "sources is ['']; it must be a list of files and folders"),
        ("devices = [true]", "devices is [True]; it must be a list of names and files"),
        ("policy = 3", "policy is 3; it must be text"),
        ('model = ""', "model is ''; it must be text"),
        ("fleet = []", "fleet is []; it must be a name or a file"),
        ("shots = true", "shots is True; it must be a whole number, 1 or more"),
        ("shots = 1.5", "shots is 1.5; it must be a whole number, 1 or more"),
        ("shots = 10000000000000000", "shots is 10000000000000000; it must be a whole number"),
        ("seed = nan", "seed is nan; it must be a whole number, 0 or more"),
        ("out = 3", "out is 3; it must be a folder"),
        ("arrivals = 3", "arrivals is 3; it must be batch or"),
        ('arrivals = "poisson:0"', "arrivals is 'poisson:0'; it must be batch or"),
        ('arrivals = "poisson:inf"', "arrivals is 'poisson:inf'; it must be batch or"),
        ('arrivals = "never"', "arrivals is 'never'; it must be batch or"),
        ("maintenance = 3", "maintenance is 3; write it as [[maintenance.DEVICE]]"),
        ("maintenance.a = 3", "maintenance of a is 3; write it as [[maintenance.a]]"),
        ("maintenance.a = [3]", "maintenance of a is 3; write it as [[maintenance.a]]"),
        ("cancellations = []", "cancellations is []; write it as [cancellations]"),
        ("cancellations.a = inf", "cancellation of a at inf; it must be 0 or more seconds"),
    ],
)
def test_values_that_no_run_can_have_are_refused(scenario_file, line, refusal):
    text = line if line.startswith("sources") else f'sources = ["a"]\n{line}'

    (found,) = refusals(scenario_file(text))

    assert found.startswith(f"day.toml: {refusal}")


def test_a_scenario_without_sources_says_what_to_write(scenario_file):
    assert refusals(scenario_file("seed = 1")) == [
        "day.toml: no key 'sources'; e.g. sources = [\"circuits\"]"
    ]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (b"", "day.toml: is empty; was it written to the end?"),
        ("sources = [", "day.toml: no valid TOML: "),
        ("sources = []\nseed 1", "day.toml:2:6: no valid TOML: Expected '=' after a key"),
        ("seed = 1\nseed = 2\n", "day.toml:2:9: no valid TOML: Cannot overwrite a value"),
        ("a = " + "[" * 100_000, "day.toml: TOML nested too deeply"),
        ("seed = " + "9" * 5000, "day.toml: no valid TOML: Exceeds the limit (4300 digits)"),
        (b"seed = 1 # \xe9", "day.toml:1: byte 0xe9 is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(scenario_file, text, refusal):
    (found,) = refusals(scenario_file(text))

    assert found.startswith(refusal)


WORDS = st.text(min_size=1, max_size=8).filter(lambda word: "\0" not in word)
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
TIMES = st.integers(0, 10**9) | st.floats(0.0, 1e9)
WINDOWS = st.fixed_dictionaries(
    {"start_s": TIMES, "duration_s": TIMES}, optional={"period_s": TIMES}
)
SCENARIOS = st.builds(
    Scenario,
    sources=st.lists(WORDS.map(lambda word: Path("/", word)), min_size=1, max_size=3).map(tuple),
    fleet=st.none(),
    devices=st.lists(NAMES, max_size=3).map(tuple),
    policy=WORDS,
    model=WORDS,
    broker=WORDS,
    discipline=WORDS,
    shots=st.none() | st.integers(1, 10**15),
    arrivals=st.sampled_from([None, "batch", "poisson:0.01"]),
    seed=st.integers(0, 10**15),
    out=st.none() | WORDS.map(lambda word: Path("/", word)),
    maintenance=st.dictionaries(
        WORDS, st.lists(WINDOWS, min_size=1, max_size=2).map(tuple), max_size=2
    ),
    cancellations=st.dictionaries(WORDS, TIMES, max_size=2),
)


@settings(deadline=None)
@given(scenario=SCENARIOS)
def test_a_scenario_written_and_read_back_is_equal(tmp_path_factory, scenario):
    path = tmp_path_factory.getbasetemp() / "trip.toml"

    write_scenario(scenario, path)

    assert read_scenario(path) == scenario


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(["sources", "fleet", "devices", "shots", "arrivals", "seed", "out",
                         "maintenance", "cancellations", "policy", "strange"]),
        VALUES,
    )
)  # fmt: skip
def test_whatever_the_values_are_a_scenario_comes_out_or_one_line_for_each_error(values):
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
    try:
        Scenario(
            **({"sources": (Path("a"),)} | {k: v for k, v in values.items() if k != "strange"})
        )
    except InputError as error:
        lines = str(error).splitlines()
        found = error.errors if isinstance(error, BadInputs) else [error]
    else:
        return
    assert len(lines) == len(found)


@settings(deadline=None)
@given(
    content=st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_whatever_a_file_holds_only_scenarios_and_errors_come_out(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "anything.toml"
    path.write_bytes(content)

    with pytest.raises(InputError):
        read_scenario(path)

"""Files of learned policies: a round trip, and one clear line for whatever else is given."""

import hashlib
import io
import json
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched import Simulation, load_fleet
from qsched.cli import main
from qsched.config import Scenario, read_scenario
from qsched.errors import ConfigError, InputError
from qsched.experiment.scenario import check_scenario
from qsched.policy import AllocationPolicy, learned, load_policy
from qsched.policy.learned.weights import KEYS, load_weights, save_weights

ARRAYS = {
    "layer.weight": np.arange(12, dtype=np.float32).reshape(3, 4) / 7,
    "layer.bias": np.array([-1.5, 0.0, 1e-9]),
}
METADATA = {
    "env_id": "tests/Speedy-v0",
    "layout": {"observation": ["free"], "actions": 3},
    "max_devices": 5,
    "model": "paper",
    "fleets": [{"name": "paper"}],
    "seed": 3,
    "timesteps": 1000,
    "hyper_parameters": {"gamma": 0.99},
    "figures": {"evaluation_reward": 0.6},
    "weights": {},
}


class Speedy:
    """Decides as the policy speed does, for at most as many devices as its weights say."""

    def __init__(self, weights):
        self.weights = weights

    def decide(self, job, view):
        return load_policy("speed").decide(job, view)

    def check_fleet(self, fleet):
        if len(fleet.devices) > self.weights.metadata["max_devices"]:
            raise ConfigError("too many devices", remedy="leave some out")


@pytest.fixture
def folder(tmp_path):
    """A folder with the two files of a policy."""
    save_weights(tmp_path / "out", ARRAYS, METADATA)
    return tmp_path / "out"


@pytest.fixture
def speedy(monkeypatch):
    """Make the environment of the test's policy known."""
    monkeypatch.setitem(learned.LEARNED, METADATA["env_id"], "json:loads")
    monkeypatch.setattr(learned, "load_object", lambda *_, **__: Speedy)


def refusal(path):
    """The one line that refuses a file."""
    with pytest.raises(InputError) as caught:
        load_weights(path)
    text = str(caught.value)
    assert "\n" not in text
    assert ("; give the policy.npz and policy.json" in text) or ("; use the version" in text)
    return text


def edit(folder, **changes):
    """Change keys of the metadata; ``None`` takes one away."""
    path = folder / "policy.json"
    metadata = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in metadata.items() if v is not None}))
    return path


def put(folder, content):
    """Put another archive there, with the checksum that it has."""
    (folder / "policy.npz").write_bytes(content)
    edit(folder, sha256=hashlib.sha256(content).hexdigest())
    return folder


@pytest.mark.parametrize("name", ["", "policy.npz", "policy.json"])
def test_what_was_saved_is_loaded_from_the_folder_and_from_either_file(folder, name):
    weights = load_weights(folder / name)

    assert weights.source == str(folder / "policy.npz")
    assert METADATA.items() <= dict(weights.metadata).items()
    assert set(weights.arrays) == set(ARRAYS)
    for key, array in weights.arrays.items():
        assert array.dtype == ARRAYS[key].dtype
        assert np.array_equal(array, ARRAYS[key])


def test_what_is_loaded_cannot_be_changed(folder):
    weights = load_weights(folder)

    with pytest.raises(ValueError, match="read-only"):
        weights.arrays["layer.bias"][0] = 1.0
    with pytest.raises(TypeError):
        weights.metadata["seed"] = 4


def test_equal_weights_are_written_as_equal_bytes(folder, tmp_path):
    save_weights(tmp_path / "again", ARRAYS, METADATA)

    for name in ("policy.npz", "policy.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_files_of_other_names_lie_side_by_side(folder):
    (folder / "policy.npz").rename(folder / "mine.npz")
    (folder / "policy.json").rename(folder / "mine.json")

    assert set(load_weights(folder / "mine.npz").arrays) == set(ARRAYS)


@pytest.mark.parametrize(
    ("name", "array"),
    [("whole", np.arange(3)), ("object", np.array([None])), ("nan", np.array([np.nan]))],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path, name, array):
    with pytest.raises(InputError, match=rf"{name} has"):
        save_weights(tmp_path / "out", {name: array}, METADATA)

    assert list(tmp_path.iterdir()) == []


def test_metadata_that_lack_a_key_are_not_written(tmp_path):
    with pytest.raises(InputError, match="lacks seed, weights"):
        save_weights(
            tmp_path / "out",
            ARRAYS,
            {k: v for k, v in METADATA.items() if k not in {"seed", "weights"}},
        )

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["policy.npz", "policy.json"])
def test_a_file_that_is_missing_is_named(folder, name):
    (folder / name).unlink()

    assert f"{name}: cannot read: No such file" in refusal(folder)


def test_a_path_that_no_file_can_have_is_refused(tmp_path):
    assert "cannot read" in refusal(tmp_path / "x\0y.npz")


def test_an_archive_that_is_not_the_one_named_is_refused(folder, tmp_path):
    save_weights(tmp_path / "other", {"layer.bias": np.ones(2)}, METADATA)
    (tmp_path / "other" / "policy.npz").replace(folder / "policy.npz")

    assert "policy.npz: is not what policy.json names: changed or damaged" in refusal(folder)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_refused(folder, content):
    assert "is no archive of weights, or damaged" in refusal(put(folder, content))


class Trap:
    """What must never be unpickled."""

    sprung = False

    @staticmethod
    def spring():
        Trap.sprung = True
        return Trap()

    def __reduce__(self):
        return (Trap.spring, ())


def test_nothing_is_unpickled(folder):
    packed = io.BytesIO()
    np.savez(packed, bias=np.array([Trap()], dtype=object))

    assert "bias.npy holds pickled objects" in refusal(put(folder, packed.getvalue()))
    assert "is no archive" in refusal(put(folder, pickle.dumps(Trap())))
    (folder / "policy.json").write_bytes(pickle.dumps(Trap()))
    assert "is no JSON" in refusal(folder)
    assert not Trap.sprung


def test_an_archive_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(folder):
    packed = io.BytesIO()
    np.savez_compressed(packed, bias=np.zeros(10_000_000))

    assert "unpacks to 80" in refusal(put(folder, packed.getvalue()))


def test_two_arrays_of_one_name_are_refused(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bias", b"")
        archive.writestr("bias.npy", b"")

    assert "two arrays of one name" in refusal(put(folder, packed.getvalue()))


@pytest.mark.parametrize("kind", ["int64", "complex64", "U3", "float16"])
def test_arrays_of_other_numbers_are_refused(folder, kind):
    packed = io.BytesIO()
    np.savez(packed, bias=np.zeros(3, dtype=kind))

    assert "bias has" in refusal(put(folder, packed.getvalue()))


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", ">f8"])
def test_floats_of_either_byte_order_are_read_as_the_machines_own(folder, kind):
    packed = io.BytesIO()
    np.savez(packed, bias=np.asfortranarray(np.arange(6).reshape(2, 3).astype(kind)))

    array = load_weights(put(folder, packed.getvalue())).arrays["bias"]

    assert array.dtype.isnative
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"format", "version"}))
def test_a_key_that_is_missing_is_named(folder, key):
    edit(folder, **{key: None})

    assert f"policy.json: lacks {key};" in refusal(folder)


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"format", "version"}))
def test_a_value_of_another_type_is_named(folder, key):
    edit(folder, **{key: True})

    assert f"policy.json: {key} is 'True', wanted: {KEYS[key].__name__};" in refusal(folder)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no JSON: Expecting value"),
        ("[", "policy.json:1:2: is no JSON"),
        ("[]", "does not describe a learned policy"),
        ("{}", "does not describe a learned policy"),
        ('{"format": NaN}', "NaN is no number"),
        ("9" * 5000, "is no JSON"),
        ("[" * 200_000, "is no JSON"),
        ('{"format": "qsched-policy", "version": 2}', "has version 2 of the format"),
    ],
)
def test_metadata_of_another_kind_are_refused(folder, text, problem):
    (folder / "policy.json").write_text(text)

    assert problem in refusal(folder)


@given(data=st.data())
def test_damaged_files_are_refused_in_one_line_or_read_right(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    save_weights(folder, ARRAYS, METADATA)
    path = folder / data.draw(st.sampled_from(["policy.npz", "policy.json"]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])

    try:
        arrays = load_weights(folder).arrays
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right
    else:
        assert path.name == "policy.json"
        assert all(np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS)


def test_a_learned_policy_is_loaded_by_its_path(folder, speedy):
    policy = load_policy(f"rl:{folder}")

    assert isinstance(policy, AllocationPolicy)
    assert policy.weights.metadata["seed"] == 3


def test_an_environment_that_nobody_knows_is_refused(folder):
    with pytest.raises(InputError, match="environment 'tests/Speedy-v0' that is not known here"):
        load_policy(f"rl:{folder}")


def test_no_path_behind_the_colon_is_refused():
    with pytest.raises(ConfigError, match="'rl:' names no file; the form is rl:PATH"):
        load_policy("rl:")


def test_where_no_policy_is_shipped_the_message_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr(learned, "SHIPPED", tmp_path / "none")

    with pytest.raises(InputError, match="train one with `qsched train --out DIR`"):
        load_policy("rl")


def test_a_fleet_beyond_the_policys_limit_is_refused_before_anything_runs(folder, speedy):
    fleet = load_fleet("paper")
    edit(folder, max_devices=4)

    with pytest.raises(ConfigError, match="too many devices; leave some out"):
        Simulation(fleet, [], policy=f"rl:{folder}")
    with pytest.raises(ConfigError, match="too many devices; leave some out"):
        check_scenario(Scenario(sources=(folder / "none.csv",), policy=f"rl:{folder}"))
    Simulation(replace(fleet, devices=fleet.devices[:4]), [], policy=f"rl:{folder}")


def test_a_scenario_names_a_learned_policy_from_its_own_folder(tmp_path):
    path = tmp_path / "day.toml"
    path.write_text('sources = ["a.csv"]\npolicy = "rl:trained"\n')

    assert read_scenario(path).policy == f"rl:{tmp_path / 'trained'}"


def test_qsched_run_uses_a_learned_policy(folder, speedy, tmp_path):
    from click.testing import CliRunner

    table = tmp_path / "jobs.csv"
    table.write_text("job_id,num_qubits,depth,two_qubits,shots\na,20,5,10,1000\n")

    done = CliRunner().invoke(main, ["run", str(table), "--policy", f"rl:{folder}", "--json"])

    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["policy"] == f"rl:{folder}"
    (folder / "policy.npz").write_bytes(b"")
    done = CliRunner().invoke(main, ["run", str(table), "--policy", f"rl:{folder}", "--json"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {folder}/policy.npz: is not what policy.json names")

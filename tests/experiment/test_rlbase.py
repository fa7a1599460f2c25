"""Weights of the published policy: what they decide, and which files are refused."""

import io
import zipfile
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import InputError
from qsched.estimate import load_model
from qsched.experiment.published import published_fleet
from qsched.experiment.rlbase import ARRAYS, LAYERS, load_rlbase, observe, rlbase_shares
from qsched.model import Job

RATES = [load_model("icpp2025").rates(device) for device in published_fleet().devices]


def arrays(**changes):
    """Arrays of the right shapes, all zero."""
    made = {}
    for name, shape in LAYERS.items():
        made[f"{name}.weight"] = np.zeros(shape, dtype=np.float32)
        made[f"{name}.bias"] = np.zeros(shape[0], dtype=np.float32)
    return made | changes


@pytest.fixture
def save(tmp_path):
    """Write an archive and return its path."""

    def write(content, pack=np.savez_compressed):
        path = tmp_path / "weights.npz"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            pack(path, **content)
        return path

    return write


def refusal(path):
    """The one line that refuses a file."""
    with pytest.raises(InputError) as caught:
        load_rlbase(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert text.endswith("give the .npz file with the published policy's three layers")
    assert "\n" not in text
    return text


def test_three_layers_are_read_in_their_order(save):
    layers = load_rlbase(save(arrays()))

    assert [matrix.shape for matrix, _ in layers] == [(64, 16), (64, 64), (5, 64)]
    assert [bias.shape for _, bias in layers] == [(64,), (64,), (5,)]


def test_the_input_is_the_job_and_three_numbers_for_each_device():
    seen = observe(Job(job_id="j", num_qubits=200), [127, 100, 0, 5, 150], RATES)

    assert seen.shape == (16,)
    assert seen[0] == pytest.approx(4.0)
    assert list(seen[1::3]) == pytest.approx([127 / 150, 100 / 150, 0.0, 5 / 150, 1.0])
    assert list(seen[2::3]) == pytest.approx([rate.error_score for rate in RATES])
    assert list(seen[3::3]) == pytest.approx([0.22, 0.22, 0.03, 0.032, 0.029])


def shares_of(bias, num_qubits=200):
    """Shares when the last layer answers with its bias, whatever it sees."""
    weights = arrays(**{"action_net.bias": np.array(bias, dtype=np.float32)})
    layers = [(weights[f"{name}.weight"], weights[f"{name}.bias"]) for name in LAYERS]
    return rlbase_shares(layers, RATES)(Job(job_id="j", num_qubits=num_qubits), [127] * 5)


def test_equal_answers_give_equal_shares():
    assert shares_of([0.5] * 5) == [(0, 40), (1, 40), (2, 40), (3, 40), (4, 40)]


def test_answers_are_clipped_and_devices_without_a_share_left_out():
    assert shares_of([1.0, -3.0, 9.0, 0.0, 0.0]) == [(0, 100), (2, 100)]


def test_what_rounding_leaves_goes_to_the_first_device():
    assert shares_of([0.5, 0.5, 0.5, 0.0, 0.0], 200) == [(0, 66), (1, 67), (2, 67)]


def test_a_job_never_gets_more_qubits_than_it_has_when_the_first_share_is_nothing():
    assert shares_of([0.0, 0.0, 0.5, 0.5, 0.5], 200) == [(2, 66), (3, 67), (4, 67)]


def test_an_answer_of_nothing_gives_all_to_the_first_device():
    assert shares_of([0.0] * 5) == [(0, 200)]


@given(
    bias=st.lists(st.floats(-1.0, 2.0, width=32), min_size=5, max_size=5),
    num_qubits=st.integers(130, 635),
)
def test_shares_are_positive_and_hold_all_qubits(bias, num_qubits):
    shares = shares_of(bias, num_qubits)

    assert all(count > 0 for _, count in shares)
    assert sum(count for _, count in shares) == num_qubits


def test_a_fleet_of_another_size_is_refused():
    with pytest.raises(InputError, match="knows 5 devices, the fleet has 4"):
        rlbase_shares([], RATES[:4])


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "cannot read: No such file" in refusal(tmp_path / "none.npz")


def test_a_folder_is_refused(tmp_path):
    assert "cannot read: Is a directory" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 cut"])
def test_what_is_no_archive_is_refused(content, save):
    assert "is no archive of weights" in refusal(save(content))


def test_missing_arrays_are_all_named(save):
    held = arrays()
    del held["action_net.bias"], held["mlp_extractor.policy_net.0.weight"]

    assert "lacks action_net.bias, mlp_extractor.policy_net.0.weight;" in refusal(save(held))


@pytest.mark.parametrize("name", ARRAYS)
def test_wrong_shapes_are_refused(name, save):
    wrong = arrays(**{name: np.zeros((2, 3), dtype=np.float32)})

    assert "float32 of shape (2, 3), wanted:" in refusal(save(wrong))


@pytest.mark.parametrize("kind", ["int32", "complex64", "U3"])
def test_what_is_no_real_number_is_refused(kind, save):
    wrong = arrays(**{"action_net.bias": np.zeros(5, dtype=kind)})

    assert "action_net has" in refusal(save(wrong))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(value, save):
    wrong = arrays(**{"action_net.bias": np.full(5, value)})

    assert "action_net has a weight that is not finite" in refusal(save(wrong))


class Trap:
    """What must never be unpickled."""

    sprung = False

    @staticmethod
    def spring():
        Trap.sprung = True
        return Trap()

    def __reduce__(self):
        return (Trap.spring, ())


def test_nothing_is_unpickled(save):
    wrong = arrays(**{"action_net.bias": np.array([Trap()] * 5, dtype=object)})

    assert "action_net.bias.npy holds pickled objects" in refusal(save(wrong))
    assert not Trap.sprung


def test_an_archive_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(save):
    bomb = arrays(**{"action_net.bias": np.zeros(10_000_000)})
    path = save(bomb)

    assert path.stat().st_size < 200_000
    assert "unpacks to 80" in refusal(path)


def test_a_header_that_claims_more_than_there_is_is_refused(save):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }"
    member = b"\x93NUMPY\x01\x00" + (128 - 10).to_bytes(2, "little") + header.ljust(117) + b"\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ARRAYS:
            archive.writestr(f"{name}.npy", member)

    assert "damaged" in refusal(save(packed.getvalue()))


def test_damaged_files_are_refused_in_one_line_or_read_right(save):
    random = Random(1)
    noise = np.random.default_rng(1)
    whole = arrays(**{name: noise.normal(size=value.shape) for name, value in arrays().items()})
    good = save(whole).read_bytes()
    refused = 0
    for _ in range(400):
        damaged = bytearray(good)
        for _ in range(random.choice([1, 1, 2, 5])):
            damaged[random.randrange(len(good))] = random.randrange(256)
        path = save(bytes(damaged[: random.choice([len(good), random.randrange(len(good))])]))
        try:
            layers = load_rlbase(path)
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)  # noqa: PT017 - many files, one test
        else:
            held = [array for layer in layers for array in layer]
            for array, name in zip(held, ARRAYS, strict=True):
                assert np.array_equal(array, whole[name])
    assert refused > 300

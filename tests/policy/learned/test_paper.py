"""The policy learned in the paper's environment, carried out on the engine."""

from types import SimpleNamespace

import numpy as np
import pytest

from qsched.errors import ConfigError, InputError
from qsched.estimate import load_model
from qsched.policy import AllocationPolicy, CloudView, QpuView
from qsched.policy.learned import load_learned
from qsched.policy.learned.allocation import LAYOUT, observation
from qsched.policy.learned.paper import PaperPolicy, act, actor_layers, fewer_parts
from qsched.policy.learned.weights import PolicyWeights, save_weights
from qsched.sim import Simulation
from qsched.testing import check_policy, make_device, make_fleet, make_job

SHAPES = {
    "mlp_extractor.policy_net.0": (8, 16),
    "mlp_extractor.policy_net.2": (7, 8),
    "action_net": (5, 7),
}


def arrays(seed=0, shapes=SHAPES):
    """Weights that answer differently to what is seen."""
    noise = np.random.default_rng(seed)
    made = {}
    for name, shape in shapes.items():
        made[f"{name}.weight"] = noise.normal(size=shape).astype(np.float32)
        made[f"{name}.bias"] = noise.normal(size=shape[0]).astype(np.float32)
    return made


def constant(answer):
    """Weights that always answer this."""
    made = {name: np.zeros_like(array) for name, array in arrays().items()}
    return made | {"action_net.bias": np.array(answer, dtype=np.float32)}


def policy(held=None, layout=LAYOUT, **metadata):
    """A policy of these arrays."""
    metadata["layout"] = layout
    return PaperPolicy(
        PolicyWeights(metadata=metadata, arrays=held or arrays(), source="policy.npz")
    )


def view_of(free, max_parts=5, capacity=10, **rates):
    """A cloud of devices of 10 qubits of which so many are free."""
    device = make_device(num_qubits=capacity)
    known = load_model("paper").rates(device)._replace(**rates)
    qpus = tuple(
        QpuView(f"qpu{i}", capacity, room, 0, 0.0, 0.0, capacity - room, known, device)
        for i, room in enumerate(free)
    )
    return CloudView(0.0, qpus, max_parts, 0, 1, 4096.0, 0, load_model("paper"), list)


def shares_of(plan):
    return [(part.device, part.num_qubits) for part in plan]


def test_a_job_is_split_as_the_network_answers():
    plan = policy(constant([0.5, 0.25, 0.0, 0.25, 0.0])).decide(
        make_job(num_qubits=12), view_of([10] * 5)
    )

    assert shares_of(plan) == [("qpu0", 6), ("qpu1", 3), ("qpu3", 3)]


def test_a_share_above_what_is_free_goes_to_the_others():
    plan = policy(constant([1.0, 0.5, 0.0, 0.0, 0.0])).decide(
        make_job(num_qubits=12), view_of([2, 8, 7, 0, 0])
    )

    assert shares_of(plan) == [("qpu0", 2), ("qpu1", 8), ("qpu2", 2)]


def test_a_job_waits_while_too_few_qubits_are_free_in_all():
    chosen = policy(constant([1.0] * 5))

    assert chosen.decide(make_job(num_qubits=12), view_of([3, 3, 3, 2, 0])) is None
    assert chosen.decide(make_job(num_qubits=12), view_of([3, 3, 3, 3, 0])) is not None


def test_a_smaller_fleet_hears_the_answers_for_its_devices():
    plan = policy(constant([0.25, 0.75, 1.0, 1.0, 1.0])).decide(
        make_job(num_qubits=8), view_of([10, 10])
    )

    assert shares_of(plan) == [("qpu0", 2), ("qpu1", 6)]


def test_where_parts_are_limited_those_with_the_most_qubits_stay():
    chosen = policy(constant([0.2, 0.5, 0.3, 0.0, 0.0]))

    plan = chosen.decide(make_job(num_qubits=10), view_of([10] * 5, max_parts=2))
    assert sum(num_qubits for _, num_qubits in shares_of(plan)) == 10
    assert shares_of(plan) == [("qpu1", 6), ("qpu2", 4)]


def test_where_those_have_no_room_the_roomiest_are_taken_or_the_job_waits():
    assert fewer_parts([3, 4, 3], [3, 4, 6], 10, 2) == [0, 4, 6]
    assert fewer_parts([3, 4, 3], [3, 4, 5], 10, 2) is None
    chosen = policy(constant([0.3, 0.4, 0.3, 0.0, 0.0]))
    assert chosen.decide(make_job(num_qubits=10), view_of([3, 4, 5], max_parts=1)) is None


@pytest.mark.parametrize("seed", range(3))
def test_schedules_keep_every_law_and_no_job_waits_for_ever(seed):
    check_policy(policy(arrays(seed)), seed=seed, num_workloads=20)


def test_it_is_an_allocation_policy():
    assert isinstance(policy(), AllocationPolicy)


def test_more_than_five_devices_are_refused_before_anything_runs():
    fleet = make_fleet(*(make_device(f"qpu{i}") for i in range(6)))

    with pytest.raises(
        ConfigError, match=r"policy.npz: .* trained for at most 5 devices, the fleet has 6;"
    ):
        Simulation(fleet, [make_job()], policy=policy())
    with pytest.raises(ConfigError, match="the fleet has 6"):
        policy().decide(make_job(), view_of([10] * 6))
    with pytest.raises(ConfigError, match=r"policy.npz: .* at most 3 devices, the fleet has 4"):
        policy(max_devices=3).decide(make_job(), view_of([10] * 4))
    with pytest.raises(ConfigError, match="at most 5 devices, the fleet has 6"):
        policy(max_devices=99).check_fleet(fleet)


@pytest.mark.parametrize("field", ["error_score", "clops"])
def test_an_observation_that_is_not_finite_is_refused(field):
    with pytest.raises(InputError, match=r"observation \d+ is nan; every number must be finite"):
        policy().decide(make_job(), view_of([10], **{field: float("nan")}))


def test_another_layout_is_refused():
    scaled = LAYOUT | {"scales": [50.0, 127.0, 1.0, 1e6]}

    with pytest.raises(
        InputError, match=r"policy.npz: .* scales \[50.*127.*, here .*150"
    ) as caught:
        policy(layout=scaled)
    assert "observation" not in str(caught.value)  # what agrees is not listed
    with pytest.raises(InputError, match="layout has observation 'missing', here it is"):
        PaperPolicy(SimpleNamespace(metadata={}, arrays=arrays(), source="policy.npz"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"action_net.bias": None}, "lacks action_net.weight or action_net.bias"),
        ({"mlp_extractor.policy_net.0.bias": None}, "lacks mlp_extractor.policy_net.0.weight or"),
        ({"mlp_extractor.policy_net.0.weight": np.zeros((8, 15))}, r"\(8, 15\) .*\(8, 16\)"),
        ({"mlp_extractor.policy_net.2.weight": np.zeros((7, 9))}, r"\(7, 9\) .*\(7, 8\)"),
        ({"action_net.weight": np.zeros((4, 7))}, r"\(4, 7\) .*\(5, 7\)"),
        ({"action_net.bias": np.zeros((5, 1))}, r"\(5, 1\), wanted: .*\(5,\)"),
        ({"mlp_extractor.policy_net.0.bias": np.float32(1.0)}, "has shapes"),
    ],
)
def test_layers_that_do_not_fit_are_refused(changes, told):
    held = {name: value for name, value in (arrays() | changes).items() if value is not None}

    with pytest.raises(InputError, match=told) as caught:
        actor_layers(held, "policy.npz")
    assert "\n" not in str(caught.value)


def test_an_actor_without_hidden_layers_answers_in_the_unit_interval():
    layers = actor_layers(arrays(shapes={"action_net": (5, 16)}), "policy.npz")

    answer = act(layers, observation(200, [127] * 5, [0.01] * 5, [1e5] * 5))

    assert answer.shape == (5,)
    assert ((answer >= 0.0) & (answer <= 1.0)).all()


def test_saved_weights_load_as_this_policy_by_the_name_of_their_environment(tmp_path):
    metadata = {
        "env_id": "qsched/PaperAllocation-v0",
        "layout": LAYOUT,
        "max_devices": 5,
        "model": "paper",
        "fleets": ["paper"],
        "seed": 0,
        "timesteps": 0,
        "hyper_parameters": {},
        "figures": {},
        "weights": {},
    }
    save_weights(tmp_path, arrays(), metadata)

    loaded = load_learned(tmp_path)

    assert isinstance(loaded, PaperPolicy)
    cloud, job = view_of([10, 7, 9, 10, 4]), make_job(num_qubits=20)
    assert loaded.decide(job, cloud) == policy().decide(job, cloud)

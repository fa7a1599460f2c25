"""The paper's environment: steps per second of many at once, and the time of a learned decision."""

from time import perf_counter

import numpy as np

from qsched.estimate import load_model
from qsched.io.devices import load_fleet
from qsched.policy import CloudView, QpuView
from qsched.policy.learned.allocation import LAYOUT
from qsched.policy.learned.paper import PaperPolicy
from qsched.policy.learned.weights import PolicyWeights
from qsched.rl.paper_allocation import PaperAllocationEnv
from qsched.rl.paper_vector import PaperAllocationVectorEnv
from qsched.testing import make_job

NUM_ENVS = 2048


def seconds(call, times):
    """Seconds of one call, the least of several tries."""
    tries = []
    for _ in range(5):
        start_s = perf_counter()
        for _ in range(times):
            call()
        tries.append((perf_counter() - start_s) / times)
    return min(tries)


def test_many_environments_beside_one(benchmark, figure, full):
    one, many = PaperAllocationEnv(), PaperAllocationVectorEnv(NUM_ENVS)
    one.reset(seed=0)
    many.reset(seed=0)
    actions = np.random.default_rng(0).random((NUM_ENVS, 5), dtype=np.float32)

    def one_episode():
        one.step(actions[0])
        one.reset()

    single_s = seconds(one_episode, 2_000 if full else 10)
    many_s = seconds(lambda: many.step(actions), 100 if full else 2)
    benchmark.pedantic(many.step, (actions,), rounds=20 if full else 1)

    where = f"{NUM_ENVS:,} at once, one core"
    figure(
        "Steps of the paper's environment for each of a single one",
        single_s / (many_s / NUM_ENVS),
        "",
        at_least=50.0,
        context=where,
    )
    figure(
        "Steps of the paper's environment",
        NUM_ENVS / many_s,
        "/s",
        at_least=500_000.0,
        context=where,
    )


def test_decision_of_a_learned_policy(benchmark, figure, full):
    noise = np.random.default_rng(0)
    arrays = {}
    for name, shape in (
        ("mlp_extractor.policy_net.0", (64, 16)),
        ("mlp_extractor.policy_net.2", (64, 64)),
        ("action_net", (5, 64)),
    ):
        arrays[f"{name}.weight"] = noise.normal(size=shape).astype(np.float32)
        arrays[f"{name}.bias"] = noise.normal(size=shape[0]).astype(np.float32)
    policy = PaperPolicy(
        PolicyWeights(metadata={"layout": LAYOUT}, arrays=arrays, source="policy.npz")
    )
    model = load_model("paper")
    qpus = tuple(
        QpuView(d.name, d.num_qubits, d.num_qubits, 0, 0.0, 0.0, 0, model.rates(d), d)
        for d in load_fleet().devices
    )
    view = CloudView(0.0, qpus, 5, 0, 1, 4096.0, 0, model, list)
    job = make_job(num_qubits=200)

    taken_s = seconds(lambda: policy.decide(job, view), 5_000 if full else 10)
    benchmark.pedantic(policy.decide, (job, view), rounds=100 if full else 1)

    figure(
        "A decision of the policy learned in the paper's environment",
        taken_s * 1e6,
        "µs",
        at_most=50.0,
        context="16 inputs, two layers of 64",
    )

"""Cloud-v0: steps per second of many clouds, and what a learned decision takes."""

from time import perf_counter

import numpy as np

from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import published_fleet
from qsched.policy.learned.cloud import CloudPolicy
from qsched.policy.learned.encoding import LAYOUT
from qsched.policy.learned.network import shapes
from qsched.policy.learned.weights import PolicyWeights
from qsched.rl.cloud import CloudEnv
from qsched.rl.cloud_vector import CloudVectorEnv
from qsched.sim import Simulation

NUM_ENVS = 4096
OPTIONS = {"model": "icpp2025", "max_devices": 5}


def policy():
    """A policy with a network of the shipped one's size, and weights drawn by lot."""
    random = np.random.default_rng(0)
    arrays = {
        name: random.normal(0.0, 0.3, shape).astype(np.float32)
        for name, shape in shapes(32).items()
    }
    metadata = {"layout": LAYOUT, "max_devices": 8}
    return CloudPolicy(PolicyWeights(metadata=metadata, arrays=arrays, source="w.npz"))


class Watch:
    """A policy that notes how long another takes to decide."""

    def __init__(self, policy):
        self.policy = policy
        self.seconds = []
        self.seconds_of_choices = []

    def decide(self, job, view):
        start_s = perf_counter()
        plan = self.policy.decide(job, view)
        self.seconds.append(perf_counter() - start_s)
        if plan is not None:
            self.seconds_of_choices.append(self.seconds[-1])
        return plan


def steps_per_second(env, choose, num_steps):
    """Steps of all clouds in a second of `step`, the best of several stretches."""
    best = 0.0
    for _ in range(5):
        taken = 0.0
        for _ in range(num_steps):
            action = choose(env)
            start_s = perf_counter()
            env.step(action)
            taken += perf_counter() - start_s
        best = max(best, num_steps / taken)
    return best


def test_many_clouds_beside_one(benchmark, figure, full):
    random = np.random.default_rng(0)
    one = CloudEnv(fleets=[published_fleet()], num_jobs=100_000, **OPTIONS)
    one.reset(seed=0)
    num_envs = NUM_ENVS if full else 8
    many = CloudVectorEnv(num_envs, fleets=[published_fleet()], **OPTIONS)
    many.reset(seed=0)

    def by_lot(env):
        masks = env.action_masks()
        return (masks * random.random(masks.shape, dtype=np.float32)).argmax(axis=-1)

    alone = steps_per_second(one, lambda env: int(by_lot(env)), 500 if full else 5)
    together = num_envs * steps_per_second(many, by_lot, 40 if full else 5)
    benchmark.pedantic(lambda: many.step(by_lot(many)), rounds=20 if full else 1)

    where = f"{NUM_ENVS:,} at once, five devices, one core"
    figure(
        "Steps of Cloud-v0 for each of a single one, which runs on the engine",
        together / alone,
        "",
        at_least=50.0,
        context=where,
    )
    figure("Steps of Cloud-v0", together, "/s", at_least=500_000.0, context=where)


def test_decision_of_a_policy_of_cloud(benchmark, figure, full):
    watch = Watch(policy())
    jobs = paper_workload(0, 1_000 if full else 10)

    def run():
        Simulation(published_fleet(), jobs, policy=watch, model="icpp2025").run()

    benchmark.pedantic(run, rounds=5 if full else 1)

    where = "1,000 jobs, five devices, 32 units"
    figure(
        "A decision of a policy of Cloud-v0, mean of all that the engine asks for",
        float(np.mean(watch.seconds)) * 1e6,
        "µs",
        at_most=50.0,
        context=where,
    )
    figure(
        "One that starts a job, median",
        float(np.median(watch.seconds_of_choices)) * 1e6,
        "µs",
        context=where,
    )

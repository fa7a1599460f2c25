"""The published weights in the policy that carries out what the paper's environment teaches."""

from pathlib import Path

import numpy as np
import pytest

from qsched.estimate import load_model
from qsched.experiment.published import published_fleet
from qsched.experiment.rlbase import ARRAYS, LAYERS, load_rlbase, rlbase_shares
from qsched.io.job_tables import read_job_table
from qsched.policy import CloudView, QpuView
from qsched.policy.learned.allocation import LAYOUT
from qsched.policy.learned.paper import PaperPolicy
from qsched.policy.learned.weights import PolicyWeights

PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "icpp2025"
pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published data are not at ../shared/icpp2025"
)


def test_they_load_and_decide_as_published_but_for_rounding_and_room():
    model = load_model("icpp2025")
    fleet = published_fleet()
    layers = load_rlbase(PUBLISHED / "rlbase_policy.npz")
    arrays = dict(zip(ARRAYS, (array for layer in layers for array in layer), strict=True))
    policy = PaperPolicy(
        PolicyWeights(metadata={"layout": LAYOUT}, arrays=arrays, source="rlbase_policy.npz")
    )
    rates = [model.rates(device) for device in fleet.devices]
    free = [127] * len(rates)
    qpus = tuple(
        QpuView(d.name, 127, 127, 0, 0.0, 0.0, 0, rate, d)
        for d, rate in zip(fleet.devices, rates, strict=True)
    )
    view = CloudView(0.0, qpus, 5, 0, 1, 4096.0, 0, model, list)
    published = rlbase_shares(layers, rates)

    assert [matrix.shape for matrix, _ in layers] == list(LAYERS.values())
    differences = []
    for job in read_job_table(PUBLISHED / "jobs" / "1000-large-circuits.csv")[:200]:
        theirs = np.zeros(len(rates), dtype=int)
        for device, share in published(job, free):
            theirs[device] = share
        ours = {part.device: part.num_qubits for part in policy.decide(job, view)}
        differences.append([ours.get(d.name, 0) for d in fleet.devices] - theirs)
    # Each share is rounded on its own there, and what is left goes to the first device.
    assert np.abs(differences)[:, 1:].max() <= 1
    assert np.abs(differences)[:, 0].max() <= 4

"""Load for the engine: one run in a process of its own, measured from inside.

    python tests/bench/engine_load.py NUM_JOBS QUEUED DISCIPLINE ROUNDS

prints one JSON document: seconds of CPU per job (least of the rounds), the longest
queue, jobs done, and the peak memory of the process in bytes.
"""

import json
import resource
import sys
from random import Random
from time import process_time

from qsched.model import DeviceProfile, Fleet, Job
from qsched.sim import Simulation

SERVICE_S = 4.0
"""About the time in which this fleet serves one of these jobs when it is busy."""


def device(name, clops):
    """Return a device of 127 qubits."""
    qubits = 127
    return DeviceProfile(
        name=name,
        num_qubits=qubits,
        coupling_map=((0, 1),),
        clops=clops,
        quantum_volume=128,
        readout_error=(0.02,) * qubits,
        single_qubit_error=(0.0003,) * qubits,
        two_qubit_error={(0, 1): 0.009},
    )


FLEET = Fleet(
    name="five",
    devices=tuple(
        device(f"d{i}", clops) for i, clops in enumerate((220e3, 220e3, 32e3, 30e3, 29e3))
    ),
)


def workload(num_jobs, queued, fewest, most, gap_s):
    """Return jobs one after another, the first ``queued`` of them at once."""
    random = Random(1)
    return [
        Job(
            job_id=str(i),
            num_qubits=random.randint(fewest, most),
            depth=10,
            num_two_qubit_gates=50,
            shots=random.randint(500, 1_500),
            priority=random.randint(0, 9),
            submit_time_s=max(0, i - queued) * gap_s,
        )
        for i in range(num_jobs)
    ]


def run(jobs, discipline):
    """Return seconds, the longest queue seen now and then, and the number of events."""
    longest = 0

    def look(_ended, _submitted, _now_s):
        nonlocal longest
        longest = max(longest, len(simulation.queue))

    simulation = Simulation(FLEET, jobs, discipline=discipline, progress=look)
    began = process_time()
    result = simulation.run()
    return process_time() - began, longest, len(result.events)


def measure(num_jobs, queued, discipline, rounds):
    """Run the load and return what it took."""
    jobs = workload(num_jobs, queued, 5, 60, SERVICE_S if queued else 40.0)
    runs = [run(jobs, discipline) for _ in range(rounds)]
    return {
        "seconds_per_job": min(seconds for seconds, _, _ in runs) / num_jobs,
        "longest_queue": max(longest for _, longest, _ in runs),
        "num_events": runs[-1][2],
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


if __name__ == "__main__":
    json.dump(
        measure(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])), sys.stdout
    )

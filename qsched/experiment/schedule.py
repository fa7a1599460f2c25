"""One call from circuits and devices to a scored schedule."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsched.errors import BadInputs, CircuitError, ConfigError, InputError, raise_all
from qsched.estimate import load_model
from qsched.estimate.communication import DEFAULT_MAX_OVERHEAD, load_communication
from qsched.experiment.jobs import job_of_circuit
from qsched.model import DeviceProfile, Fleet, Job
from qsched.policy.rules import PlacementRules, default_placement
from qsched.sim import Simulation, arrive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from qsched.estimate import CommunicationModel, CostModel
    from qsched.partition import Strategy
    from qsched.policy import AllocationPolicy, QueueDiscipline
    from qsched.result import RunResult
    from qsched.sim import Broker, Recorder

PUBLISHED = "published"
"""Name of the fleet that the published results come from, by the means of its devices."""


def schedule(
    circuits: Any,
    devices: Sequence[Any] | None = None,
    *,
    fleet: str | Path | Fleet | None = None,
    policy: str | AllocationPolicy = "speed",
    model: str | CostModel = "paper",
    broker: str | Broker = "parallel",
    discipline: str | QueueDiscipline = "fcfs",
    arrivals: str | None = None,
    shots: int | None = None,
    seed: int = 0,
    placement: str | None = None,
    partition: str | Strategy = "mincut",
    communication: str | CommunicationModel | None = None,
    max_overhead: float = DEFAULT_MAX_OVERHEAD,
    spacing: int = 0,
    recorders: Sequence[Recorder] = (),
    progress: Callable[[int, int, float], None] | None = None,
) -> RunResult:
    """Schedule circuits or jobs over devices, and return what happened.

    Args:
        circuits: One or several of: ``QuantumCircuit``, `Job`, path of a circuit file, of a
            folder of them, or of a job table.
        devices: Names, paths, `DeviceProfile` objects, Qiskit backends or targets.
        fleet: Instead of ``devices``: a `Fleet`, the name of a shipped one, ``"published"`` (see
            `qsched.experiment.published.published_fleet`) or a fleet file; ``"paper"`` when
            neither is given.
        policy: Where jobs go; ``qsched policies`` lists the names.
        model: Cost model, ``"paper"`` or ``"icpp2025"``.
        broker: ``"parallel"`` splits jobs over several QPUs, ``"serial"`` does not.
        discipline: Who goes next: ``"fcfs"``, ``"sjf"``, ``"priority"`` or ``"easy"``.
        arrivals: ``None`` keeps the jobs' own submission times (0 for circuits);
            ``"batch"``: all at time 0; ``"poisson:RATE_PER_S"``.
        shots: Repetitions of every job; without it circuits take 4,096 and jobs their own.
        seed: Seed of the run; equal seeds give equal results.
        placement: ``"connected"`` gives each part a connected region of physical qubits,
            ``"blackbox"`` counts qubits; ``None``: connected when a job has a circuit and all
            coupling maps are known.
        partition: How circuits are split: ``"mincut"``, ``"even"``, ``"proportional"``, or a
            function; rows of a job table are split by count.
        communication: What gates between parts of a circuit cost: ``"paper"``, ``"lo"``,
            ``"locc"``, ``"epr"``, or an object; ``None``: as the cost model says.
        max_overhead: Sampling overhead above which a split is not feasible, at least 1.
        spacing: Free qubits between regions of different jobs, 0 or 1.
        recorders: Hear of every event as it happens.
        progress: Called with jobs ended, jobs submitted and simulated time, now and then.

    Raises:
        InputError: A circuit, device, name or number cannot be used; the message says
            which and what to do.
        RunInterrupted: Ctrl-C; its ``result`` holds what was done so far.
    """
    fleet = make_fleet(devices, fleet)
    jobs = make_jobs(circuits, shots=shots)
    rules = PlacementRules(
        placement=placement or default_placement(fleet.devices, jobs),
        partition=partition,
        max_overhead=max_overhead,
        spacing=spacing,
    )
    model = load_model(model)
    if communication is not None:
        model = replace(model, communication=load_communication(communication))
    simulation = Simulation(
        fleet,
        arrive(jobs, arrivals, seed),
        policy=policy,
        model=model,
        rules=rules,
        broker=broker,
        discipline=discipline,
        seed=seed,
        recorders=recorders,
        progress=progress,
    )
    return simulation.run()


def make_jobs(circuits: Any, *, shots: int | None = None) -> list[Job]:
    """Return jobs of circuits, jobs and paths; see `schedule`.

    Circuits without a file take their name as job id, numbered where a name comes twice.
    """
    if isinstance(circuits, str | os.PathLike | Job) or not _is_collection(circuits):
        circuits = [circuits]
    jobs: list[Job] = []
    for item in circuits:
        jobs.extend(_jobs_of(item, shots))
    return _with_unique_ids(jobs)


def _is_collection(value: Any) -> bool:
    """Return whether this is a collection of circuits; a circuit is iterable, too."""
    return hasattr(value, "__iter__") and not hasattr(value, "num_qubits")


def _jobs_of(item: Any, shots: int | None) -> Iterable[Job]:
    if isinstance(item, Job):
        return [item if shots is None else replace(item, shots=shots)]
    if isinstance(item, str | os.PathLike):
        from qsched.experiment.workload import load_workload  # noqa: PLC0415 - it reads files

        return load_workload([Path(item)], shots=shots).jobs
    if not (hasattr(item, "num_qubits") and hasattr(item, "data")):
        raise CircuitError(
            f"{item!r} is no circuit", remedy="give a QuantumCircuit, a Job or a path"
        )
    from qsched.io.extract import profile_circuit  # noqa: PLC0415 - it imports Qiskit

    circuit = profile_circuit(item)
    return [job_of_circuit(circuit, job_id=circuit.name, shots=shots)]


def _with_unique_ids(jobs: list[Job]) -> list[Job]:
    taken: set[str] = set()
    last_number: dict[str, int] = {}
    unique = []
    for job in jobs:
        job_id = job.job_id
        while job_id in taken:
            number = last_number[job.job_id] = last_number.get(job.job_id, 1) + 1
            job_id = f"{job.job_id}-{number}"
        taken.add(job_id)
        unique.append(job if job_id == job.job_id else replace(job, job_id=job_id))
    return unique


def make_fleet(
    devices: Sequence[Any] | None,
    fleet: str | Path | Fleet | None,
    *,
    drift: Mapping[str, Any] | None = None,
) -> Fleet:
    """Return the fleet of devices, or of a fleet's name or file; see `schedule`.

    Args:
        devices: See `schedule`.
        fleet: See `schedule`.
        drift: Keys of `qsched.model.Drift` that go before those of a fleet file.
    """
    if drift and (devices is not None or isinstance(fleet, Fleet)):
        raise ConfigError(
            "drift of devices without timelines", remedy="name a fleet file that has timelines"
        )
    if devices is not None and fleet is not None:
        raise ConfigError("both devices and a fleet are given", remedy="give one of them")
    if isinstance(fleet, Fleet):
        return fleet
    if fleet == PUBLISHED and not drift:
        from qsched.experiment.published import published_fleet  # noqa: PLC0415 - as rarely used

        return published_fleet()
    if devices is not None:
        if isinstance(devices, str) or not _is_collection(devices):
            devices = [devices]
        return Fleet(name="devices", devices=_devices(devices))
    from qsched.io.devices import load_fleet  # noqa: PLC0415 - it reads files

    return load_fleet("paper" if fleet is None else str(fleet), drift=drift)


def _devices(devices: Iterable[Any]) -> tuple[DeviceProfile, ...]:
    """Return the profiles of all devices, or raise all that is wrong with any of them."""
    found: list[DeviceProfile] = []
    errors: list[InputError] = []
    for device in devices:
        try:
            found.append(_device(device))
        except BadInputs as several:
            errors.extend(several.errors)
        except InputError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(found)


def _device(device: Any) -> DeviceProfile:
    if isinstance(device, DeviceProfile):
        return device
    if isinstance(device, str | os.PathLike):
        from qsched.io.devices import resolve_device  # noqa: PLC0415 - it reads files

        return resolve_device(str(device))
    if not (hasattr(device, "target") or hasattr(device, "operation_names")):
        raise ConfigError(
            f"{device!r} is no device",
            remedy="give a name, a path, a DeviceProfile, a Qiskit backend or a Target",
        )
    from qsched.io.backends import profile_backend  # noqa: PLC0415 - it imports Qiskit

    return profile_backend(device)

"""The simulated cloud; the only user of SimPy."""

from qsched.sim.arrivals import arrive, batch, poisson, random_stream
from qsched.sim.brokers import BROKERS, Broker, ParallelBroker, SerialBroker
from qsched.sim.engine import RunInterrupted, RunningJob, Simulation
from qsched.sim.log import Recorder, RunLog
from qsched.sim.qpu import Qpu

__all__ = [
    "BROKERS",
    "Broker",
    "ParallelBroker",
    "Qpu",
    "Recorder",
    "RunInterrupted",
    "RunLog",
    "RunningJob",
    "SerialBroker",
    "Simulation",
    "arrive",
    "batch",
    "poisson",
    "random_stream",
]

"""The simulated cloud; the only user of SimPy."""

from qsched.result import RunInterrupted
from qsched.sim.arrivals import arrive, batch, poisson, random_stream
from qsched.sim.brokers import BROKERS, Broker, ParallelBroker, SerialBroker
from qsched.sim.engine import Simulation
from qsched.sim.log import Recorder, RunLog
from qsched.sim.qpu import Qpu
from qsched.sim.running import RunningJob

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

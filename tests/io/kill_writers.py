"""Writes into a store with processes that are killed, and checks it after each; run by a test.

A script of its own: forking is for programs of one thread, and a test run has more.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import filelock
import tenacity

from qsched.io._service_errors import Secrets
from qsched.io.imports import import_calibrations
from qsched.io.refresh import refresh
from qsched.io.store import DAMAGED, SnapshotStore, read_named
from qsched.model import DeviceProfile

HEAD = "Qubit,T1 (us),T2 (us),Readout assignment error,√x (sx) error,CZ error,Operational\n"
LOADED = (filelock, tenacity)  # before the forks: in each child they would take the most time
START = datetime(2025, 1, 1, tzinfo=UTC)


class Provider:
    """Has a new calibration whenever it is asked."""

    def __init__(self, number):
        self.number = number
        self.secrets = Secrets()

    def open(self):
        pass

    def names(self):
        return [f"lab_{i}" for i in range(4)]

    def fetch(self, name):
        when = START + timedelta(hours=self.number % 5)
        error = (self.number % 97) / 1000
        profile = DeviceProfile(name=name, num_qubits=40, calibrated_at=when)
        return replace(profile, readout_error=(error,) * 40)


def write_exports(folder, number):
    for i in range(2):
        name = f"ibm_x{i}_calibrations_2025-02-0{1 + number % 5}T00_00_00Z.csv"
        rows = "".join(f"{q},1,1,0.{number % 97 + 10},0.1,,true\n" for q in range(9))
        (folder / name).write_text(HEAD + rows, encoding="utf-8")
    return sorted(folder.glob("*.csv"))


def child(store, exports, number):
    if number % 2:
        refresh(Provider(number), [], SnapshotStore(store), workers=3)
    else:
        profiles, errors = import_calibrations(exports)
        assert not errors
        SnapshotStore(store).add(profiles)


def check(store, before):
    """Refuse a store in which something that was listed is gone or torn."""
    keeper = SnapshotStore(store)
    listing = keeper.listing()
    assert not listing.problems, listing.problems
    assert not (store / DAMAGED).exists()
    now = {file.path.name: file for file in keeper.files()}
    assert before <= now.keys(), before - now.keys()
    assert {row.file for row in listing.rows} == now.keys()
    for file in now.values():
        assert len(set(read_named(file).readout_error)) == 1
    return set(now)


def main(store, exports, kills, seed):
    draw = random.Random(seed)
    before, hits, number, longest_s = set(), 0, 0, 0.1
    while hits < kills:
        number += 1
        files = write_exports(exports, number)
        pid = os.fork()
        if pid == 0:
            child(store, files, number)
            os._exit(0)
        threading.Event().wait(draw.uniform(0.0, longest_s))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status)
        hits += killed
        # The times at which it is killed spread over what it takes, on any machine.
        longest_s = min(0.2, longest_s * 1.1) if killed else max(0.01, longest_s * 0.7)
        before = check(store, before)
    SnapshotStore(store).add([Provider(0).fetch("last")])
    assert len(check(store, before)) > len(before)
    sys.stdout.write(f"{hits} {number} {len(before)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

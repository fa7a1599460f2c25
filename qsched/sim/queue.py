"""The jobs that wait, in the order of a discipline."""

from __future__ import annotations

from bisect import insort
from collections import deque
from heapq import heappop, heappush
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsched.model import Job
    from qsched.policy import QueueDiscipline


AHEAD = 2**62
"""Tickets of jobs that are put back are that much lower: before all others, in their own order."""


class JobQueue(Protocol):
    """Waiting jobs by row number of the run's log, first in order first."""

    def __len__(self) -> int:
        """Return how many jobs wait."""
        ...

    def push(self, row: int, job: Job) -> None:
        """Add a job behind its equals."""
        ...

    def put_back(self, row: int, job: Job) -> None:
        """Add a job that has been in the queue before, ahead of its equals."""
        ...

    def first(self) -> int:
        """Return the first row."""
        ...

    def remove(self, row: int) -> None:
        """Take a row out."""
        ...

    def behind_first(self, window: int) -> Iterator[int]:
        """Yield at most ``window`` rows behind the first, in order."""
        ...


class ArrivalQueue:
    """Order of submission: constant time at its head, however long it grows."""

    def __init__(self) -> None:
        self._rows: deque[int] = deque()
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows) - len(self._gone)

    def push(self, row: int, job: Job) -> None:  # noqa: ARG002 - the key of others
        """See `JobQueue.push`."""
        self._rows.append(row)

    def put_back(self, row: int, job: Job) -> None:  # noqa: ARG002 - the key of others
        """See `JobQueue.put_back`; those before it are others that were put back."""
        rows = self._rows
        place = next((i for i, other in enumerate(rows) if other > row), len(rows))
        rows.insert(place, row)

    def first(self) -> int:
        """See `JobQueue.first`."""
        rows, gone = self._rows, self._gone
        while gone and rows[0] in gone:
            gone.remove(rows.popleft())
        return rows[0]

    def remove(self, row: int) -> None:
        """See `JobQueue.remove`: at the head at once, elsewhere when it gets there."""
        if self._rows[0] == row:
            self._rows.popleft()
        else:
            self._gone.add(row)

    def behind_first(self, window: int) -> Iterator[int]:
        """See `JobQueue.behind_first`."""
        waiting = (row for row in self._rows if row not in self._gone)
        return islice(waiting, 1, window + 1)


class KeyedQueue:
    """Order of a key: a heap, with its first jobs held sorted for looking ahead."""

    def __init__(self, discipline: QueueDiscipline) -> None:
        self._key = discipline.key or _all_equal
        self._window = discipline.backfill_window + 1
        self._head: list[tuple[Any, int, int]] = []
        self._heap: list[tuple[Any, int, int]] = []
        self._gone: set[int] = set()
        self._ticket = count()

    def __len__(self) -> int:
        return len(self._head) + len(self._heap) - len(self._gone)

    def push(self, row: int, job: Job) -> None:
        """See `JobQueue.push`."""
        self._insert((self._key(job), next(self._ticket), row))

    def put_back(self, row: int, job: Job) -> None:
        """See `JobQueue.put_back`."""
        self._insert((self._key(job), row - AHEAD, row))

    def _insert(self, entry: tuple[Any, int, int]) -> None:
        if self._heap and entry > self._heap[0]:
            heappush(self._heap, entry)
            return
        insort(self._head, entry)
        if len(self._head) > self._window:
            heappush(self._heap, self._head.pop())

    def _fill(self) -> None:
        """Bring the head up to its length from the heap."""
        while self._heap and len(self._head) < self._window:
            entry = heappop(self._heap)
            if entry[2] in self._gone:
                self._gone.remove(entry[2])
            else:
                self._head.append(entry)

    def first(self) -> int:
        """See `JobQueue.first`."""
        self._fill()
        return self._head[0][2]

    def remove(self, row: int) -> None:
        """See `JobQueue.remove`: in the head at once, elsewhere when it gets there."""
        for position, entry in enumerate(self._head):
            if entry[2] == row:
                del self._head[position]
                return
        self._gone.add(row)

    def behind_first(self, window: int) -> Iterator[int]:
        """See `JobQueue.behind_first`."""
        self._window = max(self._window, window + 1)
        self._fill()
        return (entry[2] for entry in self._head[1 : window + 1])


def _all_equal(_job: Job) -> int:
    return 0


def make_queue(discipline: QueueDiscipline) -> JobQueue:
    """Return an empty queue in the order of a discipline."""
    if discipline.key is None and discipline.backfill_window == 0:
        return ArrivalQueue()
    return KeyedQueue(discipline)

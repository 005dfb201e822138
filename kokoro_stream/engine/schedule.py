"""Which job is due next: earliest deadline first, and of equal deadlines the one that came first.

A deadline is the moment, in seconds of any one clock, at which a listener's buffer runs dry.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from itertools import count
from queue import Full
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Schedule(Generic[Job]):
    """Jobs waiting for a worker, at most ``capacity`` of them. Not thread-safe: one thread keeps it."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a schedule needs room for at least 1 job, not {capacity}")
        self.capacity = capacity
        self._arrivals = count()
        self._heap: list[tuple[float, int, Hashable, Job]] = []  # arrivals differ: owners and jobs are never compared

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, job: Job, *, deadline: float, owner: Hashable) -> None:
        """Queue ``job``, to be done by ``deadline`` for ``owner``. Raises `queue.Full` beyond the capacity."""
        if deadline != deadline:
            raise ValueError("a deadline cannot be NaN")
        if len(self._heap) >= self.capacity:
            raise Full(f"{self.capacity} jobs are waiting already")
        heapq.heappush(self._heap, (deadline, next(self._arrivals), owner, job))

    def pop(self) -> Job | None:
        """Take the job that is due first; None when there is none."""
        return heapq.heappop(self._heap)[-1] if self._heap else None

    def next_deadline(self) -> float | None:
        """When the job that is due first is due; None when there is none."""
        return self._heap[0][0] if self._heap else None

    def remove(self, owner: Hashable) -> list[Job]:
        """Take every job of ``owner``, in the order in which they would have been popped."""
        removed = sorted(entry for entry in self._heap if entry[2] == owner)
        if removed:
            self._heap = [entry for entry in self._heap if entry[2] != owner]
            heapq.heapify(self._heap)
        return [job for _, _, _, job in removed]


def deadline_of(deadline: float, *, now: float, delivered: float) -> float:
    """When a buffer runs dry that gets ``delivered`` seconds of audio ``now`` and would have run dry at ``deadline``.

    A listener who has heard nothing yet, or whose buffer is dry, plays from now on: start with ``deadline=now``.
    """
    return max(deadline, now) + delivered

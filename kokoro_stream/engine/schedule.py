"""Which job runs next. Pure: the present is an argument, in seconds of any one clock.

A deadline is the moment at which a listener's buffer runs dry. Three lists, each by deadline:

* **speaking**: the listener has audio left, and would hear a gap if his next window came late;
* **starting**: he hears nothing yet (or nothing any more) and waits;
* **bulk**: nobody listens while it is made.

A start is served from the time that those who speak can *spare*: if every one of them still gets its window in time
behind it, and behind what becomes urgent by it (its *debt*: a first window is short, so more must follow soon). So a
crowd of new speeches makes new speeches wait, and nobody stutter; and since admission leaves part of the machine free,
those who speak get ahead and have time to spare. Of the starts, the one that has waited longest comes first, an
announcement as if it had come `START_SLACK_S` later. Bulk is served when nobody starts and `RESERVE_S` could be spared
beside it; since those who speak do get that far ahead, it does not starve.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from operator import itemgetter
from queue import Full
from typing import Generic, TypeVar

from ..config import Priority

# An announcement is not an answer: nobody has just stopped talking and listens for its first word.
START_SLACK_S: dict[Priority, float] = {"interactive": 0.0, "announcement": 2.0, "bulk": 0.0}
SAFETY_S = 0.05  # by which a job, or several in a row, may take longer than was expected
RESERVE_S = 1.0  # half of what listeners keep buffered; a start that comes meanwhile finds some of it to spare


@dataclass(slots=True, eq=False, kw_only=True)
class Turn:
    """What the schedule knows of a job: when it is due, and the seconds that the whole machine will need for it.

    ``debt`` is seconds of work that will be urgent as soon as this job is done; ``reruns`` counts how often it was
    stopped for another job's sake.
    """

    owner: Hashable
    deadline: float
    seconds: float
    priority: Priority
    debt: float = 0.0
    reruns: int = 0


Job = TypeVar("Job", bound=Turn)
Listed = tuple[float, int, Job]  # when due, number of arrival, and the job, which is never compared


class Schedule(Generic[Job]):
    """Jobs waiting for the machine, at most ``capacity`` of them. Not thread-safe: one thread keeps it."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a schedule needs room for at least 1 job, not {capacity}")
        self.capacity = capacity
        self._arrivals = count()
        self._speaking: list[Listed[Job]] = []
        self._starting: list[Listed[Job]] = []
        self._bulk: list[Listed[Job]] = []

    def __len__(self) -> int:
        return len(self._speaking) + len(self._starting) + len(self._bulk)

    def __iter__(self) -> Iterator[Job]:
        return (job for _, _, job in chain(self._speaking, self._starting, self._bulk))

    def push(self, job: Job, *, now: float) -> None:
        """Queue a job; one whose deadline has come is a start. Raises `queue.Full` beyond the capacity."""
        if job.deadline != job.deadline:
            raise ValueError("a deadline cannot be NaN")
        if len(self) >= self.capacity:
            raise Full(f"{self.capacity} jobs are waiting already")
        self.restore(job, now=now)

    def restore(self, job: Job, *, now: float) -> None:
        """Queue a job that had been taken out already, whatever the capacity."""
        place = self._speaking if job.deadline > now else self._starting
        if job.priority == "bulk":
            place = self._bulk
        slack = START_SLACK_S[job.priority] if place is self._starting else 0.0
        insort(place, (job.deadline + slack, next(self._arrivals), job), key=itemgetter(0, 1))

    def first(self, *, now: float, in_hand: float = 0.0) -> Job | None:
        """The job to run next, None when there is none; ``in_hand`` seconds of work are under way already."""
        spare = self._spare(now + in_hand)
        if self._starting:
            start = self._starting[0][-1]
            if start.seconds + start.debt + SAFETY_S <= spare:
                return start
        if self._bulk and not self._starting and self._bulk[0][-1].seconds + RESERVE_S <= spare:
            return self._bulk[0][-1]
        return next(iter(self), None)

    def remove(self, job: Job) -> bool:
        """Take the job out; False when it does not wait here."""
        for place in (self._speaking, self._starting, self._bulk):
            for index, listed in enumerate(place):
                if listed[-1] is job:
                    del place[index]
                    return True
        return False

    def _spare(self, now: float) -> float:
        """How long those who speak could wait, one behind the other, without any of them coming late."""
        spare, free_at = float("inf"), now
        for deadline, _, job in self._speaking:
            free_at += job.seconds
            spare = min(spare, deadline - free_at)
        return spare


def deadline_of(deadline: float, *, now: float, delivered: float) -> float:
    """When a buffer runs dry that gets ``delivered`` seconds of audio ``now`` and would have run dry at ``deadline``.

    A listener who has heard nothing yet, or whose buffer is dry, plays from now on: start with ``deadline=now``.
    """
    return max(deadline, now) + delivered

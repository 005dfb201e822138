"""Which request is spoken next, for each target. Pure: the present is an argument, in seconds of any clock."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from .messages import Urgency

MOST_IDS = 10_000  # a redelivery comes within minutes; these are hours of announcements
MOST_TARGETS = 256  # with something to say at the same time: a large house
MOST_WAITING = 1024  # of all targets together: all may end at once, each with an event and an answer to be posted
MOST_WAITING_CHARS = 2_000_000  # of all targets together: days of speech, megabytes of memory

Refusal = Literal["queue_full", "too_many_targets"]


class Request(Protocol):
    """What the queue knows of a request."""

    @property
    def id(self) -> str:
        """Two with the same id are one."""

    @property
    def target(self) -> str:
        """Who shall hear it."""

    @property
    def text(self) -> str:
        """What to say."""

    @property
    def urgency(self) -> Urgency:
        """`interactive` goes first."""

    @property
    def expires_at_s(self) -> float:
        """When it is not worth saying any more."""


Waiting = TypeVar("Waiting", bound=Request)


@dataclass(slots=True)
class _Line(Generic[Waiting]):
    """The requests of one target: urgent ones, others, and the one being spoken."""

    urgent: deque[Waiting] = field(default_factory=deque)
    others: deque[Waiting] = field(default_factory=deque)
    current: Waiting | None = None

    @property
    def waiting(self) -> int:
        return len(self.urgent) + len(self.others)

    def __iter__(self) -> Iterator[Waiting]:
        yield from self.urgent
        yield from self.others

    def pop(self) -> Waiting:
        return (self.urgent or self.others).popleft()


class Queue(Generic[Waiting]):
    """Requests in order, the interactive before the others; ``max_waiting`` for a target, ``MOST_WAITING`` in all."""

    def __init__(self, max_waiting: int) -> None:
        self._max_waiting = max_waiting
        self._lines: dict[str, _Line[Waiting]] = {}
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._chars = 0

    def __repr__(self) -> str:
        return f"Queue({self.waiting} waiting for {len(self._lines)} targets)"

    @property
    def waiting(self) -> int:
        """Requests of all targets whose turn has not come."""
        return sum(line.waiting for line in self._lines.values())

    @property
    def targets(self) -> tuple[str, ...]:
        """Those with a request that waits or is being spoken."""
        return tuple(self._lines)

    def known(self, id: str) -> bool:
        """Whether a request of that id has come lately, here or (see `remember`) elsewhere."""
        return id in self._ids

    def remember(self, id: str) -> None:
        """Requests of that id are known from now on, until ``MOST_IDS`` others have come."""
        self._ids[id] = None
        self._ids.move_to_end(id)
        if len(self._ids) > MOST_IDS:
            self._ids.popitem(last=False)

    def forget(self, id: str) -> None:
        """Another request of that id is welcome."""
        self._ids.pop(id, None)

    def before(self, request: Waiting) -> int:
        """How many go before a request that would come now, the one being spoken included."""
        line = self._lines.get(request.target)
        if line is None:
            return 0
        return (line.current is not None) + (len(line.urgent) if request.urgency == "interactive" else line.waiting)

    def offer(self, request: Waiting) -> Refusal | None:
        """Takes a request, or says why not; nothing has changed then."""
        line = self._lines.get(request.target)
        if line is None and len(self._lines) >= MOST_TARGETS:
            return "too_many_targets"
        if line is not None and line.waiting >= self._max_waiting:
            return "queue_full"
        if self.waiting >= MOST_WAITING or self._chars + len(request.text) > MOST_WAITING_CHARS:
            return "queue_full"
        line = self._lines.setdefault(request.target, _Line())
        (line.urgent if request.urgency == "interactive" else line.others).append(request)
        self._chars += len(request.text)
        self.remember(request.id)
        return None

    def current(self, target: str) -> Waiting | None:
        """The request that is being spoken."""
        line = self._lines.get(target)
        return line.current if line is not None else None

    def take(self, target: str, now_s: float) -> tuple[Waiting | None, list[Waiting]]:
        """The next request, which is then being spoken, and those before it that have expired.

        The one before has ended. Without a next one the target is forgotten.
        """
        line = self._lines[target]
        line.current = None
        expired: list[Waiting] = []
        while line.waiting:
            request = line.pop()
            self._chars -= len(request.text)
            if request.expires_at_s > now_s:
                line.current = request
                return request, expired
            expired.append(request)
        del self._lines[target]
        return None, expired

    def put_back(self, request: Waiting) -> None:
        """The request that was being spoken could not be: it is the next one again."""
        line = self._lines[request.target]
        line.current = None
        (line.urgent if request.urgency == "interactive" else line.others).appendleft(request)
        self._chars += len(request.text)

    def drop(self, target: str) -> list[Waiting]:
        """Takes away what waits for the target, and returns it. What is being spoken is not touched."""
        line = self._lines.get(target)
        if line is None:
            return []
        dropped = list(line)
        line.urgent.clear()
        line.others.clear()
        self._chars -= sum(len(request.text) for request in dropped)
        return dropped

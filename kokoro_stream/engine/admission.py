"""Who may start to speak: nobody whose speech would make those under way stutter. Pure: the present is an argument.

A listener hears a second of audio per second, and it costs the machine `Costs.realtime_factor` seconds. So many
speeches keep up as have room in `LOAD` of its time; one more is refused. The cost is measured: at first when the model
is loaded, then while it speaks, stopped and repeated work included. A speech counts

* from its first text until nothing is left to compute for it: a buffer that only has to be played costs nothing;
* not while its listener has been without audio for `IDLE_S` and nothing is asked for him: he has paused, or the text
  has. He is not refused when he goes on, even if there is no room: whoever has begun to speak is never turned away;
* never if it is bulk, which yields to everybody and is never refused.

Starts need no room of their own. To begin takes less than to speak for a second, so the starts of all who are admitted
are over within a second or so; and the schedule makes starts wait, never those who speak.
"""

from __future__ import annotations

from ..config import Priority
from ..errors import OverloadedError
from .cost import Costs, Mean

# The rest is for what lies between: bulk, uneven segments, and the processes beside us.
LOAD = 0.95
IDLE_S = 5.0  # longer than a language model's pause for breath, shorter than a conversation's
FIRST_STAY_S = 5.0  # taken for the length of a stay before there has been one: a reply of two sentences
RETRY_S = (0.25, 10.0)  # sooner is a useless question; later is a guess about other people's plans


class Place:
    """A speech's part in the load: how many ``jobs`` of it wait or run, and when its listener runs dry."""

    def __init__(self, since: float) -> None:
        self.since = since
        self.jobs = 0
        self.dry_at = since

    def counts(self, now: float) -> bool:
        """It takes part in the load."""
        return self.jobs > 0 or now < self.dry_at + IDLE_S


class Admission:
    """The speeches under way, and whether one more would be too many."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs
        self._places: set[Place] = set()
        self._stay = Mean(FIRST_STAY_S, 1, memory=8)  # seconds for which a place is held

    @property
    def room(self) -> int:
        """How many speeches the machine keeps up with; a machine too slow for one still speaks for one."""
        cost = self._costs.realtime_factor
        return max(1, int(LOAD / cost)) if cost > 0 else 1_000_000

    def counted(self, now: float) -> int:
        """How many speeches make up the load now."""
        return sum(place.counts(now) for place in self._places)

    def load(self, now: float, *, without: Place | None = None) -> float:
        """The part of the machine that the speeches under way need, one of them left out; above 1 it is too much."""
        counted = sum(place.counts(now) for place in self._places if place is not without)
        return counted * self._costs.realtime_factor

    def enter(self, priority: Priority, now: float) -> Place:
        """A place for a speech that begins, to be given back with `leave`. Raises `OverloadedError`."""
        place = Place(now)
        if priority == "bulk":
            return place
        counted, room = self.counted(now), self.room
        if counted >= room:
            after_ms = self._retry_after_ms(counted)
            raise OverloadedError(
                f"the machine is busy (speeches under way: {counted}), with one more they would stutter; "
                f'try again in {after_ms} ms, or with priority "bulk"',
                after_ms,
            )
        self._places.add(place)
        return place

    def leave(self, place: Place, now: float) -> None:
        """Nothing is left to compute. Idempotent."""
        if place in self._places:
            self._places.remove(place)
            self._stay.add(now - place.since, 1)

    def _retry_after_ms(self, counted: int) -> int:
        """When one of that many is likely to have left."""
        low, high = RETRY_S
        return round(1000 * min(high, max(low, self._stay.value / counted)))

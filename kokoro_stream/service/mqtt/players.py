"""The players that are there, each the listener of one target."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import msgspec

from .connection import LONGEST_DELAY_S
from .messages import PlayerStatus
from .packets import Arrival
from .topics import is_level

logger = logging.getLogger(__name__)

MOST_PLAYERS = 1024  # whose status is known; above that they are served by the clock
RETURN_S = LONGEST_DELAY_S + 1.0  # for players to find a broker that is back: ours wait as long as we do at most

_player_status = msgspec.json.Decoder(PlayerStatus)


class Players:
    """What is known of players from what they publish. Whoever hears the broker calls `meet`, `lose` and `find`."""

    def __init__(self) -> None:
        self._online: dict[str, PlayerStatus] = {}  # by target
        self._missed: dict[str, asyncio.Event] = {}  # by target: there before an outage; set when they are back
        self._now_s = asyncio.get_running_loop().time
        self._back_by_s = 0.0

    def __repr__(self) -> str:
        return f"Players({len(self._online)} online, {len(self._missed)} missed)"

    def acknowledges(self, target: str) -> bool:
        """Whether the target has a player that tells how far it is."""
        status = self._online.get(target)
        return status is not None and status.acks

    def meet(self, arrival: Arrival) -> None:
        """A player has come, or gone."""
        target = arrival.levels[-2]
        self._online.pop(target, None)
        try:
            status = _player_status.decode(arrival.payload) if arrival.payload else None
        except (msgspec.MsgspecError, UnicodeError) as error:
            logger.info("the status of player %s cannot be read: %s", target, error)
            return
        welcome = is_level(target) and len(self._online) < MOST_PLAYERS
        if status is not None and status.state == "online" and welcome:
            self._online[target] = status
            if target in self._missed:
                self._missed.pop(target).set()

    def lose(self) -> None:
        """The broker has gone, and nobody is heard any more."""
        for target in self._online:
            if len(self._missed) < MOST_PLAYERS:
                self._missed.setdefault(target, asyncio.Event())
        self._online.clear()

    def find(self) -> None:
        """The broker is back; players find it in their own time."""
        self._back_by_s = self._now_s() + RETURN_S

    async def back(self, target: str) -> None:
        """Until the player that the target had before the outage is there, ``RETURN_S`` after its end at most."""
        missed = self._missed.get(target)
        if missed is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._back_by_s):
                await missed.wait()
        self._missed.pop(target, None)

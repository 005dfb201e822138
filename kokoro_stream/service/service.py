"""What the doors share: who speaks, who is being served, and whether the service is about to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import Protocol

from ..errors import ClosedError, OverloadedError
from . import messages
from .lag import LagProbe
from .link import GoneError, Link
from .messages import GoodbyeReason
from .metrics import Metrics
from .observed import ObservedSpeaker
from .session import GOING_AWAY, OVERLOADED, VERSION, Session
from .settings import ServiceSettings
from .speaker import Speaker
from .watchdog import Watchdog
from .wire import encode

RETRY_AFTER_MS = 1000  # a reply lasts seconds; one of the sessions is likely to have ended
STOP_MS = 1000  # for interrupted speeches to stop their machine and say so


class Guest(Protocol):
    """Who is being served by a door."""

    def close(self, reason: GoodbyeReason) -> None:
        """Nothing new from now on; what is under way may end."""

    def interrupt(self) -> None:
        """Stop what is under way."""


class Service:
    """Who speaks, for all doors. Belongs to the event loop it is used on."""

    def __init__(self, speaker: Speaker, settings: ServiceSettings) -> None:
        self.metrics = Metrics()
        self.watchdog = Watchdog(speaker)
        self.speaker = ObservedSpeaker(speaker, self.metrics, self.watchdog)
        self.settings = settings
        self.running = False
        self.leaving = asyncio.Event()  # set when the service begins to stop
        self._guests: set[Guest] = set()
        self._hurried = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def draining(self) -> bool:
        """Whether the service is about to stop."""
        return self.leaving.is_set()

    @property
    def guests(self) -> int:
        """How many are being served."""
        return len(self._guests)

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Starts the speaker, and stops it when the application ends."""
        async with self.speaker:
            self.metrics.introduce(version=VERSION, model=self.speaker.model_name, provider=self.speaker.provider)
            self.running = True
            try:
                with LagProbe(self.metrics.loop_lag.observe).measuring():
                    yield
            finally:
                self.running = False

    @contextmanager
    def hosting(self, guest: Guest) -> Iterator[None]:
        """The guest is being served within, and `drain` waits for it.

        Raises `ClosedError` while the service stops, `OverloadedError` when ``max_sessions`` are being served.
        """
        if self.draining or not self.running:
            raise ClosedError("the service is going away; try another server, or again later")
        if len(self._guests) >= self.settings.max_sessions:
            self.metrics.refused.labels("sessions").inc()
            raise OverloadedError("too many sessions are open; try again later", RETRY_AFTER_MS)
        self._guests.add(guest)
        self._empty.clear()
        try:
            yield
        finally:
            self._guests.remove(guest)
            if not self._guests:
                self._empty.set()

    async def converse(
        self, link: Link, *, id: str = "", speaker: Speaker | None = None, settings: ServiceSettings | None = None
    ) -> None:
        """A session of the native protocol over ``link``, to its end. Cancelling it stops everything under way.

        ``id`` names the session if it has a name already; ``speaker`` and ``settings`` are the service's own unless
        the door has others for it.
        """
        refused = self.metrics.refused_message
        session = Session(link, speaker or self.speaker, settings or self.settings, id, refused=refused)
        with ExitStack() as stack:
            try:
                stack.enter_context(self.hosting(session))
            except ClosedError:
                await _turn_away(link, messages.SessionGoodbye(reason="going_away"), GOING_AWAY)
            except OverloadedError as error:
                refusal = messages.Error(
                    code="overloaded", message=str(error), fatal=True, retry_after_ms=error.retry_after_ms
                )
                await _turn_away(link, refusal, OVERLOADED)
            else:
                await session.run()

    async def drain(self) -> None:
        """Lets what is under way end within ``grace_ms``, interrupts the rest, and closes all sessions."""
        self.leaving.set()
        for guest in tuple(self._guests):
            guest.close("going_away")
        await _first(self._empty, self._hurried, within_s=self.settings.grace_ms / 1000)
        for guest in tuple(self._guests):
            guest.interrupt()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_MS / 1000):
                await self._empty.wait()

    def hurry(self) -> None:
        """Ends the grace of a `drain` under way, or that of the next one."""
        self._hurried.set()


async def _first(*events: asyncio.Event, within_s: float) -> None:
    """Returns when one of them is set, or the time is over."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


async def _turn_away(link: Link, message: messages.SessionGoodbye | messages.Error, close_code: int) -> None:
    with suppress(GoneError):
        await link.send(encode(message))
        await link.close(close_code)

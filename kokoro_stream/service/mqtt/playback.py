"""One request of Rhasspy's being played: speech → WAV files → the end of their playing."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

from ... import events
from ...audio import wav
from ...audio.pcm import SAMPLE_BYTES
from ...config import AudioFormat
from ...errors import ClosedError, InputError, KokoroStreamError
from ..messages import GoodbyeReason
from ..speaker import Speech
from ..telling import next_event
from .connection import Broker
from .packets import Post
from .settings import HermesSettings

logger = logging.getLogger(__name__)

FORMAT: AudioFormat = "pcm_s16le"
MOST_FILE_S = 300  # one file is held in memory at the server, the broker and the satellite
CHUNKS_AHEAD = 2  # one that plays, and one that lets it be late


class Playback:
    """Plays a speech at ``site`` by files whose ids begin with ``id``; a guest of the service."""

    def __init__(self, broker: Broker, speech: Speech, settings: HermesSettings, *, site: str, id: str) -> None:
        self._broker = broker
        self._speech = speech
        self._settings = settings
        self._site = site
        self._id = id
        self._chunk_bytes = settings.sample_rate * settings.chunk_ms // 1000 * SAMPLE_BYTES[FORMAT]
        self._audio = bytearray()
        self._files = 0
        self._now_s = asyncio.get_running_loop().time
        self._ends_at_s = self._now_s()  # when the site will have played what was sent
        self._awaited = ""  # the id of the last file
        self._finished = asyncio.Event()
        self._life = asyncio.timeout(None)

    def __repr__(self) -> str:
        return f"Playback({self._site!r}, {self._id!r}, files={self._files})"

    def close(self, reason: GoodbyeReason) -> None:
        """It may end."""

    def interrupt(self) -> None:
        """Ends it now."""
        self._life.reschedule(self._now_s())

    def finished(self, id: str | None) -> None:
        """The site has played a file; None or "" is the one that it has just been playing."""
        if self._awaited and id in (None, "", self._awaited):
            self._finished.set()

    async def run(self) -> None:
        """Speaks, and returns when the site has played everything. Cancelling it stops the machine.

        Raises `KokoroStreamError` saying why the speech or the connection failed, or the service ends.
        """
        try:
            async with self._life, self._speech:
                await self._send_speech()
                if self._settings.wait:
                    await self._hear_out()
        except TimeoutError as error:
            raise ClosedError("the server is going away") from error

    async def _send_speech(self) -> None:
        async with aclosing(self._speech.events()) as stream:
            while not isinstance(event := await next_event(stream, self), events.TERMINAL):
                if isinstance(event, events.AudioFrame):
                    await self._collect(event.pcm)
        if isinstance(event, events.Failed):
            raise KokoroStreamError(event.message)
        await self._send_file(last=True)

    async def _collect(self, pcm: bytes) -> None:
        self._audio += pcm
        if self._chunk_bytes:
            while len(self._audio) > self._chunk_bytes:  # the last must not be empty
                await self._send_file()
        elif self._seconds(len(self._audio)) > MOST_FILE_S:
            raise InputError("text", f"speech above {MOST_FILE_S} s needs hermes.chunk_ms, or several requests")

    async def _send_file(self, *, last: bool = False) -> None:
        size = len(self._audio) if last else self._chunk_bytes
        audio = bytes(self._audio[:size])
        del self._audio[:size]
        self._files += 1
        id = f"{self._id}-{self._files:04}" if self._chunk_bytes else self._id
        await self._pace()
        self._awaited = id if last else ""
        file = wav.file(audio, FORMAT, self._settings.sample_rate)
        await self._broker.publish(Post(f"hermes/audioServer/{self._site}/playBytes/{id}", file))
        self._ends_at_s = max(self._ends_at_s, self._now_s()) + self._seconds(size)

    async def _pace(self) -> None:
        """Waits while the site has enough to play."""
        lead_s = CHUNKS_AHEAD * self._settings.chunk_ms / 1000
        await asyncio.sleep(max(0.0, self._ends_at_s - lead_s - self._now_s()))

    async def _hear_out(self) -> None:
        patience_s = self._settings.patience_ms / 1000
        try:
            async with asyncio.timeout_at(self._ends_at_s + patience_s):
                await self._finished.wait()
        except TimeoutError:
            logger.info("%r: the site does not say that it has played it", self)

    def _seconds(self, size: int) -> float:
        return size / (SAMPLE_BYTES[FORMAT] * self._settings.sample_rate)

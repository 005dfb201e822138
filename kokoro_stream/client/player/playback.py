"""One session at the listener's end: messages and audio come in, sound goes out, positions go back.

The network's side (`take`, `lose`, `stop`, `acknowledge`) never waits; the ear's side is `play`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...audio.pcm import decode, encode
from ...config import SAMPLE_RATES, Priority
from ...errors import ProtocolError
from ...service import messages
from ...service.messages import ClientMessage, ServerMessage, SessionConfig
from ...service.wire import AudioHeader, decode_server
from .jitter import Depth, Gap, JitterBuffer
from .output import OpenOutput, Output

logger = logging.getLogger(__name__)

BLOCK_MS = 20  # written at once: an interruption is heard within that and the device's own latency
SILENT_S = 15.0  # without a message the server is taken to have died: it makes audio faster than it sounds
RESUMED_S = 3.0  # the same, after the connection was restored: a server that is still there has audio to send at once
MOST_TRACKS = 8  # contexts that wait to be heard: as many as a server allows under way

Ending = Literal["heard", "interrupted", "broken off"]


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a session. ``played_ms`` counts the silence in place of ``missing_ms`` that did not come."""

    session: str
    ending: Ending
    played_ms: float
    missing_ms: float
    reason: str = ""
    """Why it was broken off."""


class Track:
    """One context of a session."""

    def __init__(self, context: str, rate: int, depth: Depth) -> None:
        self.context = context
        self.buffer = JitterBuffer(rate, depth)
        self.over = False  # heard, or silenced
        # Where the device is in the context, a block at a time: from the one that sounds to the one written last.
        self.positions = deque([0], maxlen=1)


class Playback:
    """A session that sounds when `play` is called. ``send`` takes messages for the server, and must not wait."""

    def __init__(
        self,
        name: str,
        config: SessionConfig,
        send: Callable[[ClientMessage], None],
        depth: Depth,
        *,
        volume: float = 1.0,
    ) -> None:
        self.name = name
        self._config = config
        self._send = send
        self._depth = depth
        self._volume = volume
        self._tracks: dict[int, Track] = {}  # by the number in the headers, in the order in which they sound
        self._news = asyncio.Event()
        self._now_s = asyncio.get_running_loop().time
        self._due_s = self._now_s() + SILENT_S  # by then something must have come
        self._closed = False  # no context follows
        self._reason = ""
        self._interrupted = False
        self._audible = False  # audio has come
        self._played_ms = self._missing_ms = 0.0

    def __repr__(self) -> str:
        return f"Playback({self.name!r}, {[track.buffer for track in self._tracks.values()]})"

    @property
    def priority(self) -> Priority:
        """How urgent it is, once it has `begun`."""
        return self._config.priority

    async def begun(self) -> bool:
        """Waits for the first audio; False when none will come, as after a refusal."""
        while not self._audible and not self._closed:
            await self._wait()
        return self._audible

    # --- the network's side ---

    def take(self, payload: bytes) -> None:
        """A message of the server. What is none is logged."""
        self._due_s = self._now_s() + SILENT_S
        try:
            if payload.startswith(b"{"):
                self._obey(decode_server(payload.decode("utf-8", "replace")))
            else:
                self._take_audio(*AudioHeader.unpack(payload))
        except (ProtocolError, ValueError) as error:
            logger.warning("%s: a message that cannot be read: %s", self.name, error)
        self._news.set()

    def resume(self) -> None:
        """The connection was lost and has been restored. Perhaps the server is still there."""
        self._due_s = min(self._due_s, self._now_s() + RESUMED_S)
        self._news.set()

    def lose(self, reason: str = "") -> None:
        """Nothing more comes; what is here will sound. ``reason`` says what went wrong, if something did."""
        self._closed = True
        self._reason = self._reason or reason
        for track in self._tracks.values():
            track.buffer.end()
        self._news.set()

    def stop(self) -> list[ClientMessage]:
        """The listener wants silence, now. Returns what the server must be told."""
        sounding = [track for track in self._tracks.values() if not track.over]
        told = [messages.Interrupt(context=track.context, played_ms=self._heard_ms(track)) for track in sounding]
        for track in sounding:
            track.over = True
        self._closed = self._interrupted = True
        self._news.set()
        return [*told] or [messages.Interrupt()]  # what is about to start

    def acknowledge(self) -> None:
        """Tells the server how far the listener is in each context, those that wait included."""
        for track in self._tracks.values():
            if not track.over:
                self._send(messages.PlaybackAck(context=track.context, played_ms=self._heard_ms(track)))

    def _obey(self, message: ServerMessage) -> None:
        match message:
            case messages.SessionUpdated(config=config) if not self._tracks:
                self._config = config
            case messages.ContextStarted(context=context, number=number) if number not in self._tracks:
                self._start(context, number)
            case messages.ContextDone(context=context, audio_ms=audio_ms):
                for track in self._of(context):
                    track.buffer.end(round(audio_ms * self._per_ms))
            case messages.ContextInterrupted(context=context):
                for track in self._of(context):
                    self._silence(track)
            case messages.Error(context=str(context), ends_context=True, message=reason):
                self._reason = reason
                for track in self._of(context):
                    track.buffer.end()
            case messages.SessionGoodbye(reason=reason):
                complete = all(track.over or track.buffer.end_known for track in self._tracks.values())
                self.lose("" if complete or reason == "closed" else f"the server ended the session: {reason}")
            case messages.Error(fatal=True, message=reason):
                self.lose(reason)

    def _start(self, context: str, number: int) -> None:
        low, high = SAMPLE_RATES
        if len(self._tracks) >= MOST_TRACKS:
            return  # a server that contradicts itself
        if low <= self._config.sample_rate <= high:
            self._tracks[number] = Track(context, self._config.sample_rate, self._depth)
        else:
            self.lose(f"the server sends {self._config.sample_rate} samples a second; {low}–{high} can be played")

    def _of(self, context: str) -> list[Track]:
        return [track for track in self._tracks.values() if track.context == context]

    def _silence(self, track: Track) -> None:
        track.over = self._interrupted = True

    def _take_audio(self, header: AudioHeader, audio: bytes) -> None:
        track = self._tracks.get(header.context)
        if track is None or track.over:
            return
        if self._config.format != "pcm_s16le":
            audio = encode(decode(audio, self._config.format), "pcm_s16le")
        self._audible = track.buffer.put(header, audio) or self._audible

    @property
    def _per_ms(self) -> float:
        return self._config.sample_rate / 1000

    def _heard_ms(self, track: Track) -> float:
        return track.positions[0] / self._per_ms

    # --- the ear's side ---

    async def play(self, open_output: OpenOutput) -> Played:
        """Plays to the end, and tells what became of the session. Cancelling it falls silent at once.

        Raises what opening or writing the output raises.
        """
        self._due_s = max(self._due_s, self._now_s() + SILENT_S)  # whoever had to wait had nothing to send
        track = await self._next_track()
        if track is not None:
            async with open_output(self.name, self._config.sample_rate) as output:
                while track is not None:
                    await self._play(track, output)
                    track = await self._next_track()
        ending: Ending = "interrupted" if self._interrupted else "broken off" if self._reason else "heard"
        return Played(self.name, ending, self._played_ms, self._missing_ms, self._reason)

    async def _next_track(self) -> Track | None:
        while True:
            self._tracks = {
                number: track for number, track in self._tracks.items() if not (track.over or track.buffer.ended)
            }
            if self._tracks or self._closed:
                return next(iter(self._tracks.values()), None)
            await self._wait()

    async def _play(self, track: Track, output: Output) -> None:
        buffer = track.buffer
        block = round(BLOCK_MS * self._per_ms)
        track.positions = deque([0], maxlen=1 + round(output.latency_ms / BLOCK_MS))
        while not buffer.ended and not track.over:
            begun = buffer.position > 0 or not buffer.empty
            if buffer.ready or (begun and output.clocked):
                await output.write(self._at_volume(buffer.take(block)))
                track.positions.append(buffer.position)
                self._report(track, buffer.gaps())
                self._give_up_if_overdue()
            else:
                await self._wait()
        if not track.over:
            await output.drain()
            track.positions = deque([buffer.position], maxlen=1)
        track.over = True
        self._played_ms += self._heard_ms(track)
        self._send(messages.PlaybackAck(context=track.context, played_ms=self._heard_ms(track)))

    async def _wait(self) -> None:
        """Until something comes, or nothing has come for too long."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._due_s):
                await self._news.wait()
        self._give_up_if_overdue()

    def _give_up_if_overdue(self) -> None:
        if not self._closed and self._now_s() >= self._due_s:
            self.lose("the server has fallen silent")

    def _report(self, track: Track, gaps: list[Gap]) -> None:
        for gap in gaps:
            missing_ms = gap.samples / self._per_ms
            self._missing_ms += missing_ms
            logger.warning("%s: %.0f ms did not come in time", self.name, missing_ms)
            self._send(
                messages.PlaybackGap(
                    context=track.context,
                    first_sequence=gap.first_sequence,
                    last_sequence=gap.last_sequence,
                    missing_ms=missing_ms,
                )
            )

    def _at_volume(self, pcm: bytes) -> bytes:
        if self._volume == 1.0:
            return pcm
        return np.rint(np.frombuffer(pcm, "<i2") * self._volume).astype("<i2").tobytes()

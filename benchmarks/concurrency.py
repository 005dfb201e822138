"""How many listen at once without a gap, and what becomes of one more: ``python -m benchmarks.concurrency [MODEL]``.

Listeners come to a server in a process of its own, one every other second, each over a connection of his own, and are
read to without a pause from then on. He plays what arrives in real time, beginning `BUFFER_SECONDS` after the first
frame; whenever a frame is not there when its turn has come, that is a gap. Who is refused goes away. From the first
refusal on, this goes on for ``--hold`` seconds, in which listeners are still asking to be let in. Then those who listen
interrupt, one after the other, and begin anew at once: an interruption lasts until the server has answered it, which it
does when the machine is free of that speech.

"served" is how many were let in; "expected" what the real-time factor of a single speech promises, taken beforehand in
this process as fast as the audio came: 0.9 / real-time factor. The listeners share the machine with the server;
"listeners_cpu" is what they took of one core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType

import numpy as np

from kokoro_stream import Speaker
from kokoro_stream.client import RemoteSpeech, connect
from kokoro_stream.events import AudioFrame, Failed
from kokoro_stream.model.folder import BUILTIN

from .listening import Listening
from .replies import REPLIES
from .report import publish, spread
from .server import running_server

BUFFER_SECONDS = 0.06  # what players in browsers and telephones keep at least
JOIN_SECONDS = 2.0
SHARE = 0.9  # of what one speech alone makes of the machine
CHARACTERS_PER_SECOND = 11  # slower than anybody speaks: nobody's text may end before the benchmark


@dataclass(slots=True)
class Listener:
    """Somebody who came. ``heard`` are his speeches, one unless he has interrupted."""

    heard: list[Listening] = field(default_factory=list)
    waited_ms: list[float] = field(default_factory=list)
    """For the first frame of each speech."""
    speech: RemoteSpeech | None = None
    refused: Failed | None = None
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    """He was let in, or refused."""

    @property
    def served(self) -> bool:
        """He has heard something."""
        return bool(self.waited_ms)

    @property
    def gaps(self) -> list[float]:
        """Seconds each."""
        return [gap for listening in self.heard for gap in listening.stalls]


class Crowd:
    """Listeners of the server at ``url``, who are read ``text``."""

    def __init__(self, url: str, text: str) -> None:
        self._url, self._text = url, text
        self._tasks = asyncio.TaskGroup()
        self.listeners: list[Listener] = []
        self._leaving = asyncio.Event()

    async def __aenter__(self) -> Crowd:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        try:
            for listener in self.listeners:
                await listener.decided.wait()
                if listener.speech is not None and not listener.refused:
                    await listener.speech.interrupt()
        finally:
            await self._tasks.__aexit__(kind, error, trace)

    @property
    def served(self) -> list[Listener]:
        """Those who were let in."""
        return [listener for listener in self.listeners if listener.served]

    @property
    def refused(self) -> list[Listener]:
        """Those who were not."""
        return [listener for listener in self.listeners if listener.refused]

    def join(self) -> Listener:
        """One more comes."""
        listener = Listener()
        self.listeners.append(listener)
        self._tasks.create_task(self._listen(listener), name=f"listener {len(self.listeners)}")
        return listener

    async def _listen(self, listener: Listener) -> None:
        try:
            async with connect(self._url) as client:
                while listener.refused is None and not self._leaving.is_set():
                    begun = time.perf_counter()
                    async with client.speak(self._text, acks=False) as listener.speech:
                        await self._hear(listener, listener.speech, begun)
        finally:
            listener.decided.set()

    async def _hear(self, listener: Listener, speech: RemoteSpeech, begun: float) -> None:
        listening: Listening | None = None
        async for event in speech.events():
            now = time.perf_counter()
            if isinstance(event, Failed):
                if event.code != "overloaded":
                    raise RuntimeError(f"a speech failed: {event.code}: {event.message}")
                listener.refused = event
            if not isinstance(event, AudioFrame):
                continue
            if listening is None:
                listening = Listening(event.sample_rate, buffer=BUFFER_SECONDS)
                listener.heard.append(listening)
                listener.waited_ms.append((now - begun) * 1000)
                listener.decided.set()
            listening.take(now, np.frombuffer(event.pcm, "<i2") / 32768)

    async def interrupt(self, number: int) -> float:
        """One of those who listen interrupts; milliseconds until the machine is free of his speech."""
        listener = self.served[number % len(self.served)]
        assert listener.speech is not None
        begun = time.perf_counter()
        await listener.speech.interrupt()
        return (time.perf_counter() - begun) * 1000


async def measure(model: str, hold: float, most: int, interruptions: int) -> dict[str, float | int | str]:
    factor = await real_time_factor(model)
    expected = SHARE / factor
    seconds = hold + JOIN_SECONDS * (min(most, expected) * 1.5 + interruptions + 5)
    async with running_server("benchmarks.probed", model) as server, Crowd(server.url, text_of(seconds)) as crowd:
        computed, begun = time.process_time(), time.perf_counter()
        await gather(crowd, hold, most)
        share = (time.process_time() - computed) / (time.perf_counter() - begun)
        heard = figures(crowd)
        stops = [await interruption(crowd, number) for number in range(interruptions)]
    return {
        "model": model,
        "real_time_factor": round(factor, 4),
        "listeners_expected": round(expected, 1),
        **heard,
        **spread("interrupt_ms", stops),
        "listeners_cpu": round(share, 3),
        "weights_mb": weights_mb(model),
        **json.loads(server.last_words.splitlines()[-1]),
    }


async def real_time_factor(model: str) -> float:
    """Of one speech that has the machine for itself, as fast as it comes."""
    async with Speaker(model) as speaker:
        begun = time.perf_counter()
        async with speaker.speak(" ".join(REPLIES[:4])) as speech:
            seconds = sum([frame.samples / frame.sample_rate async for frame in speech])
        return (time.perf_counter() - begun) / seconds


async def gather(crowd: Crowd, hold: float, most: int) -> None:
    """Lets listeners come: until one is refused or there are ``most``, and for ``hold`` seconds from then on."""
    until = float("inf")
    while time.perf_counter() < until:
        if until == float("inf") and (crowd.refused or len(crowd.listeners) >= most):
            until = time.perf_counter() + hold
        if len(crowd.listeners) < most or crowd.refused:
            crowd.join()
        await asyncio.sleep(JOIN_SECONDS)


async def interruption(crowd: Crowd, number: int) -> float:
    """At some moment between two windows' beginnings, a different one each time."""
    await asyncio.sleep(JOIN_SECONDS * (0.5 + number * 0.37 % 1))
    return await crowd.interrupt(number)


def figures(crowd: Crowd) -> dict[str, float]:
    """What the listeners noticed."""
    gaps = [gap for listener in crowd.served for gap in listener.gaps]
    retries = [listener.refused.retry_after_ms or 0.0 for listener in crowd.refused if listener.refused]
    return {
        "listeners_served": len(crowd.served),
        "listeners_with_gaps": sum(bool(listener.gaps) for listener in crowd.served),
        "gaps": len(gaps),
        "longest_gap_ms": round(max(gaps, default=0.0) * 1000, 1),
        "audio_s": round(sum(listening.seconds for listener in crowd.served for listening in listener.heard)),
        "refused": len(retries),
        **(spread("retry_after_ms", retries) if retries else {}),
        **spread("first_frame_ms", [listener.waited_ms[0] for listener in crowd.served]),
    }


def text_of(seconds: float) -> str:
    """Replies that take at least that long to speak."""
    lengths: Sequence[int] = [len(reply) for reply in REPLIES]
    rounds = seconds * CHARACTERS_PER_SECOND / sum(lengths)
    return " ".join(islice(cycle(REPLIES), int(rounds * len(REPLIES)) + 1))


def weights_mb(model: str) -> int:
    """Size of the model's graphs."""
    folder = BUILTIN if model == "builtin" else Path(model)
    return round(sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="builtin", help='"builtin" or the folder of a model')
    parser.add_argument("--hold", type=float, default=30.0, help="seconds at full load")
    parser.add_argument("--most", type=int, default=200, help="listeners, if nobody is refused before")
    parser.add_argument("--interruptions", type=int, default=30)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    found = asyncio.run(measure(options.model, options.hold, options.most, options.interruptions))
    publish("concurrency", found, as_json=options.json)


if __name__ == "__main__":
    main()

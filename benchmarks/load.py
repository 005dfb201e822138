"""What many listeners cost, and what it does to the first audio: ``python -m benchmarks.load``.

For 1, 10, 50 and 200 listeners: each over a WebSocket of his own to a server in a process of its own, with the
built-in voice. He is read a reply while a language model writes it at 40 tokens a second, listens to its end in real
time, and after a second is read the next, for ``--seconds``. Who is refused (the machine keeps up with no more) asks
again, each time twice as late as the time before.

"first_audio_ms" is from the first token to the first frame, at the listener. "underruns" are frames that were not
there when a player that began `BUFFER_SECONDS` after the first frame wanted them, "machine_underruns" those that the
server itself counted, "room" how many listeners it reckoned with in the end. "cpu_ms_per_audio_s" is the
server's, all of it; "bare_cpu_ms_per_audio_s" that of the same replies, token by token, in a process that only has the
engine; "service_of_a_core" the difference, as the part of a core that it takes of each second at that load.
"kb_per_session" is what the server's memory grew by, from before the listeners came to its highest, by the listener.
The listeners share the machine with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from kokoro_stream import Speaker
from kokoro_stream.client import Client, connect
from kokoro_stream.events import AudioFrame, Failed

from .listening import Listening
from .replies import REPLIES, written
from .report import publish
from .server import running_server
from .vitals import ProcessVitals

LISTENERS = (1, 10, 50, 200)
BUFFER_SECONDS = 0.06  # what players in browsers and telephones keep at least
PAUSE_SECONDS = 1.0
JOIN_SECONDS = 5.0  # in which all of them come, one after the other
LONGEST_WAIT_SECONDS = 5.0
SAMPLE_SECONDS = 0.5
WARM_ROUNDS = 3
LONG_LEAD_MS = 60_000  # as fast as it can
PERCENTILES = (50, 95, 99)


@dataclass(slots=True)
class Heard:
    """By all listeners together."""

    first_audio_ms: list[float] = field(default_factory=list)
    audio_s: float = 0.0
    underruns: int = 0
    refused: int = 0


async def measure(numbers: Sequence[int], seconds: float) -> dict[str, float | int | str]:
    bare = await bare_cost()
    figures: dict[str, float | int | str] = {"bare_cpu_ms_per_audio_s": round(bare * 1000, 2)}
    for listeners in numbers:
        found = await load(listeners, seconds, bare)
        figures.update({f"{listeners}_{name}": value for name, value in found.items()})
    return figures


async def load(listeners: int, seconds: float, bare: float) -> dict[str, float]:
    """So many listeners of a new server; ``bare`` is what a second of audio costs without one, in seconds of a core."""
    async with running_server() as server:
        await warm(server.url)
        vitals = ProcessVitals(server)
        before = await asyncio.to_thread(vitals.metrics)
        memory, cpu, begun = vitals.memory_kb, vitals.cpu_seconds, time.perf_counter()
        heard, until = Heard(), begun + JOIN_SECONDS + seconds
        highest = memory
        async with asyncio.TaskGroup() as tasks:
            for number in range(listeners):
                wait = JOIN_SECONDS * number / listeners
                tasks.create_task(listen(server.url, number, wait, until, heard), name=f"listener {number}")
            while time.perf_counter() < until:
                await asyncio.sleep(SAMPLE_SECONDS)
                highest = max(highest, vitals.memory_kb)
        told = await asyncio.to_thread(vitals.metrics)
        spent, elapsed = vitals.cpu_seconds - cpu, time.perf_counter() - begun
    cost = spent / heard.audio_s
    first = {f"first_audio_ms_p{p}": float(f"{np.percentile(heard.first_audio_ms, p):.3g}") for p in PERCENTILES}
    return {
        **first,
        "replies": len(heard.first_audio_ms),
        "refusals": heard.refused,
        "audio_s": round(heard.audio_s),
        "underruns": heard.underruns,
        "machine_underruns": int(told["underruns_total{machine}"] - before["underruns_total{machine}"]),
        "room": int(told["room_speeches"]),
        "cpu_ms_per_audio_s": round(cost * 1000, 2),
        "service_of_a_core": round((cost - bare) * heard.audio_s / elapsed, 4),
        "kb_per_session": round((highest - memory) / listeners),
    }


async def listen(url: str, number: int, wait: float, until: float, heard: Heard) -> None:
    """One listener, from when he comes until it is time to go."""
    await asyncio.sleep(wait)
    async with connect(url) as client:
        refusals = 0
        for turn in count(number):
            retry = await hear(client, REPLIES[turn % len(REPLIES)], heard)
            refusals = refusals + 1 if retry else 0
            wait = min(LONGEST_WAIT_SECONDS, retry * 2**refusals) if retry else PAUSE_SECONDS
            if time.perf_counter() + wait >= until:
                return
            await asyncio.sleep(wait)


async def hear(client: Client, reply: str, heard: Heard) -> float:
    """One reply to its end; the seconds after which to ask again if it was refused."""
    begun = time.perf_counter()
    listening: Listening | None = None
    async with client.speak(written(reply), acks=False) as speech:
        async for event in speech.events():
            if isinstance(event, Failed):
                if event.code != "overloaded":
                    raise RuntimeError(f"a speech failed: {event.code}: {event.message}")
                heard.refused += 1
                return (event.retry_after_ms or 1000) / 1000
            if not isinstance(event, AudioFrame):
                continue
            now = time.perf_counter()
            if listening is None:
                listening = Listening(event.sample_rate, buffer=BUFFER_SECONDS)
                heard.first_audio_ms.append((now - begun) * 1000)
            listening.take(now, np.frombuffer(event.pcm, "<i2") / 32768)
    if listening is not None:
        heard.audio_s += listening.seconds
        heard.underruns += len(listening.stalls)
    return 0.0


async def warm(url: str) -> None:
    """Speaks as much at once as it can, so that everything that stays is in memory."""
    heard = Heard()
    for _ in range(WARM_ROUNDS):
        async with connect(url, max_lead_ms=LONG_LEAD_MS) as client:
            await asyncio.gather(*(hear(client, reply, heard) for reply in REPLIES))


async def bare_cost() -> float:
    """Seconds of a core for a second of audio in a process that has the engine alone."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.load", "--bare", stdout=PIPE)
    said, _ = await process.communicate()
    cost: float = json.loads(said)
    return cost


async def speak_bare() -> float:
    async with Speaker() as speaker:

        async def one(reply: str) -> float:
            async with speaker.speak(written(reply)) as speech:
                return sum([frame.samples / frame.sample_rate async for frame in speech])

        await asyncio.gather(*map(one, REPLIES))
        before = time.process_time()
        seconds = sum(await asyncio.gather(*map(one, REPLIES * 2)))
        return (time.process_time() - before) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, nargs="+", default=LISTENERS)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each, once all have come")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        print(json.dumps(asyncio.run(speak_bare())))
        return
    publish("load", asyncio.run(measure(options.listeners, options.seconds)), as_json=options.json)


if __name__ == "__main__":
    main()

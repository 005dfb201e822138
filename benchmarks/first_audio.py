"""How soon is something heard? From the first token to the first audible sample at a client of a server beside it.

"frame" is the arrival of the first frame with something audible in it; "sample" adds the silence before it: what an ear
at a sound card that plays from the first frame on would notice.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from statistics import median

from kokoro_stream.client import Client, connect

from .audible import SoundStart
from .replies import REPLIES, written
from .report import arguments, publish, spread
from .server import running_server

COLD_STARTS = 3


async def measure(rounds: int) -> dict[str, float | int | str]:
    """Figures of ``rounds`` through all replies, with the text at once and as a language model writes it."""
    figures: dict[str, float | int | str] = {"replies": rounds * len(REPLIES)}
    async with running_server("benchmarks.probed") as server, connect(server.url) as client:
        await first_sound(client, at_once("Hello."))
        for name, writing in (("at_once", at_once), ("40_tokens_a_second", written)):
            heard = [await first_sound(client, writing(reply)) for reply in REPLIES * rounds]
            figures.update(spread(f"{name}_frame_ms", [frame_ms for frame_ms, _ in heard]))
            figures.update(spread(f"{name}_sample_ms", [sample_ms for _, sample_ms in heard]))
    figures.update(json.loads(server.last_words.splitlines()[-1]))
    figures["cold_start_p50_s"] = round(median([await cold_start() for _ in range(COLD_STARTS)]), 2)
    return figures


async def first_sound(client: Client, text: AsyncIterator[str]) -> tuple[float, float]:
    """Milliseconds from the first token until the first audible frame is here, and until its sound is heard."""
    token_at = time.perf_counter()
    first_frame_at = 0.0
    async with client.speak(text) as speech:
        sound: SoundStart | None = None
        async for frame in speech:
            now = time.perf_counter()
            if sound is None:
                sound, first_frame_at = SoundStart(frame.sample_rate), now
            if sound.feed(frame.pcm) and sound.sample is not None:
                heard_at = max(now, first_frame_at + sound.sample / frame.sample_rate)
                return (now - token_at) * 1000, (heard_at - token_at) * 1000
    raise RuntimeError("nothing was heard")


async def at_once(text: str) -> AsyncIterator[str]:
    yield text


async def cold_start() -> float:
    """Seconds from the creation of the service's process until clients are welcome."""
    async with running_server() as server:
        return server.start_seconds


def main() -> None:
    options = arguments(__doc__, rounds=3)
    publish("first_audio", asyncio.run(measure(options.rounds)), as_json=options.json)


if __name__ == "__main__":
    main()

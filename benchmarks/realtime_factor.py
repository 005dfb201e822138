"""How much computing does a second of speech take? On one core: the whole pipeline, and the prosody alone."""

from __future__ import annotations

import asyncio
import os
import time

from kokoro_stream import Speaker
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.text.source import SourceText

from .replies import REPLIES
from .report import arguments, publish, spread

FIFTEEN_WORDS = "The quick train from the northern station will arrive at platform four in ten minutes."
PROSODY_RUNS = 50


async def factors(rounds: int) -> dict[str, float]:
    """Seconds gone by, and seconds computed, for a second of speech: each reply taken as fast as it comes."""
    wall, computed = [], []
    async with Speaker(threads=1) as speaker:
        await audio_seconds(speaker, REPLIES[0])  # warms up
        for reply in REPLIES * rounds:
            start, cpu_start = time.perf_counter(), time.process_time()
            seconds = await audio_seconds(speaker, reply)
            wall.append((time.perf_counter() - start) / seconds)
            computed.append((time.process_time() - cpu_start) / seconds)
    return {**spread("real_time_factor", wall), **spread("real_time_factor_of_cpu_time", computed)}


async def audio_seconds(speaker: Speaker, text: str) -> float:
    """Has ``text`` spoken; how long it sounds."""
    async with speaker.speak(text) as speech:
        return sum([frame.samples / frame.sample_rate async for frame in speech])


def prosody_ms() -> list[float]:
    """Milliseconds of the prosody of a sentence of fifteen words."""
    model = KokoroModel.load()
    phonemes = phonemizer("en-us").phonemize(SourceText.of(FIFTEEN_WORDS)).phonemes
    found = []
    for _ in range(PROSODY_RUNS + 1):
        start = time.perf_counter()
        model.prosody(phonemes, "", 1.0)
        found.append((time.perf_counter() - start) * 1000)
    return found[1:]


def main() -> None:
    options = arguments(__doc__, rounds=3)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures = asyncio.run(factors(options.rounds)) | spread("prosody_of_15_words_ms", prosody_ms())
    publish("realtime_factor", figures, as_json=options.json)


if __name__ == "__main__":
    main()

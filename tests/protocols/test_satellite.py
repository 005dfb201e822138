"""The example satellite as it stands, with MicroPython's modules played by ours, at a real broker and server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream.audio.pcm import decode
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto
from tests.system.home import resident_at, running

SATELLITE = Path(__file__).parents[2] / "protocols" / "examples" / "satellite.py"
MICROPYTHON = Path(__file__).parent / "micropython"
STATUS = "kokoro/player/kitchen/status"
TEXT = "The train leaves at nine in the morning. There is a later one, but it takes an hour longer."
RATE = 24000


@asynccontextmanager
async def satellite_at(broker: Mosquitto, folder: Path) -> AsyncIterator[Path]:
    """The satellite in the kitchen; gives the file into which its amplifier writes."""
    (folder / "settings.py").write_text(f'BROKER, PORT, TARGET = "127.0.0.1", {broker.port}, "kitchen"\n', "utf-8")
    amplifier = folder / "amplifier.raw"
    paths = os.pathsep.join([str(folder), str(MICROPYTHON)])
    environ = os.environ | {"PYTHONPATH": paths, "AMPLIFIER": str(amplifier)}
    process = await asyncio.create_subprocess_exec(sys.executable, str(SATELLITE), env=environ)
    try:
        yield amplifier
    finally:
        process.kill()
        await process.wait()


@pytest.mark.listening
async def test_the_example_plays_what_is_announced_and_survives_its_broker(tmp_path: Path) -> None:
    async with (
        mosquitto(tmp_path) as broker,
        running("serve", "--port", "0", "--mqtt", broker.url),
        satellite_at(broker, tmp_path) as amplifier,
    ):
        async with resident_at(broker) as resident:
            await resident.sees_online(2)
            await resident.asks("kitchen", TEXT)
            ended = await resident.sees("say.ended")
            assert (ended["outcome"], ended["missed_ms"]) == ("spoken", 0)
        await broker.kill()
        await broker.start()
        async with resident_at(broker) as resident:
            await resident.sees_online(2)
            await resident.asks("kitchen", "I am back.")
            again = await resident.sees("say.ended")
            assert again["outcome"] == "spoken"
        samples = decode(amplifier.read_bytes(), "pcm_s16le")
    assert len(samples) * 1000 / RATE >= ended["audio_ms"] + again["audio_ms"] - 1
    said = spoken_words(TEXT)
    first = samples[: round(ended["audio_ms"] * RATE / 1000)]
    assert word_errors(said, heard(first, RATE)) <= len(said) // 4


def test_the_example_is_short() -> None:
    code = SATELLITE.read_text("utf-8").partition('"""\n\n')[2]
    lines = [line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(lines) <= 90

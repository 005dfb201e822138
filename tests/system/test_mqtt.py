"""`kokoro-stream serve --mqtt` as a process, the built-in voice, a real broker, and a client that knows only paho."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream.audio import wav
from kokoro_stream.audio.chime import LENGTH_MS
from tests.service.mqtt.clients import paho_client
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto

ANNOUNCEMENT = "Dinner is ready in ten minutes. Please wash your hands and come to the table."
RATE = 24_000


@asynccontextmanager
async def serving(*arguments: str, **environ: str) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "kokoro_stream", "serve", "--port", "0", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env={**os.environ, **environ})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


@pytest.mark.listening
async def test_an_announcement_arrives_as_a_file_that_a_recogniser_understands(
    broker: Mosquitto, tmp_path: Path
) -> None:
    environ = {"KOKORO_STREAM_MQTT__CHIME": "true", "KOKORO_STREAM_MQTT__NODE": "n1"}
    async with serving("--mqtt", broker.url, **environ) as server:
        assert server.stdout is not None
        assert (await server.stdout.readline()).decode().rstrip().endswith(f" and {broker.url}")
        async with paho_client(broker, "kokoro/player/kitchen/+/+/down", "kokoro/event") as client:
            client.publish("kokoro/say/kitchen", ANNOUNCEMENT)
            messages = await client.hear_until("say.ended")
        server.send_signal(signal.SIGTERM)
        _, errors = await server.communicate()
    assert (server.returncode, errors) == (0, b"")
    assert messages[-1]["outcome"] == "spoken"
    pcm = b"".join(message["pcm"] for message in messages if message["type"] == "audio")
    file = tmp_path / "announcement.wav"
    file.write_bytes(wav.file(pcm, "pcm_s16le", RATE))
    audio = wav.read(file.read_bytes())
    assert 1000 * len(audio.samples) / audio.sample_rate == pytest.approx(messages[-1]["audio_ms"], abs=1)
    speech = audio.samples[RATE * LENGTH_MS // 1000 :]
    assert np.abs(speech).max() > 0.1
    said = spoken_words(ANNOUNCEMENT)
    understood = await asyncio.to_thread(heard, speech, audio.sample_rate)
    assert word_errors(said, understood) / len(said) < 0.35


async def test_a_server_that_the_broker_refuses_says_why_in_one_line(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    async with (
        mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as broker,
        serving("--mqtt", broker.url.replace("//", "//me@"), KOKORO_STREAM_MQTT__PASSWORD="s3cret") as server,
    ):
        output, errors = await server.communicate()
    assert (server.returncode, output) == (1, b"")
    assert errors.count(b"\n") == 1
    assert b"'me'" in errors
    assert b"s3cret" not in errors

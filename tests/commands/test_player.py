"""Where the player command plays to, and the command itself on a sound device."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.commands.player import node_of
from kokoro_stream.commands.player_outputs import WavFolder
from kokoro_stream.service.mqtt.topics import is_level
from tests.client.player.test_player import server_at
from tests.fakes import fake_samples
from tests.service.mqtt.mosquitto import mosquitto

PCM = fake_samples(0, 4800)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_each_session_is_a_file_that_has_its_name_once_it_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    async with WavFolder(folder).file("node-1", 24000) as file:
        await file.write(PCM)
        (unfinished,) = files(folder)
        assert unfinished.suffix == ".part"
    (finished,) = files(folder)
    assert finished.name.endswith("-node-1.wav")
    with wave.open(str(finished)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 24000)
        assert read.readframes(read.getnframes()) == PCM


async def broken_off(folder: Path) -> None:
    async with WavFolder(folder).file("node-1", 24000) as file:
        await file.write(PCM)
        raise KeyboardInterrupt


async def test_what_was_broken_off_is_a_file_too(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        await broken_off(tmp_path)
    (finished,) = files(tmp_path)
    with wave.open(str(finished)) as read:
        assert read.readframes(read.getnframes()) == PCM


@pytest.mark.parametrize("session", ["..-..", "a/../../b", "C:\\x", "ä ö", "\x00"])
async def test_nobody_chooses_where_files_go_by_the_name_of_a_session(tmp_path: Path, session: str) -> None:
    async with WavFolder(tmp_path / "in").file(session, 24000):
        pass
    assert files(tmp_path) == [tmp_path / "in"]
    assert len(files(tmp_path / "in")) == 1


@pytest.mark.parametrize(("target", "host"), [("kitchen", "pi"), ("k" * 64, "h" * 200), ("Küche 1", "pi.local")])
def test_the_brokers_name_for_a_player_is_one_that_every_broker_takes(target: str, host: str) -> None:
    node = node_of(target, host)
    assert is_level(node)
    assert node.isascii()


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux's")
async def test_the_command_plays_on_the_sound_device_until_it_is_told_to_end(tmp_path: Path) -> None:
    played = tmp_path / "played.raw"
    device = f'pcm.!default {{ type file; format raw; file "{played}"; slave.pcm {{ type null }} }}'
    (tmp_path / "asound.conf").write_text(device, "utf-8")
    environ = os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}
    async with mosquitto(tmp_path) as broker, server_at(broker) as server:
        command = (sys.executable, "-m", "kokoro_stream", "player", broker.url, "--target", "kitchen")
        process = await asyncio.create_subprocess_exec(*command, env=environ)
        try:
            await server.sees("online")
            await server.speak("one/1", frames=20)
            await server.hears("one/1", "playback.ack", played_ms=800)
            process.send_signal(signal.SIGTERM)
            await server.sees("offline")
            assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    # This device has no clock: it takes silence as fast as it is given while the next frame is on its way.
    assert np.array_equal(loud(played.read_bytes()), loud(fake_samples(0, 20 * 960)))


def loud(pcm: bytes) -> NDArray[np.int16]:
    samples = np.frombuffer(pcm, "<i2")
    found: NDArray[np.int16] = samples[samples != 0]
    return found

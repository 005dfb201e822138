"""Announcements at home: broker, server and players as real processes, the built-in voice, WAV files."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream.audio import wav
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto
from tests.system.home import COMMAND, Resident, Running, resident_at, running, wavs

TEXT = "The meeting with your doctor is at three thirty on Tuesday. I have added it to your calendar."
LONG = "The quick brown fox jumps over the lazy dog. " * 20
MEGABYTE = 1 << 20


@dataclass
class Home:
    broker: Mosquitto
    server: Running
    players: dict[str, Running]
    folder: Path

    def recorded(self, target: str) -> list[wav.Wav]:
        """What has been played to its end, in order."""
        return [wav.read(path.read_bytes()) for path in wavs(self.folder / target)]


@asynccontextmanager
async def home_with(folder: Path, *targets: str) -> AsyncIterator[Home]:
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(mosquitto(folder))
        server = await stack.enter_async_context(running("serve", "--port", "0", "--mqtt", broker.url))
        players = {
            target: await stack.enter_async_context(
                running("player", broker.url, "--target", target, "-o", str(folder / target))
            )
            for target in targets
        }
        yield Home(broker, server, players, folder)


@asynccontextmanager
async def resident_in(home: Home) -> AsyncIterator[Resident]:
    """Somebody who has seen that server and players are there."""
    async with resident_at(home.broker) as resident:
        await resident.sees_online(1 + len(home.players))
        yield resident


@pytest.mark.listening
async def test_an_announcement_is_a_complete_and_intelligible_file(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home, resident_in(home) as resident:
        await resident.asks("kitchen", TEXT)
        ended = await resident.sees("say.ended")
        assert ended["outcome"] == "spoken"
        assert ended["missed_ms"] == 0
        assert "heard" in await home.players["kitchen"].line()
        (speech,) = home.recorded("kitchen")
        assert len(speech.samples) / speech.sample_rate * 1000 == pytest.approx(ended["audio_ms"], abs=1)
        said = spoken_words(TEXT)
        assert word_errors(said, heard(speech.samples, speech.sample_rate)) <= len(said) // 4
        assert await home.players["kitchen"].end() == 0
        await resident.sees_status("kokoro/player/kitchen/status", "offline")


async def test_announcements_to_a_target_are_heard_one_after_the_other(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home, resident_in(home) as resident:
        for number in range(3):
            await resident.asks("kitchen", f"Number {number}.", id=f"n{number}")
        ends = [await resident.sees("say.ended") for _ in range(3)]
        assert [(end["id"], end["outcome"]) for end in ends] == [(f"n{number}", "spoken") for number in range(3)]
        for _ in range(3):
            assert "heard" in await home.players["kitchen"].line()
        assert len(home.recorded("kitchen")) == 3


async def test_a_speech_that_a_broker_took_with_it_is_reported_in_part_and_later_ones_work(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home:
        async with resident_in(home) as resident:
            await resident.asks("kitchen", LONG)
            await resident.hears("kitchen", 500)
        await home.broker.kill()
        line = asyncio.create_task(home.players["kitchen"].line())
        await home.broker.start()
        async with resident_at(home.broker) as resident:
            assert "broken off" in await line
            await resident.sees_online(2)
            await resident.asks("kitchen", "I am back.")
            await resident.sees("say.ended", outcome="spoken")
            assert "heard" in await home.players["kitchen"].line()
        partial, whole = home.recorded("kitchen")
        assert 0 < len(partial.samples) / partial.sample_rate < 60
        assert len(whole.samples) > 0


async def test_what_waits_while_the_broker_is_away_is_heard_when_all_are_back(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home:
        async with resident_in(home) as resident:
            await resident.asks("kitchen", LONG)
            await resident.asks("kitchen", "I have waited.")
            await resident.hears("kitchen", 500)
        await home.broker.kill()
        await home.broker.start()
        assert "broken off" in await home.players["kitchen"].line()
        assert "heard" in await home.players["kitchen"].line()
        assert len(home.recorded("kitchen")) == 2


async def test_a_player_that_hangs_costs_the_server_nothing_and_nobody_else_notices(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen", "bedroom") as home, resident_in(home) as resident:
        await resident.asks("bedroom", "Hello.")
        await resident.sees("say.ended", target="bedroom")
        memory = home.server.memory
        home.players["kitchen"].pause()
        for _ in range(20):
            await resident.asks("kitchen", LONG)
        await resident.asks("bedroom", TEXT, id="other")
        assert (await resident.sees("say.ended", id="other"))["outcome"] == "spoken"
        assert (await resident.sees("say.ended", target="kitchen"))["reason"] == "listener_silent"
        assert home.server.memory < memory + 50 * MEGABYTE
        home.players["kitchen"].resume()


async def test_a_player_that_dies_is_known_to_be_gone(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home, resident_in(home) as resident:
        home.players["kitchen"].process.kill()
        await resident.sees_status("kokoro/player/kitchen/status", "offline")
        await resident.asks("kitchen", "Is anybody there?")
        assert (await resident.sees("say.ended"))["outcome"] == "spoken"  # by the clock


async def test_stopping_a_player_mid_speech_tells_the_server_and_keeps_what_was_played(tmp_path: Path) -> None:
    async with home_with(tmp_path, "kitchen") as home, resident_in(home) as resident:
        await resident.asks("kitchen", LONG)
        await resident.hears("kitchen", 500)
        assert await home.players["kitchen"].end() == 0
        assert (await resident.sees("say.ended"))["reason"] == "player"
        (speech,) = home.recorded("kitchen")
        assert len(speech.samples) > 0


def test_a_broker_that_cannot_be_meant_is_refused() -> None:
    ended = subprocess.run([*COMMAND, "player", "http://localhost"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "mqtt://" in ended.stderr

"""A player at a real broker, and somebody who says what a server would."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest
import pytest_asyncio

from kokoro_stream.client.player.output import OpenOutput, Output
from kokoro_stream.client.player.playback import Played
from kokoro_stream.client.player.player import MOST_SESSIONS, Player
from kokoro_stream.config import Priority
from kokoro_stream.errors import InputError
from kokoro_stream.service import messages
from kokoro_stream.service.messages import ServerMessage
from kokoro_stream.service.mqtt.settings import MqttSettings
from kokoro_stream.service.settings import ServiceSettings
from kokoro_stream.service.wire import AudioHeader, encode
from tests.client.player.test_playback import FRAME, FakeOutput
from tests.fakes import fake_samples
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto

STATUS = "kokoro/player/kitchen/status"


@pytest_asyncio.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


class Server:
    """What a server says, and what it hears."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        await self._client.publish(topic, payload, 1, retain)

    async def say(self, session: str, *said: ServerMessage) -> None:
        for message in said:
            await self.publish(f"kokoro/player/kitchen/{session}/down", encode(message))

    async def begin(self, session: str, priority: Priority = "announcement") -> None:
        settings = ServiceSettings()
        created = messages.SessionCreated(
            session_id="1",
            server="a server",
            model="fake",
            voices=(),
            config=msgspec.structs.replace(settings.session, priority=priority),
            limits=settings.limits,
        )
        await self.say(session, created, messages.ContextStarted(context=session, number=1))

    async def frames(self, session: str, *sequences: int) -> None:
        for n in sequences:
            audio = AudioHeader(1, n, n * FRAME).pack() + fake_samples(n * FRAME, FRAME)
            await self.publish(f"kokoro/player/kitchen/{session}/down", audio)

    async def end(self, session: str, frames: int) -> None:
        last = AudioHeader(1, frames, frames * FRAME, last=True).pack()
        await self.publish(f"kokoro/player/kitchen/{session}/down", last)
        await self.say(session, messages.SessionGoodbye(reason="closed"))

    async def speak(self, session: str, frames: int = 4) -> None:
        """A whole speech."""
        await self.begin(session)
        await self.frames(session, *range(frames))
        await self.end(session, frames)

    async def hears(self, session: str, kind: str, **fields: object) -> dict[str, Any]:
        """The next message of that kind from the player."""
        wanted = {"type": kind, **fields}
        async for message in self._client.messages:
            if message.topic.value == f"kokoro/player/kitchen/{session}/up":
                heard: dict[str, Any] = json.loads(bytes(message.payload))
                if heard | wanted == heard:
                    return heard
        raise AssertionError("the connection ended")

    async def sees(self, state: str) -> None:
        """Returns when the player's status is that."""
        async for message in self._client.messages:
            if message.topic.value == STATUS and json.loads(bytes(message.payload))["state"] == state:
                return


@asynccontextmanager
async def server_at(broker: Mosquitto) -> AsyncIterator[Server]:
    """A server that has subscribed to all that players say."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.subscribe("kokoro/player/#", qos=1)
        yield Server(client)


class Room:
    """What is heard, and what became of each session."""

    def __init__(self, output: FakeOutput | None = None) -> None:
        self.output = output or FakeOutput()
        self.open: OpenOutput = self.output.open
        self._played: asyncio.Queue[Played] = asyncio.Queue()
        self.report = self._played.put_nowait

    async def played(self) -> Played:
        return await self._played.get()


@asynccontextmanager
async def player_at(broker: Mosquitto, room: Room) -> AsyncIterator[None]:
    """A player in the kitchen, running within the block."""
    settings = MqttSettings(url=broker.url, node="player-kitchen")
    player = Player(settings, "kitchen", room.open, on_played=room.report)
    running = asyncio.create_task(player.run(), name="player")
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])
    if not running.cancelled():
        running.result()


async def test_a_player_is_known_while_it_is_there(broker: Mosquitto) -> None:
    async with server_at(broker) as server:
        async with player_at(broker, Room()):
            await server.sees("online")
        await server.sees("offline")


async def test_a_speech_is_heard_and_acknowledged_to_its_end(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        await server.speak("one/1")
        await server.hears("one/1", "playback.ack", played_ms=160)
        assert await room.played() == Played("one-1", "heard", 160, 0)
    assert room.output.pcm == fake_samples(0, 4 * FRAME)


async def test_one_speaks_at_a_time_and_who_waits_is_told_that_nothing_has_been_heard(broker: Mosquitto) -> None:
    room = Room(FakeOutput(ticks=0))
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        for session in ("one/1", "two/1", "two/2"):
            await server.begin(session, "interactive" if session == "two/2" else "announcement")
            await server.frames(session, 0, 1, 2)
            await server.end(session, 3)
            await server.hears(session, "playback.ack", played_ms=0)
        for _ in range(100):
            room.output.ticks.release()
        assert [(await room.played()).session for _ in range(3)] == ["one-1", "two-2", "two-1"]
    assert room.output.pcm == fake_samples(0, 3 * FRAME) * 3


@pytest.mark.parametrize("topic", ["kokoro/stop", "kokoro/stop/kitchen"])
async def test_stop_silences_all_at_once(broker: Mosquitto, topic: str) -> None:
    room = Room(FakeOutput(ticks=2))
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        for session in ("one/1", "one/2"):
            await server.begin(session)
            await server.frames(session, 0, 1, 2)
        await room.output.until(2 * 480)
        await server.publish(topic, "")
        assert (await server.hears("one/1", "interrupt"))["played_ms"] == 40
        assert (await server.hears("one/2", "interrupt"))["played_ms"] == 0
        room.output.ticks.release()
        assert {(await room.played()).ending for _ in range(2)} == {"interrupted"}


async def test_a_stop_that_somebody_retained_silences_nobody(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server:
        await server.publish("kokoro/stop", "", retain=True)
        await server.publish("kokoro/stop", " ", retain=True)
        async with player_at(broker, room):
            await server.sees("online")
            await server.speak("one/1")
            assert (await room.played()).ending == "heard"


async def test_more_than_can_wait_are_refused(broker: Mosquitto) -> None:
    room = Room(FakeOutput(ticks=0))
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        for number in range(MOST_SESSIONS):
            await server.begin(f"one/{number}")
        await server.begin("one/many")
        await server.hears("one/many", "interrupt")


async def test_audio_of_a_session_that_we_did_not_see_begin_is_not_played(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        await server.frames("one/1", 5, 6, 7)
        await server.end("one/1", 8)
        await server.speak("one/2")
        assert (await room.played()).session == "one-2"
    assert room.output.pcm == fake_samples(0, 4 * FRAME)


async def test_a_broker_that_hangs_for_a_while_costs_nothing_but_the_wait(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        await server.begin("one/1")
        await server.frames("one/1", 0, 1, 2)
        await room.output.until(3 * FRAME)
        os.kill(broker.pid, signal.SIGSTOP)
        sending = asyncio.create_task(server.frames("one/1", 3, 4, 5))
        os.kill(broker.pid, signal.SIGCONT)
        await sending
        await server.end("one/1", 6)
        assert await room.played() == Played("one-1", "heard", 240, 0)
    assert room.output.pcm == fake_samples(0, 6 * FRAME)


async def test_what_was_missed_while_the_broker_was_away_is_silent_and_reported(broker: Mosquitto) -> None:
    room = Room()
    async with player_at(broker, room):
        async with server_at(broker) as server:
            await server.sees("online")
            await server.begin("one/1")
            await server.frames("one/1", 0, 1, 2)
            await room.output.until(3 * FRAME)
            await broker.kill()
        await broker.start()
        async with server_at(broker) as server:
            await server.sees("online")
            await server.frames("one/1", 8, 9)
            await server.end("one/1", 10)
            gap = await server.hears("one/1", "playback.gap")
            assert (gap["first_sequence"], gap["last_sequence"], gap["missing_ms"]) == (3, 7, 200)
            assert await room.played() == Played("one-1", "heard", 400, 200)
            await server.speak("one/2")
            assert await room.played() == Played("one-2", "heard", 160, 0)


async def test_a_speech_whose_server_lost_it_ends_with_what_had_come(broker: Mosquitto) -> None:
    room = Room()
    async with player_at(broker, room):
        async with server_at(broker) as server:
            await server.sees("online")
            await server.begin("one/1")
            await server.frames("one/1", 0)
            await server.hears("one/1", "playback.ack")
            await broker.kill()
        await broker.start()
        async with server_at(broker) as server:
            await server.sees("online")
            await server.say("one/1", messages.SessionGoodbye(reason="connection_lost"))
            played = await room.played()
            assert (played.ending, played.played_ms) == ("broken off", 40)
            await server.speak("one/2")
            assert (await room.played()).ending == "heard"


async def test_a_server_that_died_holds_nobody_up(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        await server.begin("one/1")
        await server.frames("one/1", 0)
        await server.speak("two/1")
        await server.publish("kokoro/server/two/status", '{"state": "online"}')
        await server.publish("kokoro/server/two/status", "rubbish")
        await server.publish("kokoro/server/one/status", '{"state": "offline"}')
        assert (await room.played()).reason == "the server has gone"
        assert (await room.played()).session == "two-1"


async def test_a_device_that_fails_ends_one_speech(broker: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    room = Room()
    failing: list[OSError] = [OSError("no space left")]

    def open_output(name: str, rate: int) -> AbstractAsyncContextManager[Output]:
        if failing:
            raise failing.pop()
        return room.output.open(name, rate)

    room.open = open_output
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        await server.begin("one/1")
        await server.frames("one/1", 0)
        await server.hears("one/1", "interrupt")
        await server.speak("one/2")
        assert (await room.played()).session == "one-2"
    assert "one-1 cannot be played: no space left" in caplog.text


async def test_whatever_is_published_to_it_a_player_goes_on(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server, player_at(broker, room):
        await server.sees("online")
        for nonsense in (b"", b"{", b"K", b'{"type":"session.created"}', b"[" * 10_000, b"\xff" * 100):
            await server.publish("kokoro/player/kitchen/one/1/down", nonsense)
            await server.publish("kokoro/server/one/status", nonsense)
        await server.begin("one/2")
        await server.publish("kokoro/player/kitchen/one/2/down", b"K")
        await server.publish("kokoro/player/kitchen/one/2/down", b'{"type":"context.started"}')
        await server.frames("one/2", 0, 1)
        await server.end("one/2", 2)
        assert await room.played() == Played("one-2", "heard", 80, 0)


async def test_a_player_that_is_told_to_end_ends_its_sessions_first(broker: Mosquitto) -> None:
    room = Room()
    async with server_at(broker) as server:
        async with player_at(broker, room):
            await server.sees("online")
            await server.begin("one/1")
            await server.frames("one/1", 0, 1, 2)
            await room.output.until(3 * FRAME)
        assert await server.hears("one/1", "interrupt")
    assert (await room.played()).ending == "interrupted"
    assert room.output.closed


async def test_a_broker_that_refuses_us_is_no_matter_of_patience(tmp_path: Path) -> None:
    async with mosquitto(tmp_path, "allow_anonymous false") as broker:
        with pytest.raises(InputError, match="mqtt"):
            await Player(MqttSettings(url=broker.url, node="p"), "kitchen", FakeOutput().open).run()


@pytest.mark.parametrize("volume", [-0.1, 1.1, float("nan")])
async def test_a_volume_beyond_what_came_is_refused(volume: float) -> None:
    with pytest.raises(InputError, match="volume"):
        Player(MqttSettings(url="mqtt://localhost"), "kitchen", FakeOutput().open, volume=volume)

"""The recorded conversations go as recorded over a real broker, with a fake speaker and with the built-in voice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from kokoro_stream import Speaker
from kokoro_stream.service.mqtt.messages import Outcome, SayEvent
from tests.conformance.mqtt import ANNOUNCEMENTS, HEARD, connected, replay_announcements, replay_stream
from tests.conformance.replay import CONVERSATIONS, CROWDED, Line, Mismatch, read
from tests.fakes import FakeSpeaker
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto, mosquitto

HOST = "127.0.0.1"
SESSIONS = [path for path in CONVERSATIONS if path.stem not in CROWDED]


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with mosquitto(tmp_path) as running:
        yield running


def fake() -> FakeSpeaker:
    return FakeSpeaker(ms_per_char=40)  # longer than the head start, as recorded


VOICES = pytest.mark.parametrize("voice", [fake, Speaker], ids=["fake", "builtin"])


@VOICES
@pytest.mark.parametrize("recording", ANNOUNCEMENTS, ids=lambda path: path.stem)
async def test_announcements_go_as_recorded(voice: Callable[[], Any], recording: Path, broker: Mosquitto) -> None:
    async with open_door(broker.url, voice()) as door:
        await door.broker.available()
        async with connected(HOST, broker.port, *HEARD) as client:
            await replay_announcements(read(recording), client)


@pytest.mark.parametrize("recording", SESSIONS, ids=lambda path: path.stem)
async def test_a_stream_goes_as_over_websocket(recording: Path, broker: Mosquitto) -> None:
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        await replay_stream(read(recording), HOST, broker.port)


def test_the_recordings_hold_every_event_and_most_ends() -> None:
    events = [line["server"] for path in ANNOUNCEMENTS for line in read(path) if line["topic"] == "kokoro/event"]
    assert {event["type"] for event in events} == {kind.__struct_config__.tag for kind in get_args(SayEvent)}
    outcomes = {event["outcome"] for event in events if "outcome" in event}
    assert outcomes == set(get_args(Outcome)) - {"expired", "failed"}  # those need time, or a fault


@pytest.mark.parametrize("change", ["outcome", "order", "words"])
async def test_a_replay_notices_what_differs(change: str, broker: Mosquitto) -> None:
    (recording,) = [path for path in ANNOUNCEMENTS if path.stem == "announcements"]
    lines: list[Line] = read(recording)
    end = next(i for i, line in enumerate(lines) if line.get("server", {}).get("type") == "say.ended")
    words = next(i for i, line in enumerate(lines) if line.get("server", {}).get("type") == "words")
    if change == "outcome":
        lines[end]["server"]["outcome"] = "failed"
    elif change == "order":
        lines[1]["server"], lines[3]["server"] = lines[3]["server"], lines[1]["server"]
    else:
        del lines[words]
    async with open_door(broker.url, FakeSpeaker()) as door:
        await door.broker.available()
        async with connected(HOST, broker.port, *HEARD) as client:
            with pytest.raises(Mismatch):
                await replay_announcements(lines[: end + 1], client)

"""The link that plays the client's part of an announcement: what it says, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kokoro_stream.errors import ProtocolError
from kokoro_stream.service import messages
from kokoro_stream.service.link import GoneError
from kokoro_stream.service.messages import ClientMessage, ServerMessage
from kokoro_stream.service.mqtt.announcement import AnnouncementLink
from kokoro_stream.service.mqtt.connection import Broker
from kokoro_stream.service.mqtt.messages import SayRequest
from kokoro_stream.service.mqtt.packets import Post
from kokoro_stream.service.mqtt.say import Defaults, announcement
from kokoro_stream.service.mqtt.settings import MqttSettings
from kokoro_stream.service.mqtt.topics import Pair
from kokoro_stream.service.session_messages import Pace
from kokoro_stream.service.wire import decode_client, encode

DONE = messages.ContextDone(context="default", audio_ms=500, first_audio_ms=9, rtf=0.1, segments=1, windows=1)
INTERRUPTED = messages.ContextInterrupted(
    context="default", audio_sent_ms=300, audio_played_ms=200, text_spoken="Hel", text_remaining="lo.", char_index=3
)
FAILED = messages.Error(code="failed", message="it failed", fatal=False, context="default", ends_context=True)
BUSY = messages.Error(code="overloaded", message="busy", fatal=True, retry_after_ms=250)
REFUSED = messages.Error(code="unknown_voice", message="no such voice", fatal=False)
LEAVING = messages.SessionGoodbye(reason="going_away")


class Taken(Broker):
    """A broker that takes everything."""

    def __init__(self) -> None:
        super().__init__(MqttSettings(url="mqtt://nowhere"), Post("will", ""))
        self.taken: list[Post] = []

    async def publish(self, post: Post) -> None:
        self.taken.append(post)


def link(pace: Pace = "acks", **fields: Any) -> AnnouncementLink:
    defaults = Defaults(target="kitchen", expiry_s=60, chime=False)
    asked = announcement(SayRequest(text="Hello.", id="1", **fields), defaults, 0.0)
    pair = Pair("up", "down")
    return AnnouncementLink(Taken(), pair, asked, server="n1", pace=pace, audio_qos=0, expiry_s=2)


async def script(link: AnnouncementLink) -> list[ClientMessage]:
    """What it says before it listens to the player."""
    said = [decode_client(await link.receive())]
    while not isinstance(said[-1], messages.SessionClose):
        said.append(decode_client(await link.receive()))
    return said


async def test_it_says_what_the_request_asks_for() -> None:
    update, *rest = await script(link(voice="af_x", volume=0.5, priority="interactive"))
    assert isinstance(update, messages.SessionUpdate)
    assert (update.voice, update.volume, update.priority, update.pace) == ("af_x", 0.5, "interactive", "acks")
    assert rest == [messages.TextAppend(text="Hello."), messages.TextEnd(), messages.SessionClose()]


@pytest.mark.parametrize(
    ("answers", "outcome", "reason"),
    [
        ([DONE], "spoken", ""),
        ([INTERRUPTED], "interrupted", "going_away"),
        ([FAILED], "failed", "failed"),
        ([], "failed", "internal"),
    ],
)
async def test_what_has_become_of_it(answers: list[ServerMessage], outcome: str, reason: str) -> None:
    own = link()
    await script(own)
    for answer in answers:
        await own.send(encode(answer))
    assert (own.end.id, own.end.target, own.end.server) == ("1", "kitchen", "n1")
    assert (own.end.outcome, own.end.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("answer", "outcome", "reason", "retry_after_ms"),
    [
        (REFUSED, "rejected", "unknown_voice", None),
        (BUSY, "failed", "overloaded", 250),
        (LEAVING, "rejected", "going_away", None),
    ],
)
async def test_a_refusal_comes_before_anything_is_spoken(
    answer: ServerMessage, outcome: str, reason: str, retry_after_ms: float | None
) -> None:
    own = link()
    await own.receive()
    await own.send(encode(answer))
    assert (own.end.outcome, own.end.reason, own.retry_after_ms) == (outcome, reason, retry_after_ms)


async def test_after_a_refusal_only_the_end_is_said() -> None:
    own = link()
    await own.receive()
    await own.send(encode(REFUSED))
    assert await script(own) == [messages.SessionClose()]


async def test_what_the_player_says_wrong_is_no_refusal_of_the_request() -> None:
    own = link()
    await script(own)
    await own.send(encode(REFUSED))
    await own.send(encode(DONE))
    assert own.end.outcome == "spoken"


async def test_who_cuts_it_short_is_the_reason() -> None:
    own = link()
    own.cut("skipped")
    await script(own)
    assert decode_client(await own.receive()) == messages.Interrupt()
    await own.send(encode(INTERRUPTED))
    assert (own.end.outcome, own.end.reason, own.end.text_spoken) == ("interrupted", "skipped", "Hel")


async def test_a_player_that_cuts_in_is_the_reason() -> None:
    own = link()
    await script(own)
    own.deliver(encode(messages.Interrupt()).encode())
    await own.receive()
    await own.send(encode(INTERRUPTED))
    assert (own.end.outcome, own.end.reason) == ("interrupted", "player")


@pytest.mark.parametrize(("pace", "played_ms", "cut"), [("acks", 0, True), ("acks", 40, False), ("clock", 0, False)])
async def test_it_expires_unless_it_has_begun_to_be_heard(pace: Pace, played_ms: float, cut: bool) -> None:
    own = link(pace)
    await script(own)
    own.deliver(encode(messages.PlaybackAck(played_ms=played_ms)).encode())
    await own.receive()
    own.expire()
    own.deliver(encode(messages.Ping()).encode())
    assert decode_client(await own.receive()) == (messages.Interrupt() if cut else messages.Ping())
    await own.send(encode(INTERRUPTED))
    assert own.end.outcome == ("expired" if cut else "interrupted")


async def test_gaps_are_added_up() -> None:
    own = link()
    await script(own)
    gap = messages.PlaybackGap(first_sequence=1, last_sequence=2, missing_ms=80)
    for _ in range(2):
        own.deliver(encode(gap).encode())
        assert decode_client(await own.receive()) == gap
    await own.send(encode(DONE))
    assert (own.end.outcome, own.end.missed_ms) == ("spoken", 160)


@pytest.mark.parametrize("message", [messages.TextAppend(text="x"), messages.SessionClose(), messages.SessionUpdate()])
async def test_a_player_only_listens(message: ClientMessage) -> None:
    own = link()
    await script(own)
    own.deliver(encode(message).encode())
    with pytest.raises(ProtocolError) as refused:
        await own.receive()
    assert (refused.value.code, refused.value.fatal) == ("not_allowed", False)


@pytest.mark.parametrize(("answers", "outcome"), [([], "failed"), ([DONE], "spoken"), ([INTERRUPTED], "interrupted")])
async def test_the_brokers_end_is_its_end_unless_all_was_said(answers: list[ServerMessage], outcome: str) -> None:
    own = link()
    for answer in answers:
        await own.send(encode(answer))
    waiting = asyncio.create_task(script(own))
    own.lose()
    with pytest.raises(GoneError):
        await waiting
    assert own.end.outcome == outcome
    assert own.end.reason == ("connection_lost" if outcome == "failed" else own.end.reason)

"""Announcements over a real broker, with a fake voice: order, ends, and what players may do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kokoro_stream.audio.chime import LENGTH_MS
from kokoro_stream.service import pacing
from kokoro_stream.service.mqtt.door import MqttDoor
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.mqtt.clients import Heard, Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto

EVENTS = "kokoro/event"
DOWN = "kokoro/player/kitchen/+/+/down"
STATUS = "kokoro/player/kitchen/status"


@asynccontextmanager
async def home(
    broker: Mosquitto, speaker: FakeSpeaker, *topics: str, service: ServiceSettings | None = None, **settings: Any
) -> AsyncIterator[tuple[MqttDoor, Paho]]:
    """A door, and a client that hears all events and what the topics bring."""
    async with open_door(broker.url, speaker, service, **settings) as door:
        await door.broker.available()
        async with paho_client(broker, EVENTS, *topics) as client:
            yield door, client


async def ends(client: Paho, count: int) -> dict[str, Heard]:
    """The ends of that many requests, by id, in order."""
    found: list[Heard] = []
    while len(found) < count:
        found.append((await client.hear_until("say.ended"))[-1])
    return {end["id"]: end for end in found}


def gated() -> tuple[FakeSpeaker, asyncio.Semaphore]:
    """A speaker that makes no audio until it gets a permit."""
    gate = asyncio.Semaphore(0)
    return FakeSpeaker(gate=gate), gate


async def started(client: Paho) -> Heard:
    return (await client.hear_until("say.started"))[-1]


async def accepted(client: Paho, count: int) -> None:
    """Returns once that many requests wait."""
    for _ in range(count):
        await client.hear_until("say.accepted")


async def sent(client: Paho, least_ms: float) -> float:
    """Milliseconds of audio that have come, once they are that many."""
    sent_ms = 0.0
    while sent_ms < least_ms:
        sent_ms += len((await client.hear_until("audio"))[-1]["pcm"]) / 48
    return sent_ms


def up(started: Heard) -> str:
    return f"kokoro/player/{started['target']}/{started['server']}/{started['session_id']}/up"


async def test_a_line_of_text_is_spoken_to_the_target_of_its_topic(broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(), DOWN) as (_, client):
        client.publish("kokoro/say/kitchen", "Dinner is ready.")
        heard = await client.hear_until("say.ended")
    events = [message for message in heard if message["topic"] == EVENTS]
    assert [event["type"] for event in events] == ["say.accepted", "say.started", "say.ended"]
    assert len({event["id"] for event in events}) == 1
    assert events[-1]["outcome"] == "spoken"
    assert events[-1]["audio_ms"] == len("Dinner is ready.")
    session = [message for message in heard if message["topic"] != EVENTS]
    assert session[0]["type"] == "session.created"
    assert session[0]["session_id"] == events[1]["session_id"]
    assert session[-1]["type"] == "session.goodbye"
    pcm = b"".join(message["pcm"] for message in session if message["type"] == "audio")
    assert pcm == fake_samples(0, 24 * len("Dinner is ready."))


async def test_what_a_request_asks_for_is_how_it_sounds(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    request = {"text": "Hi.", "voice": "am_fake", "speed": 1.5, "lang": "en-us", "volume": 0.3, "target": "hall"}
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say", request)
        end = (await client.hear_until("say.ended"))[-1]
    assert (end["outcome"], end["target"]) == ("spoken", "hall")
    (config,) = speaker.configs
    assert (config.voice, config.speed, config.lang, config.volume) == ("am_fake", 1.5, "en-us", 0.3)
    assert config.priority == "announcement"


async def test_the_answer_also_goes_where_the_request_wants_it(broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(), "answers/#") as (_, client):
        client.publish("kokoro/say", "One.", reply_to="answers/5", correlation=b"c5")
        while (message := await client.heard.get()).topic != "answers/5":
            pass
        assert getattr(message.properties, "CorrelationData", None) == b"c5"
        client.publish("kokoro/say", {"text": "Two.", "reply_to": "answers/3"})
        heard = [await client.hear()]
        while (heard[-1]["type"], heard[-1]["topic"]) != ("say.ended", "answers/3"):
            heard.append(await client.hear())
    assert [message["type"] for message in heard if message["topic"] == "answers/3"] == [
        "say.accepted",
        "say.started",
        "say.ended",
    ]


async def test_announcements_follow_each_other_and_targets_do_not_wait_for_others(broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say/kitchen", {"text": "One.", "id": "1"})
        client.publish("kokoro/say/kitchen", {"text": "Two.", "id": "2"})
        client.publish("kokoro/say/hall", {"text": "Three.", "id": "3"})
        heard = [await client.hear() for _ in range(5)]
        assert {event["id"]: event["waiting"] for event in heard if event["type"] == "say.accepted"} == {
            "1": 0,
            "2": 1,
            "3": 0,
        }
        assert {event["id"] for event in heard if event["type"] == "say.started"} == {"1", "3"}
        for _ in range(3):
            gate.release()
        assert set(await ends(client, 3)) == {"1", "2", "3"}


@pytest.mark.parametrize(("interrupts", "first"), [(True, "urgent"), (False, "long")])
async def test_something_interactive_interrupts_an_announcement_by_setting(
    interrupts: bool, first: str, broker: Mosquitto
) -> None:
    speaker, gate = gated()
    async with home(broker, speaker, interactive_interrupts=interrupts) as (_, client):
        client.publish("kokoro/say", {"text": "A long story.", "id": "long"})
        await started(client)
        client.publish("kokoro/say", {"text": "Later.", "id": "later"})
        client.publish("kokoro/say", {"text": "Fire!", "id": "urgent", "priority": "interactive"})
        client.publish("kokoro/say", {"text": "Run!", "id": "urgent too", "priority": "interactive"})
        await accepted(client, 3)
        for _ in range(4):
            gate.release()
        found = await ends(client, 4)
    spoken = [id for id, end in found.items() if end["outcome"] == "spoken"]
    assert spoken[0] == first
    assert spoken[-3:] == ["urgent", "urgent too", "later"]
    assert (found["long"]["outcome"], found["long"]["reason"]) == (
        ("interrupted", "interactive") if interrupts else ("spoken", "")
    )


@pytest.mark.parametrize(
    ("command", "kitchen", "waiting", "hall"),
    [
        ("skip/kitchen", "interrupted", "spoken", "spoken"),
        ("skip", "interrupted", "spoken", "interrupted"),
        ("stop/kitchen", "interrupted", "interrupted", "spoken"),
        ("stop", "interrupted", "interrupted", "interrupted"),
        ("stop/nobody", "spoken", "spoken", "spoken"),
    ],
)
async def test_stop_and_skip(command: str, kitchen: str, waiting: str, hall: str, broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say/kitchen", {"text": "One.", "id": "kitchen"})
        await started(client)
        client.publish("kokoro/say/kitchen", {"text": "Two.", "id": "waiting"})
        client.publish("kokoro/say/hall", {"text": "Three.", "id": "hall"})
        await started(client)
        client.publish(f"kokoro/{command}", "PRESS")
        client.publish("kokoro/say/kitchen", b"")  # its refusal tells that the command has been obeyed
        found: dict[str, Heard] = {}
        while "" not in found:
            found |= await ends(client, 1)
        for _ in range(3):
            gate.release()
        found |= await ends(client, 4 - len(found))
    assert [found[id]["outcome"] for id in ("kitchen", "waiting", "hall")] == [kitchen, waiting, hall]


async def test_an_id_is_spoken_once(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with home(broker, speaker) as (_, client):
        for _ in range(3):
            client.publish("kokoro/say", {"text": "Once.", "id": "same"})
        outcomes = [(await client.hear_until("say.ended"))[-1]["outcome"] for _ in range(3)]
    assert sorted(outcomes) == ["duplicate", "duplicate", "spoken"]
    assert len(speaker.configs) == 1


async def test_what_another_server_took_is_not_spoken_again(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with home(broker, speaker) as (_, client):
        taken = {"type": "say.accepted", "id": "same", "target": "hall", "server": "n2", "waiting": 0}
        client.publish(EVENTS, taken)
        await client.hear_until("say.accepted")
        client.publish("kokoro/say", {"text": "Once.", "id": "same"})
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == "duplicate"
    assert speaker.configs == []


@pytest.mark.parametrize("first", [{"text": "This will fail."}, {"text": "Once.", "voice": "nobody"}])
async def test_what_was_not_spoken_may_be_asked_for_again(first: dict[str, Any], broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker()) as (_, client):
        outcomes = []
        for request in (first, {"text": "Again."}, {"text": "And again."}):
            client.publish("kokoro/say", {**request, "id": "same"})
            outcomes.append((await client.hear_until("say.ended"))[-1]["outcome"])
    assert outcomes[0] in ("failed", "rejected")
    assert outcomes[1:] == ["spoken", "duplicate"]


@pytest.mark.parametrize(("outcome", "then"), [("failed", "spoken"), ("rejected", "spoken"), ("spoken", "duplicate")])
async def test_what_another_server_took_and_did_not_speak_may_be_asked_for_again(
    outcome: str, then: str, broker: Mosquitto
) -> None:
    async with home(broker, FakeSpeaker()) as (_, client):
        about = {"id": "same", "target": "hall", "server": "n2"}
        client.publish(EVENTS, {"type": "say.accepted", "waiting": 0, **about})
        client.publish(EVENTS, {"type": "say.ended", "outcome": outcome, **about})
        await client.hear_until("say.ended")
        client.publish("kokoro/say", {"text": "Again.", "id": "same"})
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == then


async def test_what_is_too_late_is_not_spoken(broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say", {"text": "Long.", "id": "long"})
        client.publish("kokoro/say", {"text": "Short-lived.", "id": "late", "expiry": 0.01})
        client.publish("kokoro/say", {"text": "Last.", "id": "last"})
        await accepted(client, 3)
        asyncio.get_running_loop().call_later(0.02, gate.release)  # its time is over by then
        gate_for_last = asyncio.get_running_loop().call_later(0.03, gate.release)
        found = await ends(client, 3)
        gate_for_last.cancel()
    assert {id: end["outcome"] for id, end in found.items()} == {"long": "spoken", "late": "expired", "last": "spoken"}
    assert len(speaker.configs) == 2


async def test_a_thousand_announcements_wait_and_are_spoken_in_order(broker: Mosquitto) -> None:
    gate = asyncio.Semaphore(0)
    speaker = FakeSpeaker(ms_per_char=0.1, gate=gate)
    async with home(broker, speaker) as (door, client):
        client.publish("kokoro/say", {"text": "Wait.", "id": "first"})
        await started(client)
        for number in range(1000):
            client.publish("kokoro/say", {"text": "Next.", "id": str(number)})
            if number % 100 == 99:  # the broker, too, keeps no more than a thousand for us
                await accepted(client, 100)
        client.publish("kokoro/say", {"text": "Next.", "id": "1000"})
        (refused,) = (await ends(client, 1)).values()
        assert (refused["id"], refused["outcome"], refused["reason"]) == ("1000", "rejected", "queue_full")
        assert door.announcer.waiting == 1000
        for _ in range(1001):
            gate.release()
        found = await ends(client, 1001)
    assert list(found) == ["first", *map(str, range(1000))]
    assert {end["outcome"] for end in found.values()} == {"spoken"}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"text": ', "bad_json"),
        (b'{"text": "Hi.", "speed": "fast"}', "bad_message"),
        (b"\xff", "bad_message"),
        (b"", "no_text"),
        (b"x" * 500_000, "too_big"),
        (b'{"text": "Hi.", "voice": "nobody"}', "unknown_voice"),
        (b'{"text": "Hi.", "lang": "xx"}', "unknown_language"),
        (b'{"text": "Hi.", "speed": 9}', "invalid_value"),
        (b'{"text": "Hi.", "volume": 3}', "invalid_value"),
        (b'{"text": "Hi.", "target": "a/b"}', "bad_message"),
    ],
)
async def test_what_cannot_be_said_is_rejected_with_a_reason(payload: bytes, reason: str, broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say", payload)
        end = (await client.hear_until("say.ended"))[-1]
        client.publish("kokoro/say", "The next one is spoken.")
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == "spoken"
    assert (end["outcome"], end["reason"]) == ("rejected", reason)
    assert end["message"]
    assert len(speaker.configs) == 1


@pytest.mark.parametrize(("text", "reason"), [("This will fail.", "failed"), ("This will explode.", "internal")])
async def test_a_speech_that_fails_says_so(text: str, reason: str, broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker()) as (_, client):
        client.publish("kokoro/say", text)
        end = (await client.hear_until("say.ended"))[-1]
    assert (end["outcome"], end["reason"]) == ("failed", reason)


async def test_when_the_machine_is_busy_an_announcement_waits(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(places=0)
    async with home(broker, speaker) as (_, client):
        client.publish("kokoro/say", "Patience.")
        await started(client)
        speaker.places = 1
        heard = await client.hear_until("say.ended")
    assert heard[-1]["outcome"] == "spoken"
    assert [message["type"] for message in heard] in (["say.ended"], ["say.started", "say.ended"])


async def test_a_chime_comes_before_an_announcement(broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(), DOWN, chime=True) as (_, client):
        client.publish("kokoro/say/kitchen", {"text": "Plain.", "chime": False, "id": "plain"})
        assert (await ends(client, 1))["plain"]["audio_ms"] == 6
        client.publish("kokoro/say/kitchen", {"text": "Ding.", "id": "chimed"})
        heard = await client.hear_until("say.ended")
    assert heard[-1]["audio_ms"] == LENGTH_MS + 5
    (words,) = [message for message in heard if message["type"] == "words"]
    assert words["words"][0]["start_ms"] == LENGTH_MS


async def test_retained_requests_and_commands_are_somebodys_from_long_ago(broker: Mosquitto) -> None:
    speaker = FakeSpeaker()
    async with paho_client(broker, EVENTS) as before:
        for topic in ("kokoro/say", "kokoro/stop", "kokoro/open"):
            before.publish(topic, "Old.", retain=True, reply_to=EVENTS)
        before.publish(EVENTS, {"type": "say.ended"})
        await before.hear_until("say.ended")
        async with open_door(broker.url, speaker, share="") as door:
            await door.broker.available()
            before.publish("kokoro/say", "New.")
            heard = await before.hear_until("say.ended")
    assert [message["type"] for message in heard] == ["say.accepted", "say.started", "say.ended"]
    assert len(speaker.configs) == 1


async def test_a_player_that_acknowledges_is_followed(broker: Mosquitto) -> None:
    speaker = FakeSpeaker(ms_per_char=1000)
    async with home(broker, speaker, DOWN) as (_, client):
        client.publish(STATUS, {"state": "online", "acks": True}, retain=True)
        client.publish("kokoro/say/kitchen", "Seven.")
        topic = up(await started(client))
        played_ms = await sent(client, 480)
        client.publish(topic, {"type": "ping", "t": 1})
        assert [message["type"] for message in await client.hear_until("pong")] == ["pong"]  # and no more audio
        while True:
            client.publish(topic, {"type": "playback.ack", "played_ms": played_ms})
            message = (await client.hear_until("audio", "context.done"))[-1]
            if message["type"] == "context.done":
                break
            played_ms += len(message["pcm"]) // 48
        assert played_ms == 6000
        end = (await client.hear_until("say.ended"))[-1]
    assert end["outcome"] == "spoken"


async def test_a_player_that_falls_silent_is_given_up_and_the_next_has_its_turn(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "SILENCE_MS", 50)
    async with home(broker, FakeSpeaker(ms_per_char=100)) as (_, client):
        client.publish(STATUS, {"state": "online", "acks": True})
        client.publish("kokoro/say/kitchen", {"text": "Is anybody there?", "id": "1"})
        client.publish("kokoro/say/kitchen", {"text": "Hello?", "id": "2"})
        found = await ends(client, 2)
    assert {(end["outcome"], end["reason"]) for end in found.values()} == {("failed", "listener_silent")}


async def test_what_waits_behind_an_outage_is_spoken_when_the_player_is_back(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "SILENCE_MS", 50)  # whoever is spoken to before is given up before it is back
    speaker, gate = gated()
    async with home(broker, speaker) as (door, client):
        client.publish(STATUS, {"state": "online", "acks": True})
        client.publish("kokoro/say/kitchen", {"text": "Lost.", "id": "lost"})
        await started(client)
        client.publish("kokoro/say/kitchen", {"text": "Waiting.", "id": "waiting"})
        await client.hear_until("say.accepted")
        await broker.kill()
        await broker.start()
        await door.broker.available()
        await client.returned(EVENTS)  # after the server, which does not wait as long before it tries
        for _ in range(3):
            gate.release()
        client.publish(STATUS, {"state": "online", "acks": True})
        topic = up(await started(client))
        client.publish(topic, {"type": "playback.ack", "played_ms": 0})
        end = (await client.hear_until("say.ended"))[-1]
    assert (end["id"], end["outcome"]) == ("waiting", "spoken")


async def test_what_nobody_acknowledges_is_tried_once_more(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "SILENCE_MS", 50)
    async with home(broker, FakeSpeaker(ms_per_char=100)) as (_, client):
        client.publish(STATUS, {"state": "online", "acks": True})
        client.publish("kokoro/say/kitchen", "Is anybody there?")
        heard = await client.hear_until("say.ended")
        assert [event["type"] for event in heard] == ["say.accepted", "say.started", "say.started", "say.ended"]
        client.publish("kokoro/say/kitchen", "And now?")
        topic = up(await started(client))
        client.publish(topic, {"type": "playback.ack", "played_ms": 0})
        heard = await client.hear_until("say.ended")
    assert heard[-1]["reason"] == "listener_silent"
    assert "say.started" not in [event["type"] for event in heard]


async def test_what_a_player_comes_to_too_late_is_not_spoken(broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(ms_per_char=100), DOWN) as (_, client):
        client.publish(STATUS, {"state": "online", "acks": True})
        client.publish("kokoro/say/kitchen", {"text": "It plays something else meanwhile.", "expiry": 1})
        topic = up(await started(client))
        client.publish(topic, {"type": "playback.ack", "played_ms": 0})
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == "expired"


@pytest.mark.parametrize("status", [b"", b'{"state": "offline"}', b"offline", b'{"state": "online"}', b"\xff"])
async def test_without_a_player_that_acknowledges_the_clock_decides(status: bytes, broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(ms_per_char=50)) as (_, client):
        client.publish(STATUS, {"state": "online", "acks": True})
        client.publish(STATUS, status)
        client.publish("kokoro/say/kitchen", "Anybody there?")
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == "spoken"


async def test_a_listener_can_cut_in_and_reports_what_it_missed(broker: Mosquitto) -> None:
    async with home(broker, FakeSpeaker(ms_per_char=100), DOWN) as (_, client):
        client.publish("kokoro/say/kitchen", "This is a very long story.")
        topic = up(await started(client))
        gap = {"type": "playback.gap", "first_sequence": 3, "last_sequence": 4}
        client.publish(topic, {**gap, "missing_ms": 80})
        client.publish(topic, {**gap, "missing_ms": 40})
        await sent(client, 480)
        client.publish(topic, {"type": "interrupt", "played_ms": 450})
        end = (await client.hear_until("say.ended"))[-1]
    assert (end["outcome"], end["reason"], end["missed_ms"]) == ("interrupted", "player", 120)
    assert end["text_spoken"] == "This"


async def test_a_player_may_only_listen(broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker, DOWN) as (_, client):
        client.publish("kokoro/say/kitchen", "Mine.")
        topic = up(await started(client))
        for kind in ("text.append", "session.update", "session.close", "text.end"):
            client.publish(topic, {"type": kind, "text": "Yours."})
            error = (await client.hear_until("error"))[-1]
            assert (error["code"], error["fatal"]) == ("not_allowed", False)
        gate.release()
        assert (await client.hear_until("say.ended"))[-1]["outcome"] == "spoken"
    assert len(speaker.configs) == 1


async def test_before_it_stops_a_server_ends_what_it_has_begun_and_takes_nothing_new(broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker, "kokoro/server/n1/status") as (door, client):
        client.publish("kokoro/say", {"text": "Begun.", "id": "begun"})
        await started(client)
        client.publish("kokoro/say", {"text": "Waiting.", "id": "waiting"})
        await client.hear_until("say.accepted")
        draining = asyncio.create_task(door._service.drain())
        while (await client.hear()).get("state") != "draining":
            pass
        gate.release()
        found = await ends(client, 2)
        await draining
    assert {id: (end["outcome"], end["reason"]) for id, end in found.items()} == {
        "begun": ("spoken", ""),
        "waiting": ("rejected", "going_away"),
    }


async def test_what_waits_for_a_busy_machine_has_an_end_when_the_server_stops(broker: Mosquitto) -> None:
    waits_again = asyncio.Event()
    async with paho_client(broker, EVENTS) as client:
        async with open_door(broker.url, FakeSpeaker(places=0)) as door:
            door.announcer.watchers.append(lambda event: waits_again.set() if event is None else None)
            await door.broker.available()
            for id in ("busy", "next"):
                client.publish("kokoro/say", {"text": "Patience.", "id": id})
            await accepted(client, 2)
            await waits_again.wait()
        found = await ends(client, 2)
    assert {id: (end["outcome"], end["reason"]) for id, end in found.items()} == {
        "busy": ("rejected", "going_away"),
        "next": ("rejected", "going_away"),
    }


async def test_a_server_that_is_about_to_stop_says_so_after_an_outage_too(broker: Mosquitto) -> None:
    speaker, gate = gated()
    async with home(broker, speaker) as (door, client):
        client.publish("kokoro/say", "Begun.")
        await started(client)
        draining = asyncio.create_task(door._service.drain())
        await door.stopped_asking.wait()
        await broker.kill()
        await broker.start()
        await door.broker.available()
        await client.returned("kokoro/server/n1/status")
        assert (await client.hear())["state"] == "draining"
        gate.release()
        await draining

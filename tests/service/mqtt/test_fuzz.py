"""Whatever comes over any topic harms nothing: ten thousand payloads, most of them nearly right."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.fakes import FakeSpeaker
from tests.service.mqtt.clients import Heard, Paho, paho_client
from tests.service.mqtt.doors import open_door
from tests.service.mqtt.mosquitto import Mosquitto

PAYLOADS = 10_000

SEEDS: tuple[dict[str, Any], ...] = (
    {
        "text": "Hello.",
        "voice": "af_fake",
        "speed": 1.0,
        "lang": "en-us",
        "target": "kitchen",
        "priority": "interactive",
    },
    {"text": "Hi.", "id": "1", "expiry": 5, "volume": 1, "chime": True, "reply_to": "answers/1"},
    {"reply_to": "answers/2"},
    {"state": "online", "acks": True},
    {"type": "text.append", "text": "Hello. ", "context": "default"},
    {"type": "text.end"},
    {"type": "text.mark", "name": "m"},
    {"type": "interrupt", "played_ms": 3},
    {"type": "playback.ack", "played_ms": 3},
    {"type": "playback.gap", "first_sequence": 1, "last_sequence": 2, "missing_ms": 40},
    {"type": "session.update", "voice": "am_fake", "frame_ms": 20, "pace": "clock"},
    {"type": "ping", "t": 1},
    {"type": "say.accepted", "id": "x", "target": "t", "server": "n2", "waiting": 0},
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "x" * 300,
    "\u0000",
    "a/b",
    "#",
    "+",
    "$SYS",
    [],
    {},
    [[[]]],
    "💥",
)
TOPICS = (
    "kokoro/say",
    "kokoro/say/kitchen",
    "kokoro/say/",
    "kokoro/say/💥",
    "kokoro/open",
    "kokoro/stop",
    "kokoro/skip/kitchen",
    "kokoro/event",
    "kokoro/session/n1/nobody/up",
    "kokoro/player/kitchen/status",
    "kokoro/player//status",
    "kokoro/player/kitchen/n1/nobody/up",
)


def payload(dice: random.Random) -> bytes:
    """Bytes, text, JSON with another value or field, or JSON with a few bytes changed."""
    seed = dict(dice.choice(SEEDS))
    kind = dice.randrange(6)
    if kind == 0:
        return dice.randbytes(dice.randrange(200))
    if kind == 1:
        return "".join(chr(dice.randrange(1, 0xD7FF)) for _ in range(dice.randrange(60))).encode()
    if kind <= 3:
        seed[dice.choice([*seed, "extra"])] = dice.choice(VALUES)
        return json.dumps(seed).encode()
    body = bytearray(json.dumps(seed).encode())
    for _ in range(dice.randrange(1, 6)):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body[: dice.randrange(len(body))] if kind == 4 else body)


async def end_of(listener: Paho, id: str) -> Heard:
    """How the request of that id ended."""
    while (event := (await listener.hear_until("say.ended"))[-1])["id"] != id:
        pass
    return event


@pytest.mark.timeout(50)
async def test_ten_thousand_malformed_payloads_over_all_topics(broker: Mosquitto) -> None:
    dice = random.Random(7)
    speaker = FakeSpeaker(ms_per_char=0.05)
    async with (
        open_door(broker.url, speaker, max_waiting=50) as door,
        paho_client(broker, "answers/#") as client,
        paho_client(broker, "kokoro/event") as listener,
    ):
        await door.broker.available()
        client.publish("kokoro/open", reply_to="answers/me")
        up = (await client.hear())["topics"]["up"]
        for number in range(PAYLOADS):
            topic = dice.choice((*TOPICS, up, up))
            client.publish(topic, payload(dice), qos=dice.randrange(2), reply_to=dice.choice(("", "", "answers/x")))
            if number % 200 == 0:  # the broker drops what comes faster than it can be looked at
                client.publish("kokoro/say", {"text": "", "id": f"mark {number}"})
                assert (await end_of(listener, f"mark {number}"))["reason"] == "no_text"
        client.publish("kokoro/player/kitchen/status", b"")
        client.publish("kokoro/stop")
        client.publish("kokoro/say/hall", {"text": "Still here.", "id": "last"})
        assert (await end_of(listener, "last"))["outcome"] == "spoken"
        client.publish("kokoro/open", reply_to="answers/again")
        while (answer := await client.hear())["topic"] != "answers/again":
            pass
        assert answer["type"] == "session.created"
        assert door.announcer.waiting == 0

"""Replays recorded conversations over a broker: ``python -m tests.conformance.mqtt HOST[:PORT]``, prefix ``kokoro``.

The conversations of a session are those of the WebSocket door, played over a stream. Those in
``protocols/conversations/mqtt`` are about announcements; every line of them names its topic, in which ``{node}`` and
``{session}`` stand for what varies, as ``{id}`` does for an id that the server makes. A client's line is sent once
everything before it has come. What may differ is as in `tests.conformance.replay`; the order of messages on different
topics may too.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from typing import Any

import jsonschema
import paho.mqtt.client as paho

from tests.conformance.replay import (
    CONVERSATIONS,
    CROWDED,
    PROTOCOLS,
    Line,
    Mismatch,
    Rules,
    Tally,
    audio,
    play,
    read,
)
from tests.service.mqtt.clients import Paho

ANNOUNCEMENTS = sorted((PROTOCOLS / "conversations" / "mqtt").glob("*.jsonl"))

_SCHEMA = json.loads((PROTOCOLS / "schema.json").read_text(encoding="utf-8"))
_EVENT = jsonschema.Draft202012Validator({**_SCHEMA, "$ref": "#/$defs/SayEvent"})
_OF_EVENTS = ("type", "id", "target", "outcome", "reason", "waiting")
HEARD = ("kokoro/event", "kokoro/player/+/+/+/down")
_SESSION = re.compile(r"(kokoro/player/[^/]+)/([^/]+)/([^/]+)/(up|down)")


class StreamWire:
    """A pair of topics as the wire of a session."""

    def __init__(self, client: Paho, reply_to: str) -> None:
        self._client = client
        self._up = ""
        client.publish("kokoro/open", reply_to=reply_to)

    async def send(self, text: str) -> None:
        self._client.publish(self._up, text)

    async def receive(self) -> Line:
        line = line_of(await self._client.heard.get())
        if "topics" in line.get("server", {}):
            topics = line["server"]["topics"]
            self._up = topics["up"]
            await self._client.subscribe(topics["down"])
        return line


class Announcements:
    """What has come on each topic, and what the rules say of it. ``ids`` are those that the client gives."""

    def __init__(self, ids: Set[str]) -> None:
        self._ids = ids
        self.events: list[Any] = []
        self.sessions: defaultdict[str, Tally] = defaultdict(Tally)
        self._rules: defaultdict[str, Rules] = defaultdict(Rules)

    def add(self, topic: str, line: Line, *, actual: str = "") -> None:
        """Takes note of a server's line on a topic; the rules look at the session of the ``actual`` topic."""
        if topic == "kokoro/event":
            _EVENT.validate(line["server"])
            event = line["server"]
            event = {**event, "id": event["id"] if event["id"] in self._ids else "{id}"}
            self.events.append(tuple(event.get(field) for field in _OF_EVENTS))
        else:
            if line.get("server", {}).get("type") == "session.created":
                self._rules[actual or topic] = Rules()
            self._rules[actual or topic].check(line)
            self.sessions[topic].add(line)

    def covers(self, other: Announcements) -> bool:
        """Whether all that ``other`` holds has come."""
        sessions = all(self.sessions[topic].covers(tally) for topic, tally in other.sessions.items())
        return sessions and len(self.events) >= len(other.events)

    def agree(self, whole: Announcements) -> None:
        """Raises `Mismatch` if anything came that is not in the recording, or in another order."""
        _same("events", self.events, whole.events)
        for topic, tally in self.sessions.items():
            for context, items in tally.items.items():
                _same(f"{topic} {context}", items, whole.sessions[topic].items[context])


def _same(where: str, heard: list[Any], recorded: list[Any]) -> None:
    if heard != recorded[: len(heard)]:
        raise Mismatch(f"{where}: {heard[-1:]} came in place of {recorded[len(heard) - 1 : len(heard)]}")


def line_of(message: paho.MQTTMessage) -> Line:
    """A message from the server as recordings write it."""
    payload = bytes(message.payload)
    return {"audio": audio(payload)} if payload[:1] == b"K" else {"server": json.loads(payload)}


async def replay_announcements(lines: list[Line], client: Paho) -> None:
    """Plays the client's part. Raises `Mismatch`, or jsonschema's ValidationError."""
    asked = [line["client"] for line in lines if isinstance(line.get("client"), dict)]
    ids = {"", *(request["id"] for request in asked if "id" in request)}
    whole, expected, heard = Announcements(ids), Announcements(ids), Announcements(ids)
    actual: dict[str, str] = {}  # topic as recorded -> the last one that was heard, or its other half
    for line in lines:
        if "client" not in line:
            whole.add(line["topic"], line)
    for line in [*lines, {"end": True}]:
        if not line.keys() & {"client", "end"}:
            expected.add(line["topic"], line)
            continue
        while not heard.covers(expected):
            message = await client.heard.get()
            topic = _SESSION.sub(r"\1/{node}/{session}/\4", message.topic)
            actual[topic.removesuffix("down") + "up"] = message.topic.removesuffix("down") + "up"
            heard.add(topic, line_of(message), actual=message.topic)
            heard.agree(whole)
        if "client" in line:
            client.publish(actual.setdefault(line["topic"], line["topic"]), line["client"])


@asynccontextmanager
async def connected(host: str, port: int, *topics: str) -> AsyncIterator[Paho]:
    client = Paho(host, port)
    await client.connect()
    try:
        await client.subscribe(*topics)
        yield client
    finally:
        await client.leave()


async def replay_stream(lines: list[Line], host: str, port: int) -> None:
    """Plays the client's part of a session over a stream; a pair of topics has no close code."""
    reply_to = f"answers/{secrets.token_hex(4)}"
    async with connected(host, port, reply_to) as client:
        await play([line for line in lines if "closed" not in line], StreamWire(client, reply_to))


async def _main(where: str) -> None:
    host, _, port = where.removeprefix("mqtt://").partition(":")
    address = host, int(port or 1883)
    for recording in CONVERSATIONS:
        if recording.stem not in CROWDED:
            await replay_stream(read(recording), *address)
            sys.stdout.write(f"{recording.stem}: as recorded\n")
    for recording in ANNOUNCEMENTS:
        async with connected(*address, *HEARD) as client:
            await replay_announcements(read(recording), client)
        sys.stdout.write(f"mqtt/{recording.stem}: as recorded\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))

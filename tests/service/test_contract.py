"""The documents in protocols/ are those that the message types make, and mean what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from kokoro_stream.service import contract, messages
from kokoro_stream.service.asyncapi import asyncapi
from kokoro_stream.service.wire import encode

PROTOCOLS = Path(__file__).parents[2] / "protocols"


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolve(reference: str, document: Any) -> Any:
    file, _, path = reference.partition("#/")
    place = json.loads((PROTOCOLS / file).read_text(encoding="utf-8")) if file else document
    for step in path.split("/"):
        place = place[step]
    return place


@pytest.mark.parametrize(("name", "document"), [("schema.json", contract.schema()), ("asyncapi.json", asyncapi())])
def test_the_files_are_up_to_date(name: str, document: Any) -> None:
    written = json.loads((PROTOCOLS / name).read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(document)), "run: python -m kokoro_stream.service.contract protocols"


@pytest.mark.parametrize("document", [contract.schema(), asyncapi()])
def test_every_reference_leads_somewhere(document: Any) -> None:
    for reference in references(document):
        assert resolve(reference, document)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(contract.schema())


def test_every_message_and_field_is_described() -> None:
    parts = contract.schema()["$defs"]
    for name, part in parts.items():
        if name not in {"ClientMessage", "ServerMessage", "SayEvent"}:
            assert part["description"]
            for field, place in part["properties"].items():
                assert field == "type" or place["description"], f"{name}.{field}"


def travelling(operation: str) -> set[str]:
    """Names of the messages of an operation."""
    return {reference.rpartition("/")[2] for reference in references(asyncapi()["operations"][operation]["messages"])}


@pytest.mark.parametrize("channel", ["stream", "mqttStream"])
def test_every_message_travels_in_its_direction(channel: str) -> None:
    up, down = ("stream", "stream") if channel == "stream" else ("mqttStreamUp", "mqttStreamDown")
    assert travelling(f"{up}.receive") == {kind.__name__ for kind in get_args(messages.ClientMessage)}
    assert travelling(f"{down}.send") == {kind.__name__ for kind in get_args(messages.ServerMessage)} | {"Audio"}


def test_what_is_asked_for_and_what_becomes_of_it() -> None:
    assert travelling("mqttSay.receive") == {"SayRequest", "SayText"}
    assert travelling("mqttEvent.send") == {"SayAccepted", "SayStarted", "SayEnded"}
    assert travelling("mqttStop.receive") == {"Command"}
    assert "mqttStop.send" not in asyncapi()["operations"]


def test_every_channel_explains_what_varies_in_its_address() -> None:
    for channel in asyncapi()["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel.get("parameters", {}))


@pytest.mark.parametrize(
    ("message", "legal"),
    [
        (json.loads(encode(messages.TextAppend(text="Hello"))), True),
        (json.loads(encode(messages.SessionUpdate(voice="af_x", max_lead_ms=500))), True),
        ({"type": "text.append", "text": "x", "colour": "red"}, True),
        ({"type": "text.append"}, False),
        ({"type": "text.append", "text": "x" * 65_537}, False),
        ({"type": "playback.ack", "played_ms": -1}, False),
        ({"type": "session.created"}, False),
    ],
)
def test_the_schema_tells_legal_messages_from_others(message: dict[str, Any], legal: bool) -> None:
    document = contract.schema()
    validator = jsonschema.Draft202012Validator({**document, "$ref": "#/$defs/ClientMessage"})
    assert validator.is_valid(message) == legal

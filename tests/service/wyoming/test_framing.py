"""Events from bytes: however they are cut, within limits, and nothing but `ProtocolError` for what is none."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wyoming.event import Event, async_write_event

from kokoro_stream.errors import ProtocolError
from kokoro_stream.service.messages import MAX_MESSAGE_BYTES
from kokoro_stream.service.wyoming.framing import EventReader
from kokoro_stream.service.wyoming.requests import request_of

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"]))
DATA = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), SCALARS | st.lists(SCALARS, max_size=3))
TYPES = st.sampled_from(["describe", "ping", "synthesize", "synthesize-start", "synthesize-chunk", "audio-chunk", "x"])
FIELDS = st.sampled_from(["text", "voice", "text_format", "type"])
EVENTS = st.lists(st.builds(Event, TYPES, DATA, st.none() | st.binary(max_size=200)), max_size=5)


class Written:
    """Takes what the package writes."""

    def __init__(self) -> None:
        self.bytes = b""

    def write(self, data: bytes) -> None:
        self.bytes += data

    def writelines(self, lines: list[bytes]) -> None:
        self.bytes += b"".join(lines)

    async def drain(self) -> None:
        pass


def written(events: list[Event]) -> bytes:
    """The events as the wyoming package writes them."""
    writer: Any = Written()
    for event in events:
        asyncio.run(async_write_event(event, writer))
    taken: bytes = writer.bytes
    return taken


REQUESTS = written(
    [
        Event("synthesize", {"text": "Hé!", "voice": {"name": "af_fake"}}),
        Event("synthesize-start"),
        Event("ping", {"text": "a"}, b"b"),
    ]
)


def read(*pieces: bytes) -> list[Event]:
    reader, events = EventReader(), []
    for piece in pieces:
        reader.feed(piece)
        while (event := reader.next()) is not None:
            events.append(event)
    return events


@given(EVENTS, st.data())
def test_what_the_package_writes_is_read_however_it_is_cut(events: list[Event], data: st.DataObject) -> None:
    raw = written(events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert read(*pieces) == [Event(event.type, event.data) for event in events]


def test_data_may_stand_in_the_line_and_behind_it() -> None:
    raw = b'{"type":"synthesize","data":{"text":"Hi","voice":null},"data_length":22}\r\n{"voice":{"name":"af_x"}}'
    assert read(raw.replace(b"22", b"25")) == [Event("synthesize", {"text": "Hi", "voice": {"name": "af_x"}})]


def test_half_a_surrogate_pair_is_one_character() -> None:
    (event,) = read(b'{"type":"synthesize-chunk","data":{"text":"a\\ud83d"}}\n')
    assert event.data == {"text": "a�"}


def test_a_payload_is_never_kept() -> None:
    reader = EventReader()
    reader.feed(json.dumps({"type": "audio-chunk", "payload_length": MAX_MESSAGE_BYTES}).encode() + b"\n")
    for _ in range(MAX_MESSAGE_BYTES // 4096):
        assert reader.next() is None
        assert not reader.waiting_bytes
        reader.feed(bytes(4096))
    assert reader.next() == Event("audio-chunk", {})


def test_ten_thousand_pieces_of_nonsense_are_events_or_a_protocol_error() -> None:
    dice = random.Random(10_000)
    codes = Counter(code_of_reading(mutated(REQUESTS, dice)) for _ in range(10_000))
    assert set(codes) == {"read", "bad_json", "bad_message"}
    assert min(codes.values()) > 100


def mutated(raw: bytes, dice: random.Random) -> bytes:
    """Some bytes changed, doubled or left out."""
    pieces = [raw[index : index + 1] for index in range(len(raw))]
    for _ in range(dice.randint(1, 4)):
        piece = dice.choice([b"", b"{}", b"9", b"\n", b"\xff", bytes([dice.randrange(256)])])
        pieces[dice.randrange(len(pieces))] = piece
    return b"".join(pieces)


def code_of_reading(raw: bytes) -> str:
    try:
        for event in read(raw):
            request_of(event)
    except ProtocolError as error:
        return error.code
    return "read"


@given(st.builds(Event, TYPES, st.dictionaries(FIELDS, SCALARS | DATA)))
def test_an_event_is_a_request_or_dropped_or_a_protocol_error(event: Event) -> None:
    if event.type in {"audio-chunk", "x"}:
        assert request_of(event) is None
    else:
        with suppress(ProtocolError):
            assert request_of(event) is not None


@pytest.mark.parametrize("part", [b"x" * MAX_MESSAGE_BYTES, b'{"type":"ping","data_length":1048577}\n'])
def test_a_part_that_is_too_long_is_refused_before_it_has_come(part: bytes) -> None:
    with pytest.raises(ProtocolError, match="1048576"):
        read(part + b"x")

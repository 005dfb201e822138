"""Messages and audio as they are written on the wire."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from kokoro_stream.errors import ProtocolError
from kokoro_stream.service import messages
from kokoro_stream.service.messages import MAX_MESSAGE_BYTES, MAX_TEXT_CHARS, ClientMessage, ServerMessage
from kokoro_stream.service.wire import AudioHeader, decode_client, decode_server, encode, mended


def legal(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Values within the bounds that the message types state."""
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            required = {field.name: legal(field.type) for field in fields if field.required}
            optional = {field.name: legal(field.type) for field in fields if not field.required}
            return st.fixed_dictionaries(required, optional=optional).map(lambda values: cls(**values))
        case inspect.UnionType(types=types):
            return st.one_of([legal(one) for one in types])
        case inspect.VarTupleType(item_type=item):
            return st.lists(legal(item), max_size=3).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(legal(key), legal(value), max_size=3)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.StrType(min_length=shortest, max_length=longest):
            return st.text(st.characters(codec="utf-8"), min_size=shortest or 0, max_size=min(longest or 20, 20))
        case inspect.IntType(ge=least, le=most):
            return st.integers(least if least is not None else -(2**53), most if most is not None else 2**53)
        case inspect.FloatType(ge=least):
            return st.floats(least, allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise TypeError(kind)


@settings(max_examples=100, deadline=None)
@given(legal(inspect.type_info(ClientMessage)))
def test_what_a_client_writes_the_server_reads(message: ClientMessage) -> None:
    assert decode_client(encode(message)) == message


@settings(max_examples=100, deadline=None)
@given(legal(inspect.type_info(ServerMessage)))
def test_what_the_server_writes_a_client_reads(message: ServerMessage) -> None:
    assert decode_server(encode(message)) == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from([str(kind.__struct_config__.tag) for kind in get_args(ClientMessage)])
FIELDS = st.sampled_from(["text", "context", "played_ms", "name", "voice", "speed", "drain", "t", "max_lead_ms"])


NEARLY = st.builds(lambda kind, rest: json.dumps({**rest, "type": kind}), TYPES, st.dictionaries(FIELDS, JSON))


@settings(max_examples=200, deadline=None)
@given(st.text() | JSON.map(json.dumps) | NEARLY)
def test_whatever_arrives_is_a_message_or_a_clear_protocol_error(text: str) -> None:
    outcome: object
    try:
        outcome = decode_client(text)
    except ProtocolError as error:
        outcome = error.code if str(error) else "an error without a word"
    assert outcome in {"bad_json", "bad_message", "unknown_type"} or isinstance(outcome, ClientMessage)


def test_unknown_fields_are_ignored() -> None:
    assert decode_client('{"type": "ping", "t": 1, "colour": "red"}') == messages.Ping(t=1)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"type": "text.append"}', "text"),
        ('{"type": "text.append", "text": 1}', "text"),
        ('{"type": "text.append", "text": "", "context": null}', "context"),
        ('{"type": "session.update", "format": "mp3"}', "format"),
        ('{"type": "session.update", "speed": "fast"}', "speed"),
        ('{"type": "session.close", "drain": 1}', "drain"),
    ],
)
def test_a_bad_field_is_named(text: str, field: str) -> None:
    with pytest.raises(ProtocolError, match=field) as error:
        decode_client(text)
    assert error.value.code == "bad_message"


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        (r"\uDE00x", "\ufffdx"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
        (r"\u0000", "\0"),
        (r"\ud7ff\ue000", "\ud7ff\ue000"),
    ],
)
def test_half_a_surrogate_pair_is_one_replacement_character(escaped: str, text: str) -> None:
    message = decode_client(f'{{"type": "text.append", "text": "{escaped}"}}')
    assert message == messages.TextAppend(text=text)


def test_the_longest_text_fits_a_message_however_it_is_escaped() -> None:
    text = r"\u000a" * MAX_TEXT_CHARS
    message = decode_client(f'{{"type": "text.append", "text": "{text}"}}')
    assert isinstance(message, messages.TextAppend)
    assert len(message.text) == MAX_TEXT_CHARS


def test_a_longer_message_is_fatal() -> None:
    with pytest.raises(ProtocolError) as error:
        decode_client(" " * (MAX_MESSAGE_BYTES + 1))
    assert (error.value.code, error.value.fatal) == ("too_big", True)


def test_the_audio_header_is_sixteen_bytes_little_endian() -> None:
    header = AudioHeader(context=0x0102, sequence=0x03040506, sample_offset=0x0708090A0B0C0D0E, last=True)
    assert header.pack().hex(" ") == "4b 01 02 01 06 05 04 03 0e 0d 0c 0b 0a 09 08 07"


@settings(deadline=None)
@given(st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.booleans(), st.binary())
def test_header_and_samples_come_apart_as_they_went_together(
    context: int, sequence: int, offset: int, last: bool, pcm: bytes
) -> None:
    header = AudioHeader(context, sequence, offset, last)
    assert AudioHeader.unpack(header.pack() + pcm) == (header, pcm)


@pytest.mark.parametrize("message", [b"", b"K", b"K" * 15, b"RIFF" + bytes(40)])
def test_other_binary_messages_are_refused(message: bytes) -> None:
    with pytest.raises(ProtocolError, match="header"):
        AudioHeader.unpack(message)


def test_backslashes_are_no_halves_of_surrogates_however_many() -> None:
    text = "\\" * 1001 + "ud83d"
    assert mended(json.dumps(text)) == json.dumps(text)
    assert mended(r'"\\\\\ud83d!"') == r'"\\\\\ufffd!"'
    assert mended(r'"\ud83d\ude00\ud83d"') == r'"\ud83d\ude00\ufffd"'

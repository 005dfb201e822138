"""What a request may hold, and what is said of one that cannot be served. Nothing a client sends is a 500."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from kokoro_stream.config import SpeechConfig
from kokoro_stream.errors import InputError
from kokoro_stream.service.app import create_app, lifespan_of
from kokoro_stream.service.openai import bodies, requests
from kokoro_stream.service.openai.bodies import MAX_BYTES, MAX_HEARD_OUT
from kokoro_stream.service.openai.errors import RefusedError, refusal_of
from kokoro_stream.service.settings import ServiceSettings
from tests.fakes import FakeSpeaker
from tests.service.openai.calls import JSON, Answered, called, calling, encoded, exchanged
from tests.service.running import serving

LEGAL = {"model": "fake", "voice": "af_fake", "input": "Hello.", "response_format": "pcm"}


@asynccontextmanager
async def running(speaker: FakeSpeaker | None = None, **limits: Any) -> AsyncIterator[Starlette]:
    """The application with its lifespan, to be called in this loop."""
    app = create_app(speaker or FakeSpeaker(), ServiceSettings(**limits))
    async with lifespan_of(app)(app):
        yield app


async def refused(asked: Any, **headers: str) -> Answered:
    async with running() as app:
        return await called(app, asked, {**JSON, **headers})


@pytest.mark.parametrize(
    ("changes", "param", "said"),
    [
        ({"input": None}, "input", "Expected `str`, got `null`"),
        ({"input": 7}, "input", "Expected `str`, got `int`"),
        ({"input": ["a"]}, "input", "Expected `str`, got `array`"),
        ({"voice": 7}, "voice", "Expected `str | object | null`, got `int`"),
        ({"voice": {}}, "voice", "missing required field `id`"),
        ({"voice": {"id": 7}}, "voice.id", "Expected `str`, got `int`"),
        ({"voice": "af_fake:2"}, "voice", "no voice 'af_fake:2'"),
        ({"speed": "fast"}, "speed", "Expected `float | null`, got `str`"),
        ({"speed": True}, "speed", "Expected `float | null`, got `bool`"),
        ({"speed": 0.25}, "speed", "0.25 is outside 0.5–2.0"),
        ({"speed": 4}, "speed", "4.0 is outside 0.5–2.0"),
        ({"response_format": "wma"}, "response_format", "'wma' is not one of mp3, opus, aac, flac, wav, pcm"),
        ({"stream_format": "ws"}, "stream_format", "'ws' is not one of audio, sse"),
        ({"priority": "now"}, "priority", "'now' is not one of interactive, announcement, bulk"),
        ({"lang": "tlh"}, "lang", "language 'tlh' is not available"),
    ],
)
async def test_the_field_at_fault_is_named(changes: dict[str, Any], param: str, said: str) -> None:
    answer = await refused({**LEGAL, **changes})
    assert answer.status == 400
    assert (answer.error["type"], answer.error["param"]) == ("invalid_request_error", param)
    assert said in answer.error["message"]


@pytest.mark.parametrize("field", ["model", "voice", "response_format", "speed", "stream_format", "lang", "priority"])
async def test_all_but_the_text_may_be_left_out_or_null(field: str) -> None:
    async with running() as app:
        left_out = await called(app, {name: value for name, value in LEGAL.items() if name != field})
        null = await called(app, {**LEGAL, field: None})
    assert left_out.status == null.status == 200


async def test_the_text_may_not() -> None:
    answer = await refused({"model": "fake"})
    assert (answer.status, answer.error["param"]) == (400, "body")
    assert "missing required field `input`" in answer.error["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1", b"input=Hello", b"\xff\xfe", b'{"input": "\xe9"}', b"[" * 500_000, b'{"speed": 1e999999}'],
    ids=["nothing", "brace", "list", "form", "utf16", "latin1", "deep", "huge"],
)
async def test_what_is_not_json_is_said_to_be_none(body: bytes) -> None:
    answer = await refused(body)
    assert (answer.status, answer.error["code"]) in {(400, "invalid_json"), (400, "invalid_value")}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"Hello"', b"7"])
async def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    answer = await refused(body)
    assert (answer.status, answer.error["param"]) == (400, "body")


async def test_half_a_surrogate_pair_is_one_character_of_the_text() -> None:
    async with running() as app:
        answer = await called(app, rb'{"input": "Hello \ud83d there", "response_format": "wav"}')
    assert answer.status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_any_web_page_may_send_is_not_taken_for_json(kind: str) -> None:
    answer = await refused(LEGAL, **{"content-type": kind})
    assert (answer.status, answer.error["code"]) == (415, "unsupported_content_type")
    async with running() as app:
        assert (await called(app, LEGAL, {})).status == 415


async def test_the_charset_may_be_named() -> None:
    async with running() as app:
        assert (await called(app, LEGAL, {"content-type": "Application/JSON; charset=utf-8"})).status == 200


async def test_longer_text_than_may_wait_is_refused_with_the_limit() -> None:
    async with running(speech=SpeechConfig(max_waiting_chars=10)) as app:
        answer = await called(app, {**LEGAL, "input": "x" * 11})
        assert (await called(app, {**LEGAL, "input": "x" * 10})).status == 200
    assert (answer.status, answer.error["param"]) == (400, "input")
    assert "11 characters, 10 are allowed" in answer.error["message"]


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 3 * MAX_BYTES])
async def test_a_body_that_is_too_large_is_heard_out_and_refused(size: int) -> None:
    head = "POST /v1/audio/speech HTTP/1.1\nContent-Type: application/json"
    async with serving(create_app(FakeSpeaker())) as address:
        answer = await exchanged(address, head, b" " * size)
    assert (answer.status, answer.error["code"]) == (413, "body_too_large")


async def test_a_body_without_an_end_is_refused_at_some_point() -> None:
    async with running() as app, calling(app) as call:
        for _ in range(MAX_HEARD_OUT // MAX_BYTES + 1):
            call.say(b" " * MAX_BYTES, more=True)
    assert call.answered.status == 413


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.01)
    async with running() as app, calling(app) as call:
        call.say(b'{"input": ', more=True)
    assert (call.answered.status, call.answered.error["code"]) == (408, "timeout")


async def test_it_speaks_only_once_it_was_started() -> None:
    app = create_app(FakeSpeaker())
    answer = await called(app, LEGAL)
    assert (answer.status, answer.error["code"], answer.headers["retry-after"]) == (503, "going_away", "1")
    async with serving(Starlette(routes=app.routes)) as address:
        listing = await exchanged(address, "GET /v1/models HTTP/1.1")
    assert (listing.status, listing.error["code"]) == (503, "going_away")
    assert "lifespan_of" in listing.error["message"]


async def test_one_guest_too_many_is_told_when_to_come_back() -> None:
    speaker = FakeSpeaker(gate=asyncio.Semaphore(0))
    assert speaker.gate is not None
    async with running(speaker, max_sessions=1) as app, calling(app) as first:
        first.say(encoded(LEGAL))
        second = await called(app, LEGAL)
        speaker.gate.release()
    assert (second.status, second.error["code"], second.error["type"]) == (503, "overloaded", "server_error")
    assert int(second.headers["retry-after"]) >= 1
    assert first.answered.status == 200


# --- fuzzing ---

FIELDS = [*LEGAL, "speed", "stream_format", "instructions", "priority", "lang", "id", ""]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    2**70,
    "",
    "mp3",
    "sse",
    "bulk",
    "alloy",
    "Hi. ",
    "\0",
    "🙂",
    [],
    {},
    {"id": "nova"},
]


def mutated(dice: random.Random) -> bytes:
    """A request with fields replaced, added and left out, and then with bytes of its JSON changed."""
    asked: dict[str, Any] = {**LEGAL, "input": "Hi there. " * dice.randrange(4)}
    for _ in range(dice.randrange(4)):
        asked[dice.choice(FIELDS)] = dice.choice(VALUES)
    if not dice.randrange(3):
        del asked[dice.choice(list(asked))]
    body = bytearray(json.dumps(asked, ensure_ascii=dice.random() < 0.5).encode())
    for _ in range(dice.choice([0, 0, 1, 1, 2, 8])):
        at = dice.randrange(len(body))
        body[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
    return bytes(body) or b"{}"


async def test_three_thousand_odd_bodies_are_spoken_or_refused_with_a_reason() -> None:
    dice, seen = random.Random(7), dict[int, int]()
    speaker = FakeSpeaker()
    async with running(speaker) as app:
        for _ in range(3000):
            body = mutated(dice)
            answer = await called(app, body)
            seen[answer.status] = seen.get(answer.status, 0) + 1
            assert answer.status in {200, 400, 404}, body
            assert answer.status == 200 or answer.error["message"]
        assert app.state.service.guests == 0
    assert speaker.live == 0
    assert min(seen[200], seen[400], seen[404]) > 30  # the fuzz reaches all of it


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.dictionaries(st.sampled_from(FIELDS), ANYTHING)
BODIES = st.binary() | (ANYTHING | NEARLY).map(lambda value: json.dumps(value).encode())


@settings(max_examples=1000)
@given(BODIES)
def test_every_body_is_a_request_or_refused_with_400(body: bytes) -> None:
    outcome: object
    try:
        outcome = requests.speech_config(requests.decode(body), SpeechConfig(), FakeSpeaker.voices)
    except (InputError, RefusedError) as error:
        outcome = refusal_of(error).status if str(error) else "a refusal without a word"
    assert outcome == 400 or isinstance(outcome, SpeechConfig)

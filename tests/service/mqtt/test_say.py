"""What a payload asks for."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.errors import ProtocolError
from kokoro_stream.service.messages import MAX_TEXT_CHARS
from kokoro_stream.service.mqtt.messages import SayRequest
from kokoro_stream.service.mqtt.packets import Reply
from kokoro_stream.service.mqtt.say import MAX_REQUEST_BYTES, Defaults, announcement, read

DEFAULTS = Defaults(target="everywhere", voice="af_x", speed=1.2, volume=0.5, expiry_s=60, chime=True)


def test_plain_text_is_the_text() -> None:
    assert read("Grüße aus der Küche".encode()) == SayRequest(text="Grüße aus der Küche")


def test_an_object_says_more() -> None:
    asked = {"text": "Hi", "voice": "am_y", "priority": "interactive", "expiry": 5, "id": "1", "unknown": [1]}
    assert read(json.dumps(asked).encode()) == SayRequest(
        text="Hi", voice="am_y", priority="interactive", expiry=5, id="1"
    )


@pytest.mark.parametrize(
    ("payload", "code", "complaint"),
    [
        (b'{"text": ', "bad_json", "not JSON"),
        (b"{}", "bad_message", "text"),
        (b'{"text": 1}', "bad_message", "text"),
        (b'{"text": "x", "priority": "bulk"}', "bad_message", "priority"),
        (b'{"text": "x", "expiry": 0}', "bad_message", "expiry"),
        (b'{"text": "x", "target": ""}', "bad_message", "target"),
        (b'{"text": "x", "id": ""}', "bad_message", "id"),
        (b"\xff\xfe", "bad_message", "UTF-8"),
        (b"x" * (MAX_TEXT_CHARS + 1), "too_big", "text"),
        (b"x" * (MAX_REQUEST_BYTES + 1), "too_big", "longer"),
        (b'{"a":' * 100_00, "bad_json", "JSON"),
    ],
)
def test_what_cannot_be_read_is_named(payload: bytes, code: str, complaint: str) -> None:
    with pytest.raises(ProtocolError, match=complaint) as refused:
        read(payload)
    assert refused.value.code == code


@given(st.binary())
def test_whatever_comes_is_read_or_refused(payload: bytes) -> None:
    with suppress(ProtocolError):
        assert read(payload).text is not None


def test_what_is_left_out_is_the_servers() -> None:
    asked = announcement(SayRequest(text="Hi"), DEFAULTS, 100.0)
    assert (asked.target, asked.voice, asked.speed, asked.volume) == ("everywhere", "af_x", 1.2, 0.5)
    assert (asked.expires_at_s, asked.chime, asked.urgency) == (160.0, True, "announcement")
    assert asked.id != announcement(SayRequest(text="Hi"), DEFAULTS, 100.0).id


@pytest.mark.parametrize(
    ("fields", "lang"),
    [
        ({}, "en-gb"),
        ({"voice": "af_x"}, "en-gb"),
        ({"voice": "jf_y"}, ""),
        ({"voice": "jf_y", "lang": "en-us"}, "en-us"),
        ({"lang": ""}, ""),
    ],
)
def test_the_servers_language_is_for_its_own_voice(fields: dict[str, Any], lang: str) -> None:
    defaults = replace(DEFAULTS, lang="en-gb", own_voice="af_x")
    assert announcement(SayRequest(text="Hi", **fields), defaults, 0.0).lang == lang


def test_a_voice_that_was_chosen_instead_of_the_servers_own_speaks_its_own_language() -> None:
    defaults = replace(DEFAULTS, voice="jf_y", lang="en-gb", own_voice="af_x")
    assert announcement(SayRequest(text="Hi"), defaults, 0.0).lang == ""


def test_what_is_said_counts_also_where_it_is_nothing() -> None:
    request = SayRequest(text="Hi", voice="", volume=0.0, chime=False, expiry=1.5, target="hall")
    asked = announcement(request, DEFAULTS, 0.0)
    assert (asked.voice, asked.volume, asked.chime, asked.expires_at_s, asked.target) == ("", 0.0, False, 1.5, "hall")


def test_the_topics_target_has_precedence() -> None:
    assert announcement(SayRequest(text="Hi", target="hall"), DEFAULTS, 0, target="kitchen").target == "kitchen"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (SayRequest(text=""), "no_text"),
        (SayRequest(text=" \n"), "no_text"),
        (SayRequest(text="Hi", target="a/b"), "bad_message"),
        (SayRequest(text="Hi", target="#"), "bad_message"),
    ],
)
def test_what_cannot_be_announced_is_refused(request_: SayRequest, code: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        announcement(request_, DEFAULTS, 0.0)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("fields", "reply", "expected"),
    [
        ({"reply_to": "answers/1"}, None, Reply("answers/1")),
        ({"reply_to": "answers/1"}, Reply("own", b"7"), Reply("own", b"7")),
        ({"reply_to": "answers/#"}, None, None),
        ({}, None, None),
    ],
)
def test_where_the_answer_goes(fields: dict[str, Any], reply: Reply | None, expected: Reply | None) -> None:
    assert announcement(SayRequest(text="Hi", **fields), DEFAULTS, 0.0, reply=reply).reply == expected

"""What Open WebUI and LiveKit Agents send, and what they make of the answer."""

from __future__ import annotations

import base64

import pytest

from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker
from tests.service.encoding.decoding import RATE, decoded
from tests.service.openai.calls import encoded, exchanged
from tests.service.running import serving


async def test_open_webui_lists_models_and_voices_without_a_key() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        models = await exchanged(address, "GET /v1/audio/models HTTP/1.1\nAccept: */*")
        fallback = await exchanged(address, "GET /v1/models HTTP/1.1\nAccept: */*")
        voices = await exchanged(address, "GET /v1/audio/voices HTTP/1.1\nAccept: */*")
    assert [model["id"] for model in models.json["models"]] == ["fake"]
    assert [model["id"] for model in fallback.json["data"]] == ["fake"]
    assert voices.json == {"voices": [{"id": name, "name": name} for name in FakeSpeaker.voices]}


async def test_open_webui_speaks_with_whatever_its_administrator_adds() -> None:
    speaker = FakeSpeaker(ms_per_char=20)
    asked = {"model": "tts-1", "input": "A message.", "voice": "alloy", "speed": 1.25, "chunk_size": 7, "stream": True}
    head = (
        "POST /v1/audio/speech HTTP/1.1\nContent-Type: application/json\nAuthorization: Bearer \nAccept: */*\n"
        "Accept-Encoding: gzip, deflate, br\nX-OpenWebUI-User-Name: Ada"
    )
    async with serving(create_app(speaker)) as address:
        answer = await exchanged(address, head, encoded(asked))
    assert answer.headers["content-type"] == "audio/mpeg"
    assert len(decoded(answer.body, "mp3")) >= 0.2 * RATE
    assert speaker.configs[0].speed == 1.25


LIVEKIT = (
    "POST /v1/audio/speech HTTP/1.1\nAccept: application/octet-stream\nContent-Type: application/json\n"
    "Authorization: Bearer key\nX-Stainless-Lang: python\nX-Stainless-Raw-Response: stream\nX-Stainless-Retry-Count: 0"
)


@pytest.mark.parametrize(
    ("audio_format", "label"),
    [
        ("mp3", "audio/mpeg"),
        ("opus", "audio/ogg"),
        ("aac", "audio/aac"),
        ("flac", "audio/flac"),
        ("wav", "audio/wav"),
        ("pcm", "audio/pcm"),
    ],
)
async def test_livekit_chooses_its_decoder_by_the_label(audio_format: str, label: str) -> None:
    asked = {
        "input": "A sentence.",
        "model": "tts-1",
        "voice": "ash",
        "response_format": audio_format,
        "speed": 1.0,
    }
    async with serving(create_app(FakeSpeaker(ms_per_char=20))) as address:
        answer = await exchanged(address, LIVEKIT, encoded(asked))
    assert (answer.status, answer.headers["content-type"]) == (200, label)
    assert len(decoded(answer.body, audio_format)) >= 0.2 * RATE


async def test_livekit_takes_events_of_every_other_model() -> None:
    asked = {
        "input": "A sentence.",
        "model": "gpt-4o-mini-tts",
        "voice": "ash",
        "instructions": "",
        "response_format": "mp3",
        "speed": 1.0,
        "stream_format": "sse",
    }
    async with serving(create_app(FakeSpeaker(ms_per_char=20))) as address:
        answer = await exchanged(address, LIVEKIT, encoded(asked))
    *deltas, done = answer.events
    audio = b"".join(base64.b64decode(delta.get("delta") or delta["audio"]) for delta in deltas)
    assert len(decoded(audio, "mp3")) >= 0.2 * RATE
    assert set(done["usage"]) == {"input_tokens", "output_tokens", "total_tokens"}


async def test_livekit_hears_something_even_of_what_cannot_be_spoken() -> None:
    async with serving(create_app(FakeSpeaker())) as address:
        answer = await exchanged(address, LIVEKIT, encoded({"input": "…", "model": "tts-1", "voice": "ash"}))
    assert answer.status == 200
    assert len(decoded(answer.body, "mp3")) >= 0.02 * RATE

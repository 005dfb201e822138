"""OpenAI's own Python package, unmodified, in every mode that it has for speech."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx2
import numpy as np
import openai
import pytest
from numpy.typing import NDArray
from openai import AsyncOpenAI, OpenAI

from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker, fake_samples
from tests.service.encoding.decoding import FORMATS, LOSSLESS, RATE, decoded
from tests.service.running import serving

Format = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
TEXT = "Hello there. How are you today? This goes on for a while."
MS_PER_CHAR = 20
AUDIO_MS = MS_PER_CHAR * sum(map(len, ("Hello there.", "How are you today?", "This goes on for a while.")))
WHOLE = np.frombuffer(fake_samples(0, RATE * AUDIO_MS // 1000), "<i2")
every_format = pytest.mark.parametrize("audio_format", FORMATS)


@asynccontextmanager
async def connected(speaker: FakeSpeaker, **settings: Any) -> AsyncIterator[AsyncOpenAI]:
    """An asynchronous client of a server with that speaker, which tries everything once unless told otherwise."""
    settings = {"max_retries": 0, **settings}
    async with (
        serving(create_app(speaker)) as address,
        AsyncOpenAI(base_url=f"http://{address}/v1", api_key="none", **settings) as client,
    ):
        yield client


@contextmanager
def blocking(client: AsyncOpenAI) -> Iterator[OpenAI]:
    """The synchronous twin of a client, for a thread."""
    with OpenAI(base_url=client.base_url, api_key="none", max_retries=0) as twin:
        yield twin


def is_whole(audio: bytes, audio_format: str) -> bool:
    heard: NDArray[np.int16] = decoded(audio, audio_format)
    if audio_format in LOSSLESS:
        return np.array_equal(heard, WHOLE)
    return abs(len(heard) - len(WHOLE)) < RATE // 10


@every_format
async def test_create(audio_format: Format) -> None:
    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        answer = await client.audio.speech.create(
            model="gpt-4o-mini-tts", voice="alloy", input=TEXT, response_format=audio_format, instructions="Whisper."
        )
        assert is_whole(answer.content, audio_format)


@every_format
async def test_create_without_asyncio(audio_format: Format, tmp_path: Path) -> None:
    def create(client: AsyncOpenAI) -> None:
        with blocking(client) as twin:
            answer = twin.audio.speech.create(model="tts-1", voice="nova", input=TEXT, response_format=audio_format)
            answer.write_to_file(tmp_path / "speech")

    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        await asyncio.to_thread(create, client)
    assert is_whole((tmp_path / "speech").read_bytes(), audio_format)


async def test_mp3_is_what_comes_unasked() -> None:
    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        answer = await client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)
        assert answer.response.headers["content-type"] == "audio/mpeg"
        assert is_whole(answer.content, "mp3")


@every_format
async def test_streaming_begins_while_the_machine_speaks(audio_format: Format) -> None:
    speaker = FakeSpeaker(ms_per_char=MS_PER_CHAR, gate=asyncio.Semaphore(1))
    assert speaker.gate is not None
    async with (
        connected(speaker) as client,
        client.audio.speech.with_streaming_response.create(
            model="tts-1", voice="alloy", input=TEXT, response_format=audio_format
        ) as answer,
    ):
        stream = answer.iter_bytes()
        audio = await anext(stream)
        assert speaker.frames_made == 1
        for _ in range(AUDIO_MS):
            speaker.gate.release()
        async for more in stream:
            audio += more
    assert answer.headers["x-request-id"].startswith("req_")
    assert is_whole(audio, audio_format)


async def test_streaming_to_a_file_without_asyncio(tmp_path: Path) -> None:
    def stream(client: AsyncOpenAI) -> None:
        with (
            blocking(client) as twin,
            twin.audio.speech.with_streaming_response.create(
                model="tts-1", voice="alloy", input=TEXT, response_format="flac"
            ) as answer,
        ):
            answer.stream_to_file(tmp_path / "speech.flac")

    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        await asyncio.to_thread(stream, client)
    assert is_whole((tmp_path / "speech.flac").read_bytes(), "flac")


async def events(client: AsyncOpenAI, text: str, audio_format: Format) -> list[dict[str, Any]]:
    async with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="alloy", input=text, response_format=audio_format, stream_format="sse"
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line.removeprefix("data: ")) async for line in answer.iter_lines() if line]


@every_format
async def test_events(audio_format: Format) -> None:
    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        *deltas, done = await events(client, TEXT, audio_format)
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    assert is_whole(b"".join(base64.b64decode(delta["audio"]) for delta in deltas), audio_format)
    spoken = AUDIO_MS // 50
    usage = {"input_tokens": len(TEXT), "output_tokens": spoken, "total_tokens": len(TEXT) + spoken}
    assert done == {"type": "speech.audio.done", "usage": usage}


async def test_events_tell_what_broke_off_in_the_middle() -> None:
    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        *deltas, last = await events(client, "All is well. Now fail.", "pcm")
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    error = {"message": "asked to fail", "type": "server_error", "param": None, "code": "failed"}
    assert last == {"type": "speech.audio.error", "error": error}


async def test_audio_that_breaks_off_does_not_pass_for_whole() -> None:
    async with connected(FakeSpeaker(ms_per_char=MS_PER_CHAR)) as client:
        with pytest.raises(openai.APIConnectionError):
            await client.audio.speech.create(model="tts-1", voice="alloy", input="Well. Now fail.")


@pytest.mark.parametrize(
    ("voice", "spoken"),
    [
        ("am_fake", "am_fake"),
        ({"id": "am_fake"}, "am_fake"),
        ("onyx", "am_fake"),
        ({"id": "nova"}, "af_fake"),
        ("nova:0.7+onyx:0.3", "af_fake:0.7+am_fake:0.3"),
    ],
)
async def test_voices_have_ours_and_openais_names(voice: Any, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = FakeSpeaker()
    monkeypatch.setattr(speaker, "check", lambda config: None)  # it knows no blends
    async with connected(speaker) as client:
        await client.audio.speech.create(model="fake", voice=voice, input="Hello.", response_format="pcm", speed=1.5)
    (config,) = speaker.configs
    assert (config.voice, config.speed, config.sample_rate) == (spoken, 1.5, RATE)


async def test_what_is_not_openais_goes_through_extra_body() -> None:
    speaker = FakeSpeaker()
    async with connected(speaker) as client:
        await client.audio.speech.create(
            model="fake",
            voice="alloy",
            input="Hello.",
            extra_body={"priority": "bulk", "lang": "en-us", "x": 1},
        )
    (config,) = speaker.configs
    assert (config.priority, config.lang) == ("bulk", "en-us")


@pytest.mark.parametrize(
    ("asked", "kind", "status", "code", "param"),
    [
        ({"voice": "af_nobody"}, openai.BadRequestError, 400, "voice_not_found", "voice"),
        ({"model": "whisper-1"}, openai.NotFoundError, 404, "model_not_found", "model"),
        ({"speed": 0.3}, openai.BadRequestError, 400, "invalid_value", "speed"),
        ({"response_format": "ogg"}, openai.BadRequestError, 400, "invalid_value", "response_format"),
        ({"input": ""}, openai.BadRequestError, 400, "invalid_value", "input"),
        ({"input": "Now fail."}, openai.InternalServerError, 500, "failed", None),
        ({"input": "Now explode."}, openai.InternalServerError, 500, "internal", None),
    ],
)
async def test_refusals_become_the_packages_exceptions(
    asked: dict[str, Any], kind: type[openai.APIStatusError], status: int, code: str, param: str | None
) -> None:
    async with connected(FakeSpeaker()) as client:
        with pytest.raises(kind) as refused:
            await client.audio.speech.create(**{"model": "fake", "voice": "af_fake", "input": "Hello.", **asked})
    assert (refused.value.status_code, refused.value.code, refused.value.param) == (status, code, param)
    assert refused.value.request_id is not None


async def test_a_busy_server_is_asked_again_when_it_said_so() -> None:
    speaker = FakeSpeaker(ms_per_char=MS_PER_CHAR, places=0)
    refusals = []

    async def on_response(response: httpx2.Response) -> None:
        if response.status_code == 503:
            refusals.append(response)
            speaker.places = 1

    http_client = httpx2.AsyncClient(event_hooks={"response": [on_response]})
    async with connected(speaker, http_client=http_client, max_retries=1) as client:
        answer = await client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)
    assert is_whole(answer.content, "mp3")
    (refusal,) = refusals
    assert (refusal.headers["retry-after"], refusal.headers["retry-after-ms"]) == ("1", "250")


async def test_a_busy_server_says_so_to_who_does_not_ask_again() -> None:
    async with connected(FakeSpeaker(places=0)) as client:
        with pytest.raises(openai.InternalServerError) as refused:
            await client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)
    assert (refused.value.status_code, refused.value.code) == (503, "overloaded")


async def test_models() -> None:
    async with connected(FakeSpeaker()) as client:
        assert [model.id async for model in client.models.list()] == ["fake"]
        for name in ("fake", "tts-1", "gpt-4o-mini-tts-2025-12-15"):
            model = await client.models.retrieve(name)
            assert (model.id, model.object, model.owned_by) == (name, "model", "kokoro-stream")
        with pytest.raises(openai.NotFoundError) as refused:
            await client.models.retrieve("gpt-4o")
    assert refused.value.code == "model_not_found"

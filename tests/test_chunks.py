"""Streams of language models are spoken as their libraries give them; the libraries are the real ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any, get_args

import anthropic
import httpx
import httpx2
import ollama
import openai
import pytest
from anthropic.types import RawMessageStreamEvent
from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel

from kokoro_stream import InputError, KokoroStreamError, Speaker
from kokoro_stream.chunks import text_of
from kokoro_stream.client import connect
from kokoro_stream.events import Done, Event, SegmentStarted
from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker
from tests.service.running import serving

SAID = ["Hello", " there", ". How are", " you?"]


def sse(events: Iterable[dict[str, Any]], *, named: bool = False) -> str:
    return "".join(
        (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event)}\n\n" for event in events
    )


def chat(delta: dict[str, Any], **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": None, **more}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


TOOL = {"tool_calls": [{"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
CHAT = sse(
    [
        chat({"role": "assistant", "content": ""}),
        *(chat({"content": text}) for text in SAID[:2]),
        chat({"reasoning_content": "Let me think."}),
        chat(TOOL),
        *(chat({"content": text}) for text in SAID[2:]),
        chat({}, finish_reason="stop"),
        {**chat({}), "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
    ]
)
ITEM = {"item_id": "i", "output_index": 0, "content_index": 0, "sequence_number": 1}
RESPONSES = sse(
    [
        {"type": "response.reasoning_text.delta", "delta": "Let me think.", **ITEM},
        *({"type": "response.output_text.delta", "delta": text, "logprobs": [], **ITEM} for text in SAID),
        {"type": "response.function_call_arguments.delta", "delta": "{}", **ITEM},
        {"type": "response.output_text.done", "text": "".join(SAID), "logprobs": [], **ITEM},
    ],
    named=True,
)
MESSAGE: dict[str, Any] = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
}
MESSAGES = sse(
    [
        {"type": "message_start", "message": {**MESSAGE, "usage": {"input_tokens": 1, "output_tokens": 1}}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Let me think."}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": text}} for text in SAID),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}},
        },
        {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
        {"type": "content_block_stop", "index": 2},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ],
    named=True,
)


def lines(chunks: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(chunk) + "\n" for chunk in chunks)


OLLAMA_CHAT = lines(
    [
        {"message": {"role": "assistant", "content": "", "thinking": "Let me think."}, "done": False},
        *({"message": {"role": "assistant", "content": text}, "done": False} for text in SAID),
        {"message": {"role": "assistant", "content": "", "tool_calls": []}, "done": True, "eval_count": 4},
    ]
)
OLLAMA_GENERATE = lines(
    [*({"response": text, "done": False} for text in SAID), {"response": "", "done": True, "context": [1, 2]}]
)


def answering(body: str, kind: str = "text/event-stream") -> httpx2.Client:
    """A client of whom every request is answered with that."""
    headers = {"content-type": kind}
    return httpx2.Client(
        transport=httpx2.MockTransport(lambda request: httpx2.Response(200, text=body, headers=headers))
    )


def openai_chat() -> Iterator[object]:
    with openai.OpenAI(api_key="none", http_client=answering(CHAT)) as client:
        yield from client.chat.completions.create(model="m", messages=[], stream=True)


def openai_chat_helper() -> Iterator[object]:
    with (
        openai.OpenAI(api_key="none", http_client=answering(CHAT)) as client,
        client.chat.completions.stream(model="m", messages=[]) as stream,
    ):
        yield from stream


def openai_responses() -> Iterator[object]:
    with openai.OpenAI(api_key="none", http_client=answering(RESPONSES)) as client:
        yield from client.responses.create(model="m", input="Hi", stream=True)


def anthropic_messages() -> Iterator[object]:
    with anthropic.Anthropic(api_key="none", http_client=answering(MESSAGES)) as client:
        yield from client.messages.create(model="m", messages=[], max_tokens=9, stream=True)


def anthropic_messages_helper() -> Iterator[object]:
    with (
        anthropic.Anthropic(api_key="none", http_client=answering(MESSAGES)) as client,
        client.messages.stream(model="m", messages=[], max_tokens=9) as stream,
    ):
        yield from stream


def ollama_client(body: str) -> ollama.Client:
    return ollama.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, text=body)))


def ollama_chat() -> Iterator[object]:
    yield from ollama_client(OLLAMA_CHAT).chat("m", [], stream=True)


def ollama_generate() -> Iterator[object]:
    yield from ollama_client(OLLAMA_GENERATE).generate("m", "Hi", stream=True)


class Delta(BaseModel):
    """LiteLLM's, as it is documented; the package itself is too heavy for a test."""

    content: str | None = None
    role: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[Any] | None = None


class StreamingChoices(BaseModel):
    index: int = 0
    delta: Delta
    finish_reason: str | None = None


class ModelResponseStream(BaseModel):
    id: str = "c"
    object: str = "chat.completion.chunk"
    model: str = "m"
    choices: list[StreamingChoices]


def litellm_completion() -> Iterator[object]:
    yield ModelResponseStream(choices=[StreamingChoices(delta=Delta(role="assistant", reasoning_content="Hmm."))])
    for text in SAID:
        yield ModelResponseStream(choices=[StreamingChoices(delta=Delta(content=text))])
    yield ModelResponseStream(choices=[StreamingChoices(delta=Delta(), finish_reason="stop")])


def as_dicts(stream: Callable[[], Iterator[Any]]) -> Callable[[], Iterator[object]]:
    def dicts() -> Iterator[object]:
        return (chunk.model_dump() for chunk in stream())

    dicts.__name__ = f"{stream.__name__}_as_dicts"
    return dicts


LIBRARIES: list[Callable[[], Iterator[object]]] = [
    openai_chat,
    openai_chat_helper,
    openai_responses,
    anthropic_messages,
    anthropic_messages_helper,
    ollama_chat,
    ollama_generate,
    litellm_completion,
]
STREAMS = [
    *LIBRARIES,
    *(as_dicts(stream) for stream in (openai_chat, openai_responses, anthropic_messages, ollama_chat)),
]
every_stream = pytest.mark.parametrize("stream", STREAMS, ids=[stream.__name__ for stream in STREAMS])


async def asynchronous(stream: Iterator[object]) -> AsyncIterator[object]:
    for chunk in stream:
        yield chunk


def written(events: list[Event]) -> list[str]:
    assert isinstance(events[-1], Done), events[-1]
    return [event.text for event in events if isinstance(event, SegmentStarted)]


@every_stream
def test_of_a_stream_the_answer_is_said_and_nothing_else(stream: Callable[[], Iterator[object]]) -> None:
    assert [text for chunk in stream() if (text := text_of(chunk))] == SAID


@pytest.mark.parametrize("stream", [openai_chat, anthropic_messages_helper, ollama_chat])
async def test_a_speaker_and_a_client_take_streams_as_they_are(stream: Callable[[], Iterator[object]]) -> None:
    sentences = ["Hello there.", "How are you?"]
    async with Speaker() as speaker:
        for source in (stream(), asynchronous(stream()), list(stream())):
            async with speaker.speak(source) as speech:
                assert written([event async for event in speech.events()]) == sentences
    async with serving(create_app(FakeSpeaker())) as address, connect(f"ws://{address}/v1/stream") as client:
        for source in (stream(), asynchronous(stream())):
            async with client.speak(source) as remote:
                assert written([event async for event in remote.events()]) == sentences


def test_of_several_answers_the_first_is_said() -> None:
    chunks = [chat({"content": "Mine."}), chat({"content": "Another."}, index=1)]
    assert [text_of(chunk) for chunk in chunks] == ["Mine.", ""]


@pytest.mark.parametrize(
    "chunk",
    [
        chat({"content": None, "refusal": "No."}),
        {"type": "response.refusal.delta", "delta": "No."},
        {"type": "refusal.delta", "delta": "No."},
        {"choices": [{"index": 0, "text": "No."}]},
    ],
)
def test_a_refusal_and_text_in_older_forms_are_said_too(chunk: dict[str, Any]) -> None:
    assert text_of(chunk) == "No."


def kinds(union: Any) -> list[str]:
    return [get_args(event.model_fields["type"].annotation)[0] for event in get_args(get_args(union)[0])]


@pytest.mark.parametrize("kind", [*kinds(ResponseStreamEvent), *kinds(RawMessageStreamEvent)])
def test_every_event_that_the_packages_know_is_understood(kind: str) -> None:
    event = SimpleNamespace(type=kind, delta="x", message="it is out of memory")
    if kind in ("error", "response.failed"):
        with pytest.raises(KokoroStreamError, match="out of memory"):
            text_of(event)
    else:
        assert text_of(event) == ("x" if kind in ("response.output_text.delta", "response.refusal.delta") else "")


@pytest.mark.parametrize(
    ("chunk", "complaint"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "Overloaded"),
        ({"type": "response.failed", "response": {"error": {"code": "x", "message": "no quota"}}}, "no quota"),
    ],
)
def test_a_model_that_fails_ends_the_speech_with_its_complaint(chunk: dict[str, Any], complaint: str) -> None:
    with pytest.raises(KokoroStreamError, match=f"the language model failed: {complaint}"):
        text_of(chunk)


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        (None, "builtins.NoneType"),
        (b"bytes", "builtins.bytes"),
        (7, "builtins.int"),
        ({}, "builtins.dict"),
        (("choices", []), "builtins.tuple"),
        ({"type": "text", "text": "a part, no chunk"}, "builtins.dict of type 'text'"),
        (SimpleNamespace(type="AIMessageChunk"), "types.SimpleNamespace of type 'AIMessageChunk'"),
        (chat({"content": [{"type": "text"}]}), "builtins.dict with a list where its text should be"),
    ],
)
def test_what_is_no_chunk_is_named(chunk: object, said: str) -> None:
    with pytest.raises(InputError, match=f"text: cannot speak a {said}; yield the text itself"):
        text_of(chunk)


async def test_what_is_no_chunk_ends_the_speech_with_that() -> None:
    async with Speaker() as speaker, speaker.speak([7]) as speech:
        with pytest.raises(InputError, match=r"builtins\.int"):
            _ = [frame async for frame in speech]

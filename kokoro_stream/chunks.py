"""The text in what libraries of language models stream: chunks of OpenAI, Anthropic, Ollama and LiteLLM, as they are.

None of them is imported: a chunk is told by its fields, and may be a dict with the same. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .errors import InputError, KokoroStreamError

# Events that hold text to be said, and the field it is in; a refusal is what the model says instead of an answer.
_SAID = {
    "response.output_text.delta": "delta",  # OpenAI's responses
    "response.refusal.delta": "delta",
    "content.delta": "delta",  # OpenAI's chat.completions.stream()
    "refusal.delta": "delta",
}
_FAILED = ("error", "response.failed")
# Events without: beginnings and ends, tools, reasoning, usage, and the same text once more as a whole.
_SILENT_FAMILIES = ("response.", "content.", "refusal.", "tool_calls.", "logprobs.", "message_", "content_block_")
_SILENT = {"chunk", "citation", "input_json", "keepalive", "ping", "signature", "thinking"}


def text_of(chunk: object) -> str:
    """What is to be said of a chunk; "" when it holds no text (tool calls, usage, reasoning).

    Raises `InputError` naming the type of what is no chunk, `KokoroStreamError` when it tells that the model failed.
    """
    if isinstance(chunk, str):
        return chunk
    choices, kind = _field(chunk, "choices"), _field(chunk, "type")
    if isinstance(choices, list | tuple):
        return _of_choices(chunk, choices)
    if isinstance(kind, str):
        return _of_event(chunk, kind)
    if (message := _field(chunk, "message")) is not None and _field(message, "role") is not None:
        return _text(chunk, _field(message, "content"))  # Ollama's chat
    if isinstance(response := _field(chunk, "response"), str):
        return response  # Ollama's generate
    raise _unknown(chunk)


def _of_choices(chunk: object, choices: Iterable[object]) -> str:
    """The first of the answers that were asked for; there may be none in a chunk, and nobody says two at once."""
    for choice in choices:
        if not _field(choice, "index"):
            delta = _field(choice, "delta")
            said = _field(delta, "content") or _field(delta, "refusal") or _field(choice, "text")
            return _text(chunk, said)
    return ""


def _of_event(chunk: object, kind: str) -> str:
    if kind in _SAID:
        return _text(chunk, _field(chunk, _SAID[kind]))
    if kind == "content_block_delta":
        delta = _field(chunk, "delta")
        return _text(chunk, _field(delta, "text")) if _field(delta, "type") == "text_delta" else ""
    if kind == "text" and _field(chunk, "snapshot") is not None:
        return ""  # Anthropic's messages.stream() repeats each content_block_delta so
    if kind in _FAILED:
        raise KokoroStreamError(f"the language model failed: {_complaint(chunk)}")
    if kind in _SILENT or kind.startswith(_SILENT_FAMILIES):
        return ""
    raise _unknown(chunk, f" of type {kind!r}")


def _complaint(chunk: object) -> object:
    error = _field(_field(chunk, "response"), "error") or _field(chunk, "error") or chunk
    return _field(error, "message") or error


def _field(thing: object, name: str) -> object:
    """A field of an object or of a dict; None if there is none."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _text(chunk: object, said: object) -> str:
    if said is None:
        return ""
    if not isinstance(said, str):
        raise _unknown(chunk, f" with a {type(said).__name__} where its text should be")
    return said


def _unknown(chunk: object, more: str = "") -> InputError:
    kind = type(chunk)
    return InputError(
        "text", f"cannot speak a {kind.__module__}.{kind.__qualname__}{more}; yield the text itself, as str"
    )

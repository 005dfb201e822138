"""What clients ask of a voice, checked. Everything else they may send is dropped, as Wyoming wants it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from wyoming.event import Event

from ...errors import ProtocolError


class Request(msgspec.Struct, frozen=True, tag_field="type"):
    """What all requests share: told apart by ``type``."""


class Voice(msgspec.Struct, frozen=True):
    """Whom to speak as. The first that is there counts; ``language`` is any voice that speaks it."""

    speaker: str | None = None
    name: str | None = None
    language: str | None = None


class Speak(Request, frozen=True):
    """How to speak. Only ``ssml`` may hold markup."""

    voice: Voice = Voice()
    text_format: Literal["text", "ssml"] | None = None


class Describe(Request, frozen=True, tag="describe"):
    """What is there?"""


class Ping(Request, frozen=True, tag="ping"):
    """Is anybody there?"""

    text: str | None = None


class Synthesize(Speak, frozen=True, kw_only=True, tag="synthesize"):
    """Speak a text that is complete."""

    text: str


class SynthesizeStart(Speak, frozen=True, tag="synthesize-start"):
    """Speak a text that is still being written."""


class SynthesizeChunk(Request, frozen=True, tag="synthesize-chunk"):
    """More of the text that is being written."""

    text: str


class SynthesizeStop(Request, frozen=True, tag="synthesize-stop"):
    """The text is complete."""


Requests = Describe | Ping | Synthesize | SynthesizeStart | SynthesizeChunk | SynthesizeStop
_TYPES = {kind.__struct_config__.tag for kind in Requests.__args__}


def request_of(event: Event) -> Requests | None:
    """The request; None for an event that asks nothing of us. Raises `ProtocolError` naming the field."""
    if event.type not in _TYPES:
        return None
    given: dict[str, Any] = {name: value for name, value in event.data.items() if value is not None}
    try:
        request: Requests = msgspec.convert({**given, "type": event.type}, Requests)
    except msgspec.ValidationError as error:
        raise ProtocolError("bad_message", f"{event.type}: {error}") from error
    return request

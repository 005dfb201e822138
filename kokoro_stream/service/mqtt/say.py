"""Requests for announcements: what a payload asks for, and what is announced in the end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import UnsetType

from ...errors import ProtocolError
from ..accents import lang_for
from ..messages import MAX_TEXT_CHARS, SessionUpdate
from ..session_messages import Pace
from .messages import SayRequest, Urgency
from .packets import Reply
from .topics import is_level, is_topic

# The longest text, every character of it written as a JSON escape, and the other fields.
MAX_REQUEST_BYTES = 6 * MAX_TEXT_CHARS + 4096

Value = TypeVar("Value")

_say_request = msgspec.json.Decoder(SayRequest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a request that says nothing else sounds like. "" is the service's own voice or language."""

    target: str
    voice: str = ""
    speed: float = 1.0
    lang: str = ""
    own_voice: str = ""  # the one that ``lang`` is for; ``voice`` may be another meanwhile
    volume: float = 1.0
    expiry_s: float
    chime: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A request that can be announced."""

    id: str
    target: str
    text: str
    urgency: Urgency
    expires_at_s: float
    voice: str
    speed: float
    lang: str
    volume: float
    chime: bool
    reply: Reply | None

    def session_update(self, pace: Pace) -> SessionUpdate:
        """What its session is told of how it sounds."""
        return SessionUpdate(
            voice=self.voice, speed=self.speed, lang=self.lang, volume=self.volume, priority=self.urgency, pace=pace
        )


def read(payload: bytes) -> SayRequest:
    """The request in a payload: a JSON object, or the text itself. Raises `ProtocolError`."""
    if not payload.lstrip().startswith(b"{"):
        return SayRequest(text=plain(payload))
    if len(payload) > MAX_REQUEST_BYTES:
        raise ProtocolError("too_big", f"the request is longer than {MAX_REQUEST_BYTES} bytes; send it in parts")
    try:
        return _say_request.decode(payload)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise ProtocolError("bad_message", f"{where.strip('`.')}: {what}" if where else what) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProtocolError("bad_json", f"the request begins with {{ and is not JSON: {error}") from error


def plain(payload: bytes) -> str:
    """The text that a payload is. Raises `ProtocolError`."""
    try:
        text = payload.decode()
    except UnicodeError as error:
        raise ProtocolError("bad_message", "the request is not UTF-8") from error
    if len(text) > MAX_TEXT_CHARS:
        raise ProtocolError("too_big", f"text: longer than {MAX_TEXT_CHARS} characters; send it in parts")
    return text


def announcement(
    request: SayRequest, defaults: Defaults, now_s: float, *, target: str | None = None, reply: Reply | None = None
) -> Announcement:
    """The request with what it leaves out; ``target`` is the one of its topic. Raises `ProtocolError`."""
    target = target or _given(request.target, defaults.target)
    if not is_level(target):
        raise ProtocolError("bad_message", "target: must be one level of a topic, without / + and #")
    if not request.text.strip():
        raise ProtocolError("no_text", "text: there is nothing to say")
    voice = _given(request.voice, defaults.voice)
    return Announcement(
        id=_given(request.id, "") or secrets.token_hex(8),
        target=target,
        text=request.text,
        urgency=request.priority,
        expires_at_s=now_s + _given(request.expiry, defaults.expiry_s),
        voice=voice,
        speed=_given(request.speed, defaults.speed),
        lang=_given(request.lang, lang_for(voice, own=defaults.own_voice, lang=defaults.lang)),
        volume=_given(request.volume, defaults.volume),
        chime=_given(request.chime, defaults.chime),
        reply=reply or reply_of(request),
    )


def reply_of(request: SayRequest) -> Reply | None:
    """Where the request itself wants its answer, if it may be published to."""
    return Reply(request.reply_to) if request.reply_to and is_topic(request.reply_to) else None


def _given(value: Value | UnsetType, default: Value) -> Value:
    return default if isinstance(value, UnsetType) else value

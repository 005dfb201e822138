"""The body of ``POST /v1/audio/speech``: what it may hold, and what that means for a speech. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec

from ...config import SpeechConfig
from ...errors import InputError
from ..encoding.formats import CONTENT_TYPES
from ..refusal import Refusal
from ..wire import mended
from .errors import RefusedError
from .voices import resolve

SAMPLE_RATE = 24_000  # Hz; what OpenAI's "pcm" is documented to be, and every codec takes
FRAME_MS = 100  # shorter than the first window, so it delays nothing, and long enough to be worth a turn of a thread
STREAM_FORMATS = ("audio", "sse")


VoiceName = Annotated[str, msgspec.Meta(max_length=256)]  # of a blend; a voice has a dozen characters


class VoiceId(msgspec.Struct, frozen=True):
    """A voice, in OpenAI's long form."""

    id: VoiceName
    """As in the short form."""


class SpeechRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, and how. None: left out. Other fields, OpenAI's ``instructions`` among them, are ignored."""

    input: str
    """The text; Markdown is understood."""
    model: str | None = None
    """Name of the loaded model, or one of OpenAI's."""
    voice: VoiceName | VoiceId | None = None
    """A voice of the model, one of OpenAI's names, or a blend of either."""
    response_format: str | None = None
    """One of `formats.CONTENT_TYPES`; mp3 when it is left out, as at OpenAI."""
    speed: float | None = None
    """1.0 is the voice's own pace."""
    stream_format: str | None = None
    """audio: the bytes of the file. sse: events that hold them."""
    lang: str | None = None
    """Not OpenAI's: the language, where it is not the voice's own."""
    priority: str | None = None
    """Not OpenAI's: bulk for what nobody waits for."""

    @property
    def audio_format(self) -> str:
        """What the audio is to be encoded as."""
        return self.response_format or "mp3"

    @property
    def events(self) -> bool:
        """The answer is a stream of events."""
        return self.stream_format == "sse"


_decoder = msgspec.json.Decoder(SpeechRequest)


def decode(body: bytes) -> SpeechRequest:
    """The request that a body holds. Raises `RefusedError` for what is none, `InputError` naming the field."""
    try:
        request = _decoder.decode(mended(body.decode()))
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise InputError(where.strip("`.") or "body", what) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        message = f"the body is not JSON: {error}"
        raise RefusedError(Refusal(status=400, code="invalid_json", message=message)) from error
    _one_of("response_format", request.audio_format, CONTENT_TYPES)
    _one_of("stream_format", request.stream_format or "audio", STREAM_FORMATS)
    return request


def speech_config(request: SpeechRequest, defaults: SpeechConfig, voices: Sequence[str]) -> SpeechConfig:
    """How the speech sounds: as asked, else as by default. Raises `InputError` naming the field."""
    if not request.input:
        raise InputError("input", "is empty; give it the text to say")
    if len(request.input) > defaults.max_waiting_chars:
        most = defaults.max_waiting_chars
        raise InputError("input", f"has {len(request.input)} characters, {most} are allowed; send it in parts")
    asked: dict[str, Any] = {"speed": request.speed, "lang": request.lang, "priority": request.priority}
    if request.voice is not None:
        name = request.voice if isinstance(request.voice, str) else request.voice.id
        asked["voice"] = resolve(name, voices)
    given = {name: value for name, value in asked.items() if value is not None}
    return replace(defaults, **given, format="pcm_s16le", sample_rate=SAMPLE_RATE, frame_ms=FRAME_MS)


def _one_of(field: str, value: str, choices: Sequence[str] | Mapping[str, str]) -> None:
    if value not in choices:
        raise InputError(field, f"{value!r} is not one of {', '.join(choices)}")

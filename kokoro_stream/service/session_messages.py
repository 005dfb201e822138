"""What a session of the native protocol is: its settings, its limits, and the messages about them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ..config import AudioFormat, CodeBlocks, Emoji, Latency, Priority

PROTOCOL = "kokoro-stream.v1"
MAX_MESSAGE_BYTES = 1 << 20  # the longest legal text.append fits, every character written as a JSON escape
MAX_TEXT_CHARS = 65_536  # per message: a long chapter; the speech itself limits what may wait
MAX_NAME_CHARS = 64  # a UUID with a prefix
MAX_LEXICON = 200  # words of one session; the server's own lexicon is for more
DEFAULT_CONTEXT = "default"

Timestamps = Literal["none", "word"]
Pace = Literal["clock", "acks"]
GoodbyeReason = Literal["closed", "idle", "going_away", "connection_lost"]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS)]
Text = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]
Milliseconds = Annotated[float, Meta(ge=0)]
Lexicon = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=80)], Annotated[str, Meta(min_length=1, max_length=200)]],
    Meta(max_length=MAX_LEXICON),
]
Ratio = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Setting = Annotated[int, Meta(ge=0, le=2**31)]  # the values that make sense are checked where they have a meaning


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all messages share: frozen, told apart by ``type``."""


class SessionUpdate(Message, frozen=True, kw_only=True, tag="session.update"):
    """Changes how contexts started from now on sound and are delivered. Fields left out stay as they are."""

    voice: Annotated[str, Meta(max_length=256)] | UnsetType = UNSET
    """Name or blend (``af_x:0.7+am_y:0.3``); "" is the model's default."""
    speed: float | UnsetType = UNSET
    """1.0 is the voice's own pace."""
    volume: float | UnsetType = UNSET
    """Gain: 1.0 is the level that all voices have in common, 0 is silence, 2.0 the most."""
    lang: Annotated[str, Meta(max_length=MAX_NAME_CHARS)] | UnsetType = UNSET
    """Language code such as ``en-us``; "" is the voice's own language."""
    format: AudioFormat | UnsetType = UNSET
    """Encoding of the audio, mono, little-endian."""
    sample_rate: Setting | UnsetType = UNSET
    """Samples per second."""
    frame_ms: Setting | UnsetType = UNSET
    """Length of one binary message's audio."""
    timestamps: Timestamps | UnsetType = UNSET
    """Whether `words` messages are sent."""
    max_lead_ms: Setting | UnsetType = UNSET
    """How far the server may run ahead of what has been played."""
    pace: Pace | UnsetType = UNSET
    """Where the listener is taken to be: where the clock says or an ack beyond it (clock), or its last ack (acks)."""
    latency: Latency | UnsetType = UNSET
    """How soon the first words are spoken: after a clause (low) … whole sentences (quality)."""
    idle_flush_ms: Setting | UnsetType = UNSET
    """Silence of the producer after which waiting text is spoken as it is."""
    priority: Priority | UnsetType = UNSET
    """Who waits when several speak: an answer (interactive) begins before an announcement; bulk yields to both."""
    code: CodeBlocks | UnsetType = UNSET
    """What is said for a block of code: that there is one (announce), nothing (skip), or the code (read)."""
    emoji: Emoji | UnsetType = UNSET
    """Whether emoji are left out or named."""
    markup: bool | UnsetType = UNSET
    """True: ``[word](/phonemes/)`` and tags of SSML are obeyed. Only for text that no model or stranger has written."""
    lexicon: Lexicon | UnsetType = UNSET
    """Pronunciations of words, in place of the former ones: word to phonemes or respelling."""
    binary_header: bool | UnsetType = UNSET
    """False: binary messages are bare audio, and only one context at a time is allowed."""


class SessionConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How contexts sound and are delivered; the fields are explained at `SessionUpdate`."""

    voice: str
    """Name or blend; "" is the model's default."""
    speed: float
    """1.0 is the voice's own pace."""
    volume: float = 1.0
    """Gain of the audio."""
    lang: str
    """Language code; "" is the voice's own language."""
    format: AudioFormat
    """Encoding of the audio."""
    sample_rate: int
    """Samples per second."""
    frame_ms: int
    """Length of one binary message's audio."""
    timestamps: Timestamps
    """Whether `words` messages are sent."""
    max_lead_ms: int
    """How far the server may run ahead of what has been played."""
    pace: Pace = "clock"
    """Where the listener is taken to be."""
    latency: Latency
    """How soon the first words are spoken."""
    idle_flush_ms: int
    """Silence of the producer after which waiting text is spoken as it is."""
    priority: Priority = "interactive"
    """Who waits when several speak."""
    code: CodeBlocks = "announce"
    """What is said for a block of code."""
    emoji: Emoji = "drop"
    """Whether emoji are left out or named."""
    markup: bool = False
    """Whether phonemes and tags in the text are obeyed."""
    lexicon: Lexicon = msgspec.field(default_factory=dict)
    """Pronunciations of words."""
    binary_header: bool
    """Whether binary messages begin with the 16-byte header."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one session may use."""

    max_message_bytes: Count = MAX_MESSAGE_BYTES
    """Longer messages end the session (close code 1009)."""
    max_text_chars: Count = MAX_TEXT_CHARS
    """Characters in one `text.append`."""
    max_waiting_chars: Count
    """Characters of one context that may wait to be spoken."""
    max_contexts: Count
    """Contexts under way at the same time."""
    idle_ms: Count
    """Time without a message or audio after which the session ends (close code 4408)."""


class SessionTopics(msgspec.Struct, frozen=True, kw_only=True):
    """Where a session goes on that was opened over MQTT."""

    up: str
    """What the client says goes here."""
    down: str
    """What the server says comes here, audio included, once the first message has come up."""


class SessionCreated(Message, frozen=True, kw_only=True, tag="session.created"):
    """First message of every session."""

    session_id: str
    """Names the session in the server's log."""
    protocol: str = PROTOCOL
    """The protocol spoken."""
    server: str
    """Name and version of the server."""
    model: str
    """Name of the model that speaks."""
    voices: tuple[str, ...]
    """What `voice` may be."""
    config: SessionConfig
    """What applies to new contexts."""
    limits: Limits
    """What the session may use."""
    topics: SessionTopics | UnsetType = UNSET
    """Over MQTT only: the topics of this session."""


class SessionUpdated(Message, frozen=True, kw_only=True, tag="session.updated"):
    """Answers `session.update`."""

    config: SessionConfig
    """What applies to contexts started from now on."""

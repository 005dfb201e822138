"""Every message of the native protocol ``kokoro-stream.v1``.

Control messages are JSON objects with a ``type``; unknown fields are ignored. How they and the audio are written on the
wire is `service.wire`'s business, which of them is legal when `service.conversation`'s. The contracts in ``protocols/``
are generated from here by `service.contract`, the strings below classes and fields included.
"""

from __future__ import annotations

import msgspec

from .session_messages import (
    DEFAULT_CONTEXT,
    MAX_MESSAGE_BYTES,
    MAX_TEXT_CHARS,
    PROTOCOL,
    Count,
    GoodbyeReason,
    Limits,
    Message,
    Milliseconds,
    Name,
    Ratio,
    SessionConfig,
    SessionCreated,
    SessionTopics,
    SessionUpdate,
    SessionUpdated,
    Text,
)

# Those of the session are messages too.
__all__ = [
    "DEFAULT_CONTEXT",
    "MAX_MESSAGE_BYTES",
    "MAX_TEXT_CHARS",
    "PROTOCOL",
    "GoodbyeReason",
    "Limits",
    "SessionConfig",
    "SessionCreated",
    "SessionTopics",
    "SessionUpdate",
    "SessionUpdated",
]

# --- client → server -------------------------------------------------------------------------------------------------


class ToContext(Message, frozen=True, kw_only=True):
    """What the messages about one context share."""

    context: Name = DEFAULT_CONTEXT
    """Which speech is meant."""


class TextAppend(ToContext, frozen=True, kw_only=True, tag="text.append"):
    """More text of a context; the first one starts it."""

    text: Text
    """The next characters, cut anywhere."""


class TextFlush(ToContext, frozen=True, kw_only=True, tag="text.flush"):
    """Speak what is there without waiting for the end of the sentence."""


class TextEnd(ToContext, frozen=True, kw_only=True, tag="text.end"):
    """No more text in this context; it ends by itself once it has been heard."""


class TextMark(ToContext, frozen=True, kw_only=True, tag="text.mark"):
    """Asks to be told when the text so far has been turned into audio."""

    name: Name
    """Comes back in `mark`."""


class Interrupt(Message, frozen=True, kw_only=True, tag="interrupt"):
    """The listener cut in: stop at once, and tell what was heard."""

    context: Name | None = None
    """Which speech to stop; left out: all of them."""
    played_ms: Milliseconds | None = None
    """How much of the context's audio was heard; left out: the server's own estimate. Needs one context."""


class PlaybackAck(ToContext, frozen=True, kw_only=True, tag="playback.ack"):
    """How far the listener is. Lets the server send more, and know what was heard."""

    played_ms: Milliseconds
    """Audio of the context played so far."""


class PlaybackGap(ToContext, frozen=True, kw_only=True, tag="playback.gap"):
    """Binary messages did not arrive; the listener heard silence in their place. The server takes note of it."""

    first_sequence: Count
    """The first one missing."""
    last_sequence: Count
    """The last one missing."""
    missing_ms: Milliseconds
    """Audio that was not heard."""


class SessionClose(Message, frozen=True, kw_only=True, tag="session.close"):
    """The last message: no new contexts; the server closes when those under way have ended."""

    drain: bool = True
    """True: speak what was sent. False: interrupt every context."""


class Ping(Message, frozen=True, kw_only=True, tag="ping"):
    """Asks for a `pong`; keeps an idle session open."""

    t: float | None = None
    """Comes back unchanged."""


ClientMessage = (
    SessionUpdate
    | TextAppend
    | TextFlush
    | TextEnd
    | TextMark
    | Interrupt
    | PlaybackAck
    | PlaybackGap
    | SessionClose
    | Ping
)
ContextMessage = TextAppend | TextFlush | TextEnd | TextMark | Interrupt | PlaybackAck | PlaybackGap

# --- server → client -------------------------------------------------------------------------------------------------


class OfContext(Message, frozen=True, kw_only=True):
    """What the messages about one context share."""

    context: str
    """Which speech it is about."""


class ContextStarted(OfContext, frozen=True, kw_only=True, tag="context.started"):
    """A context has begun; comes before anything else about it."""

    number: Count
    """Its number in the headers of binary messages; a name that is used again gets a new number."""


class SegmentStarted(OfContext, frozen=True, kw_only=True, tag="segment.started"):
    """The audio that follows belongs to this piece of the text."""

    text: str
    """The piece, as it was sent."""
    char_start: Count
    """Where it begins in the context's text, in code points."""
    char_end: Count
    """One past its last character."""
    audio_start_ms: Milliseconds
    """Where its audio begins."""


class TimedWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word and when it sounds, counted from the beginning of the context's audio."""

    word: str
    """The word as it was sent."""
    start_ms: Milliseconds
    """When it begins."""
    end_ms: Milliseconds
    """When it ends."""
    char_start: Count
    """Where it begins in the context's text, in code points."""
    char_end: Count
    """One past its last character."""


class Words(OfContext, frozen=True, kw_only=True, tag="words"):
    """Times of words, sent before the audio they describe."""

    words: tuple[TimedWord, ...]
    """In order."""


class Mark(OfContext, frozen=True, kw_only=True, tag="mark"):
    """The text before `text.mark` has been turned into audio, and that audio has been sent."""

    name: str
    """As given in `text.mark`."""
    audio_ms: Milliseconds
    """Where the mark lies in the context's audio."""


class ContextDone(OfContext, frozen=True, kw_only=True, tag="context.done"):
    """Terminal: everything was said and, by acknowledgement or by the clock, heard."""

    audio_ms: Milliseconds
    """Length of its audio."""
    first_audio_ms: Milliseconds
    """From its first text to its first audio."""
    rtf: Ratio
    """Seconds of computing per second of audio."""
    segments: Count
    """Pieces the text was cut into."""
    windows: Count
    """Runs of the decoder."""


class ContextInterrupted(OfContext, frozen=True, kw_only=True, tag="context.interrupted"):
    """Terminal: the context was interrupted. No audio of it follows."""

    audio_sent_ms: Milliseconds
    """Audio that had been made for the listener."""
    audio_played_ms: Milliseconds
    """Audio that had been heard."""
    text_spoken: str
    """The text as sent, up to and including the last word that had begun to sound."""
    text_remaining: str
    """The rest of the text."""
    char_index: Count
    """The border between the two, in code points."""


class Warning(Message, frozen=True, kw_only=True, tag="warning"):
    """Something was not spoken as written."""

    code: str
    """Stable, for programs."""
    message: str
    """For people."""
    context: str | None = None
    """Which speech, if one."""
    char_start: Count | None = None
    """Where in the context's text that begins, in code points, if it is about some of it."""
    char_end: Count | None = None
    """One past its last character."""


class Error(Message, frozen=True, kw_only=True, tag="error"):
    """A message was refused, or a context or the session failed."""

    code: str
    """Stable, for programs."""
    message: str
    """For people: what is wrong and what would be right."""
    fatal: bool
    """True: the session ends."""
    context: str | None = None
    """Which speech it concerns, if one."""
    ends_context: bool = False
    """True: this is that context's terminal event. False: the context goes on."""
    retry_after_ms: Milliseconds | None = None
    """When it is worth trying again."""


class SessionGoodbye(Message, frozen=True, kw_only=True, tag="session.goodbye"):
    """Last message of the server before it closes the connection."""

    reason: GoodbyeReason
    """Why."""


class Pong(Message, frozen=True, kw_only=True, tag="pong"):
    """Answers `ping`."""

    t: float | None
    """As given in `ping`."""


ServerMessage = (
    SessionCreated
    | SessionUpdated
    | ContextStarted
    | SegmentStarted
    | Words
    | Mark
    | ContextDone
    | ContextInterrupted
    | Warning
    | Error
    | SessionGoodbye
    | Pong
)

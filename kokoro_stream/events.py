"""What a speech tells its listener, in order. Frozen values; times in ms from the start of the speech's audio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word, when it sounds, and which characters of the text as sent it stands for."""

    word: str
    start_ms: float
    end_ms: float
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Encoded audio of one frame.

    ``pcm`` is in the speech's format (int16 little-endian mono unless asked otherwise), ``sample_rate`` in Hz,
    ``sample_offset`` counts samples from the start of the speech, ``start_ms`` is the same in milliseconds,
    ``words`` are those that begin within the frame.
    """

    pcm: bytes
    sample_rate: int
    sample_offset: int
    samples: int
    start_ms: float
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """The next audio belongs to this piece of the text as sent."""

    text: str
    char_start: int
    char_end: int
    audio_start_ms: float


@dataclass(frozen=True, slots=True)
class Words:
    """Times of words, sent before the audio they describe."""

    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True)
class MarkReached:
    """The text up to the mark has been turned into audio; the mark lies at ``audio_ms``."""

    name: str
    audio_ms: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something was not spoken as written; ``code`` is stable, ``message`` is for people.

    ``char_start`` and ``char_end`` say which characters of the text as sent it concerns, if it concerns any.
    """

    code: str
    message: str
    char_start: int | None = None
    char_end: int | None = None


@dataclass(frozen=True, slots=True)
class AudioEnded:
    """No audio follows. Tells only a server's client, whose `Done` comes when the audio has been heard."""

    audio_ms: float


@dataclass(frozen=True, slots=True)
class Done:
    """Terminal: everything was said. ``first_audio_ms`` counts from the first text to the first frame."""

    audio_ms: float
    first_audio_ms: float
    rtf: float
    segments: int
    windows: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Terminal: the listener cut in.

    ``text_spoken`` is the text as sent up to and including the last word that had begun to sound for the listener,
    ``text_remaining`` the rest; ``char_index`` is the border between them.
    """

    audio_sent_ms: float
    audio_played_ms: float
    text_spoken: str
    text_remaining: str
    char_index: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Terminal: the speech could not go on.

    ``code`` is stable, ``message`` says what to do, ``retry_after_ms`` when it is worth trying again, if that is known.
    """

    code: str
    message: str
    retry_after_ms: float | None = None


Event = AudioFrame | SegmentStarted | Words | MarkReached | Warned | AudioEnded | Done | Interrupted | Failed
TERMINAL = (Done, Interrupted, Failed)

"""Settings as small frozen values. Nothing here reads a file or the environment at import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import InputError

Latency = Literal["low", "balanced", "quality"]
Priority = Literal["interactive", "announcement", "bulk"]
AudioFormat = Literal["pcm_s16le", "pcm_f32le", "mulaw", "alaw"]
CodeBlocks = Literal["announce", "skip", "read"]
Emoji = Literal["drop", "name"]

SPEEDS = (0.5, 2.0)  # beyond these, durations of single phonemes fall below a frame or drag
SAMPLE_RATES = (8000, 48000)  # telephone to studio; what listeners' sound devices accept
VOLUMES = (0.0, 2.0)  # twice as loud is what most voices bear before they are clipped
FRAME_MS = (10, 200)  # a frame's overhead dominates below, its latency above


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechConfig:
    """How one speech sounds and is delivered. Raises `InputError` naming the field when out of range.

    ``voice`` is a name or a blend (``af_x:0.7+am_y:0.3``), "" for the model's default; ``lang`` the text's language, ""
    for the voice's own. ``sample_rate`` is in Hz; the model's audio is resampled. ``idle_flush_ms`` is the producer's
    silence after which waiting text is spoken as it is. ``max_waiting_chars`` bounds text that has been fed and not yet
    synthesised. ``volume`` is a gain, 1.0 for the level that all voices have in common.

    ``priority`` says who waits when several speak: an announcement begins after the answers that wait to
    begin; bulk (audio books, files) is made in the time that the others leave, and is never refused. ``code`` is what
    is said for a block of code, ``emoji`` whether they are named. With ``markup``, ``[word](/phonemes/)`` and some of
    SSML are obeyed: only for text that no model or stranger has written. ``lexicon`` is how words of this speech are
    pronounced, before any other source.
    """

    voice: str = ""
    speed: float = 1.0
    volume: float = 1.0
    lang: str = ""
    latency: Latency = "balanced"
    format: AudioFormat = "pcm_s16le"
    sample_rate: int = 24000
    frame_ms: int = 40
    idle_flush_ms: int = 700
    max_waiting_chars: int = 100_000
    priority: Priority = "interactive"
    code: CodeBlocks = "announce"
    emoji: Emoji = "drop"
    markup: bool = False
    lexicon: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _between("speed", self.speed, SPEEDS)
        _between("volume", self.volume, VOLUMES)
        _between("sample_rate", self.sample_rate, SAMPLE_RATES)
        _between("frame_ms", self.frame_ms, FRAME_MS)
        _one_of("latency", self.latency, ("low", "balanced", "quality"))
        _one_of("format", self.format, ("pcm_s16le", "pcm_f32le", "mulaw", "alaw"))
        _one_of("priority", self.priority, ("interactive", "announcement", "bulk"))
        _one_of("code", self.code, ("announce", "skip", "read"))
        _one_of("emoji", self.emoji, ("drop", "name"))
        if self.idle_flush_ms <= 0:
            raise InputError("idle_flush_ms", "must be above 0 milliseconds")
        if self.max_waiting_chars <= 0:
            raise InputError("max_waiting_chars", "must be above 0 characters")


def _between(field: str, value: float, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not low <= value <= high:  # also refuses NaN
        raise InputError(field, f"{value} is outside {low}–{high}")


def _one_of(field: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(field, f"{value!r} is not one of {', '.join(choices)}")

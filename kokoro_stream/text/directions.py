"""What the text itself asks of the voice: markup turned into directions by source offset."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Break", "Direction", "Dropped", "Rate", "Say"]


@dataclass(frozen=True, slots=True)
class Say:
    """The source range ``start`` to ``end`` is said with ``phonemes``."""

    start: int
    end: int
    phonemes: str


@dataclass(frozen=True, slots=True)
class Break:
    """Silence of ``milliseconds`` at the source offset ``at``; a segment ends there."""

    at: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Rate:
    """From the source offset ``at`` on, the speed is multiplied by ``factor``."""

    at: int
    factor: float


Direction = Say | Break | Rate


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing is said for the source range ``start`` to ``end``: ``why`` is for people, ``code`` for programs."""

    start: int
    end: int
    why: str
    code: str = "unspoken"

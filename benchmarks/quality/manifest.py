"""What shall be measured, and what was, as JSON lines. Standard library only: the meters import it too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

Measure = Literal["words", "mos", "likeness"]


@dataclass(frozen=True, slots=True)
class Item:
    """A recording: what it is, and what the meters shall say of it.

    ``id`` is unique; ``kind`` is the section's word for what it is ("whole", "windows" …); ``wav`` and ``reference``,
    which is equally long where there is one, are names of files in the work folder, 24 kHz, 16 bits. ``measures``:
    the words that are heard, the opinion score, the likeness to the reference. ``facts`` are the section's own,
    measured when it was rendered, with the unit in their names; lists hold one number for each word or segment.
    """

    id: str
    section: str
    kind: str
    wav: str
    text: str
    language: str
    voice: str
    reference: str = ""
    measures: tuple[Measure, ...] = ()
    facts: Mapping[str, float | list[float] | list[str]] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Raises TypeError, KeyError or ValueError for anything else."""
        data: dict[str, Any] = json.loads(line)
        data["measures"] = tuple(data["measures"])
        return cls(**data)

    def number(self, name: str) -> float:
        """A fact that is one number."""
        value = self.facts[name]
        assert isinstance(value, float | int), name
        return value

    def numbers(self, name: str) -> list[float]:
        """A fact that is a list of numbers."""
        value = self.facts[name]
        assert isinstance(value, list), name
        return [float(one) for one in value]

    def names(self, name: str) -> list[str]:
        """A fact that is a list of words."""
        value = self.facts[name]
        assert isinstance(value, list), name
        return [str(one) for one in value]


@dataclass(frozen=True, slots=True)
class Heard:
    """A word as the recogniser spells it, and when it heard it, in seconds."""

    word: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What the meters say of one item; None, or nothing, for what was not asked or could not be measured.

    ``overall``, ``signal`` and ``background`` are DNSMOS P.835, 1 to 5; ``pesq`` is wideband PESQ, 1 to 4.64; ``stoi``
    goes from 0 to 1.
    """

    id: str
    heard: str | None = None
    words: tuple[Heard, ...] = ()
    overall: float | None = None
    signal: float | None = None
    background: float | None = None
    pesq: float | None = None
    stoi: float | None = None

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Raises TypeError, KeyError or ValueError for anything else."""
        data: dict[str, Any] = json.loads(line)
        data["words"] = tuple(Heard(**word) for word in data["words"])
        return cls(**data)

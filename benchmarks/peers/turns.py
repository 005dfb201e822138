"""What passes between the benchmark and a contestant, as JSON lines. Standard library only: peers import it too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Setting:
    """What a contestant is started with: an uncut graph, an archive of voices, our cut folder of the same graph."""

    graph: str
    voices: str
    folder: str
    voice: str
    threads: int

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Raises TypeError or ValueError for anything else."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, and its phonemes in Kokoro's symbols."""

    text: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one contestant shall say now.

    ``manner`` is a contestant's own word for how. With ``tokens_per_second`` 0 the whole text is there at once. What
    was said is written to ``wav`` when the clock has stopped, unless that is "".
    """

    sentences: tuple[Sentence, ...]
    manner: str = ""
    tokens_per_second: float = 0.0
    wav: str = ""

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def phonemes(self) -> str:
        """All of it, as phonemes."""
        return " ".join(sentence.phonemes for sentence in self.sentences)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Raises TypeError, KeyError or ValueError for anything else."""
        data = json.loads(line)
        spoken = tuple(Sentence(**sentence) for sentence in data["sentences"])
        return cls(spoken, data["manner"], data["tokens_per_second"], data["wav"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn went, in milliseconds from its first token. ``cpu_ms`` is what all threads of the process computed.

    ``audible_ms`` is when an ear hears the first sound, at a sound card that plays from the first audio on; it then
    stands still for ``stalled_ms`` in all, because the next audio is not there yet.
    """

    first_audio_ms: float
    audible_ms: float
    wall_ms: float
    cpu_ms: float
    audio_ms: float
    stalled_ms: float

    @property
    def real_time_factor(self) -> float:
        """Time gone by for each second of audio."""
        return self.wall_ms / self.audio_ms


@dataclass(frozen=True, slots=True)
class Answer:
    """A contestant's reply: that it is ready, or how its turn went, and the most memory it has taken so far."""

    rss_mb: float
    outcome: Outcome | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Raises TypeError, KeyError or ValueError for anything else."""
        data: dict[str, Any] = json.loads(line)
        outcome = data["outcome"]
        return cls(data["rss_mb"], outcome and Outcome(**outcome), data["versions"])

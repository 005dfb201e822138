"""The sentences that splitters are judged by: ``gold/*.txt``, one a line, a blank line between paragraphs.

A line ``# en`` says which language follows. What ends ``_before`` was written before the segmenter's rules, what ends
``_after`` when they were done, without a look at them, and never led to a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

GOLD = Path(__file__).parent / "gold"
WITHOUT_SPACES = ("zh", "ja")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that follow each other in running text."""

    language: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences as they are read."""
        return ("" if self.language in WITHOUT_SPACES else " ").join(self.sentences)

    @property
    def ends(self) -> frozenset[int]:
        """Where the sentences end, see `ends_of`."""
        return ends_of(self.sentences)


def ends_of(segments: Iterable[str]) -> frozenset[int]:
    """Where the segments end but for the last: in characters that are no white space, since splitters drop that."""
    ends = list(accumulate(len("".join(segment.split())) for segment in segments))
    return frozenset(ends[:-1])


def paragraphs(lines: Iterable[str]) -> list[Paragraph]:
    """What a file of sentences holds."""
    language, sentences, found = "en", list[str](), list[Paragraph]()
    for line in [*(line.strip() for line in lines), ""]:
        if line and not line.startswith("# "):
            sentences.append(line)
            continue
        if sentences:
            found.append(Paragraph(language, tuple(sentences)))
            sentences = []
        language = line[2:] or language
    return found


def read(name: str) -> list[Paragraph]:
    """The paragraphs of ``gold/NAME.txt``."""
    return paragraphs((GOLD / f"{name}.txt").read_text("utf-8").splitlines())


def unpunctuated(corpus: Sequence[Paragraph], length: int) -> str:
    """``length`` characters of the corpus' plain words: no marks, no numbers, no capitals."""
    words = [word for paragraph in corpus for word in paragraph.text.split() if word.isalpha() and word.islower()]
    text = " ".join(words)
    return (f"{text} " * (length // len(text) + 1))[:length].rstrip().ljust(length, "a")

"""Figures for one splitter: how soon, how right, how fast, and what becomes of text without a stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from .corpus import Paragraph, ends_of
from .splitters import Splitter

TOKEN = 4  # characters
ROUNDS = 5


def cut(text: str) -> list[str]:
    """The text in pieces of a token's length."""
    return [text[at : at + TOKEN] for at in range(0, len(text), TOKEN)]


@dataclass(frozen=True, slots=True)
class Soon:
    """Characters that had been fed when the first segment was out, and behind the true ends that were found."""

    first: float
    behind: float


def soon(splitter: Splitter, corpus: Sequence[Paragraph]) -> Soon:
    """How soon segments come, on average over paragraphs of several sentences."""
    firsts, behind = list[int](), list[int]()
    for paragraph in corpus:
        if len(paragraph.sentences) < 2:
            continue
        out = list(_timed(splitter, paragraph.text))
        firsts.append(out[0][0])
        behind += _behind(paragraph, out)
    return Soon(fmean(firsts), fmean(behind) if behind else 0.0)


def _timed(splitter: Splitter, text: str) -> Iterator[tuple[int, str]]:
    """Each segment, and how much of the text had been taken when it was out."""
    fed, pieces = 0, cut(text)

    def counted() -> Iterator[Any]:
        nonlocal fed
        for piece, taken in zip(pieces, splitter.taken(pieces), strict=True):
            fed += len(piece)
            yield taken

    for segment in splitter.each(counted()):
        yield fed, segment


def _behind(paragraph: Paragraph, out: Sequence[tuple[int, str]]) -> list[int]:
    """For each true end that was found: how many characters had been fed behind it when it was out."""
    text, ends, found, said = paragraph.text, paragraph.ends, list[int](), 0
    places = [at + 1 for at, character in enumerate(text) if not character.isspace()]
    for fed, segment in out:
        said += len("".join(segment.split()))
        if said in ends:
            found.append(fed - places[said - 1])
    return found


def cuts(splitter: Splitter, corpus: Iterable[Paragraph]) -> dict[str, int]:
    """Ends of sentences, those missed, and cuts where there is none."""
    true, missing, spurious = 0, 0, 0
    for paragraph in corpus:
        found, ends = ends_of(splitter.all(splitter.taken(cut(paragraph.text)))), paragraph.ends
        true, missing, spurious = true + len(ends), missing + len(ends - found), spurious + len(found - ends)
    return {"ends": true, "missing": missing, "spurious": spurious}


def speed(splitter: Splitter, texts: Iterable[str], clock: Callable[[], float] = time.process_time) -> float:
    """Microseconds of processor time a character, the best of several rounds."""
    cuts_of = [cut(text) for text in texts]
    taken = [splitter.taken(pieces) for pieces in cuts_of]
    characters = sum(len(piece) for pieces in cuts_of for piece in pieces)

    def once() -> float:
        begun = clock()
        for pieces in taken:
            splitter.all(pieces)
        return clock() - begun

    return min(once() for _ in range(ROUNDS)) * 1e6 / characters


def endless(splitter: Splitter, text: str, clock: Callable[[], float] = time.process_time) -> Mapping[str, float]:
    """What becomes of text without a stop: milliseconds, longest segment, characters lost, when speech could begin."""
    taken = splitter.taken(cut(text))
    segments, passed = list[str](), list[float]()
    for _ in range(ROUNDS):
        begun = clock()
        segments = splitter.all(taken)
        passed.append(clock() - begun)
    said = "".join("".join(segments).split())
    return {
        "endless_ms": round(min(passed) * 1000, 2),
        "endless_longest": max(map(len, segments)),
        "endless_lost": len("".join(text.split())) - len(said),
        "endless_first": next(_timed(splitter, text))[0],
    }

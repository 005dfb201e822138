"""What the meters of `benchmarks.quality` say of the contestants' recordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import fmean

from ..hearing import spoken_words
from ..quality.fidelity import error_rate
from ..quality.manifest import Item, Scores

LANGUAGE = "en-us"


@dataclass(frozen=True, slots=True)
class Opinion:
    """``mos`` is the mean of DNSMOS's overall score, ``error_rate`` the percentage of ``words`` heard otherwise."""

    mos: float
    error_rate: float
    words: int


def item(case: str, number: int, name: str, text: str, voice: str) -> Item:
    """The recording of one turn; ``number`` is the reply's."""
    identity = f"{case}-{number}-{name}"
    return Item(identity, case, name, f"{identity}.wav", text, LANGUAGE, voice, measures=("words", "mos"))


def by_contestant(items: Sequence[Item], scores: Mapping[str, Scores]) -> dict[str, Opinion]:
    """Of all that each has said."""
    return {name: opinion(own, scores) for name, own in _grouped(items, lambda one: one.kind)}


def by_case(items: Sequence[Item], scores: Mapping[str, Scores]) -> dict[str, dict[str, Opinion]]:
    """Of each case, and in it of each contestant."""
    return {case: by_contestant(own, scores) for case, own in _grouped(items, lambda one: one.section)}


def opinion(items: Sequence[Item], scores: Mapping[str, Scores]) -> Opinion:
    """Of these recordings together."""
    overall = [score for one in items if (score := scores[one.id].overall) is not None]
    words = sum(len(spoken_words(one.text)) for one in items)
    return Opinion(fmean(overall) if overall else float("nan"), error_rate(items, scores), words)


def figures(cases: Mapping[str, Mapping[str, Opinion]], everything: Mapping[str, Opinion]) -> dict[str, float]:
    """For JSON."""
    found = {f"{case}_{name}": one for case, opinions in cases.items() for name, one in opinions.items()}
    return {
        f"{name}_{figure}": value
        for name, one in {**found, **everything}.items()
        for figure, value in (("mos", round(one.mos, 3)), ("word_error_rate_percent", one.error_rate))
    }


def absence(python: Path) -> str:
    """Why nobody listens; "" where somebody does."""
    return "" if python.exists() else f"no DNSMOS, no WER: {python} is not there; make quality sets it up"


def _grouped(items: Sequence[Item], key: Callable[[Item], str]) -> list[tuple[str, list[Item]]]:
    """In the order in which each key comes first."""
    places = {name: place for place, name in enumerate(dict.fromkeys(map(key, items)))}
    ordered = sorted(items, key=lambda one: places[key(one)])
    return [(name, list(own)) for name, own in groupby(ordered, key)]

"""Do words sound when they are said to? Their times against the energy of what is spoken, and against Whisper's.

A word alone begins and ends where its energy does, to a few milliseconds (those of the list begin and end sharply), and
so do a sentence's first word and its last. Of the words between only Whisper's times are known. It puts the border of
two words too early, and a sentence's first word at the beginning of the recording: that one and the last are left out,
and what differs from voice to voice or from one revision to the next says more than the figure itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np

from ..report import Figures
from .levels import edges_ms
from .manifest import Item, Measure, Scores
from .studio import RATE, Spoken, Studio, spoken
from .texts import HELDOUT, WORDS, heard_words

SENTENCES = 10  # of each voice
VOICES = 8


def items(studio: Studio, voices: Sequence[str], sentences: int) -> Iterator[Item]:
    """Words alone and sentences, by the first few voices. Blocking."""
    alone = WORDS if sentences >= SENTENCES else WORDS[:sentences]
    for name, kind, text, voice, made in asyncio.run(_spoken(studio, alone, voices[:VOICES], sentences)):
        if not made.words:
            continue
        facts: dict[str, float | list[float] | list[str]] = {
            "starts_ms": [word.start_ms for word in made.words],
            "ends_ms": [word.end_ms for word in made.words],
            "words": [word.word for word in made.words],
        }
        facts["onset_ms"], facts["offset_ms"] = edges_ms(made.samples, RATE)
        measures: tuple[Measure, ...] = () if kind == "alone" else ("words",)
        yield studio.item(name, kind, made.samples, text, voice, measures=measures, facts=facts)


async def _spoken(
    studio: Studio, alone: Sequence[str], voices: Sequence[str], sentences: int
) -> list[tuple[str, str, str, str, Spoken]]:
    made = []
    async with studio.speaker() as speaker:
        for place, voice in enumerate(voices):
            for number, word in enumerate(alone):
                said = await spoken(speaker, f"{word.capitalize()}.", voice)
                made.append((f"times/{voice}-{number:03}", "alone", word, voice, said))
            for number in range(place * sentences, (place + 1) * sentences):
                text = HELDOUT[number % len(HELDOUT)]
                said = await spoken(speaker, text, voice)
                made.append((f"times/{voice}-{number:03}", "sentence", text, voice, said))
    return made


def figures(items: Sequence[Item], scores: Mapping[str, Scores]) -> Figures:
    """Milliseconds that our times are later: median and quartiles, and the median without its sign."""
    alone, sentences = ([item for item in items if item.kind == kind] for kind in ("alone", "sentence"))
    pairs = [pair for item in sentences for pair in matched(item, scores[item.id])]
    found: dict[str, float | int | str] = {"words_alone": len(alone), "words_in_sentences": len(pairs)}
    for name, late in {
        "alone_start": _starts_late(alone),
        "alone_end": _ends_late(alone),
        "sentence_first_start": _starts_late(sentences),
        "sentence_last_end": _ends_late(sentences),
        "sentence_start_whisper": [start for start, _ in pairs],
        "sentence_end_whisper": [end for _, end in pairs],
    }.items():
        if late:
            low, middle, high = np.percentile(late, (25, 50, 75))
            found[f"{name}_late_ms"] = f"{middle:+.0f} ({low:+.0f} to {high:+.0f})"
            found[f"{name}_off_median_ms"] = round(float(np.median(np.abs(late))), 1)
    return found


def _starts_late(items: Sequence[Item]) -> list[float]:
    return [item.numbers("starts_ms")[0] - item.number("onset_ms") for item in items]


def _ends_late(items: Sequence[Item]) -> list[float]:
    return [item.numbers("ends_ms")[-1] - item.number("offset_ms") for item in items]


def matched(item: Item, scores: Scores) -> list[tuple[float, float]]:
    """Of the inner words that Whisper heard as they were written: how much later our start and end are, in ms."""
    ours = ["".join(heard_words(word)) for word in item.names("words")]
    theirs = ["".join(heard_words(word.word)) for word in scores.words]
    found = []
    for ours_at, theirs_at, count in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for step in range(count):
            if not 0 < ours_at + step < len(ours) - 1:
                continue
            word = scores.words[theirs_at + step]
            start, end = item.numbers("starts_ms")[ours_at + step], item.numbers("ends_ms")[ours_at + step]
            found.append((start - word.start * 1000, end - word.end * 1000))
    return found

"""Replies of several sentences: do level, rate and pauses stay the same from segment to segment?

Everything is measured when it is rendered: a segment lasts from its first word to its last, and the pause behind it
to the next segment's first word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from kokoro_stream.front_end import Line

from ..replies import REPLIES
from ..report import Figures
from .levels import level_db
from .manifest import Item, Scores
from .studio import RATE, Spoken, Studio, spoken

SENTENCES = len(REPLIES)  # replies of each voice


def items(studio: Studio, voices: Sequence[str], sentences: int) -> Iterator[Item]:
    """Each voice speaks the same replies. Blocking."""
    replies = asyncio.run(_spoken(studio, REPLIES[:sentences], voices))
    for number, (voice, text, made) in enumerate(replies):
        facts = measured(made, studio.lines(text, voice, "balanced"))
        yield studio.item(f"steadiness/{voice}-{number:03}", "reply", made.samples, text, voice, facts=facts)


async def _spoken(studio: Studio, texts: Sequence[str], voices: Sequence[str]) -> list[tuple[str, str, Spoken]]:
    async with studio.speaker() as speaker:
        return [(voice, text, await spoken(speaker, text, voice)) for voice in voices for text in texts]


def measured(made: Spoken, lines: Sequence[Line]) -> dict[str, float | list[float] | list[str]]:
    """Of each segment: level in dB, phonemes a second, and the pause behind it in ms, of all but the last."""
    levels, rates, spans = list[float](), list[float](), list[tuple[float, float]]()
    for line in lines:
        words = [word for word in made.words if line.start <= word.char_start < line.end]
        if not words:
            continue
        begin, end = words[0].start_ms, words[-1].end_ms
        spans.append((begin, end))
        levels.append(level_db(made.samples[round(begin * RATE / 1000) : round(end * RATE / 1000)]))
        rates.append(len(line.utterance.phonemes) / max(1e-3, (end - begin) / 1000))
    pauses = [later[0] - earlier[1] for earlier, later in pairwise(spans)]
    return {"levels_db": levels, "rates": rates, "pauses_ms": pauses}


def figures(items: Sequence[Item], scores: Mapping[str, Scores]) -> Figures:
    """Within a reply: the standard deviation and the greatest step from one segment to the next; means over replies."""
    found: dict[str, float | int | str] = {
        "replies": len(items),
        "segments": sum(len(item.numbers("levels_db")) for item in items),
    }
    for name, unit in {"levels_db": "level_db", "rates": "rate_phonemes_per_s", "pauses_ms": "pause_ms"}.items():
        several = [values for item in items if len(values := item.numbers(name)) > 1]
        every = [value for item in items for value in item.numbers(name)]
        if every:
            found[f"{unit}_median"] = round(float(np.median(every)), 2)
        if several:
            found[f"{unit}_deviation"] = round(float(np.mean([np.std(values) for values in several])), 2)
            found[f"{unit}_worst_step"] = round(max(float(np.abs(np.diff(values)).max()) for values in several), 2)
    return found

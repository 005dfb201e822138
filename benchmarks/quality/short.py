"""Short replies: are they understood as well as the uncut graph's, and is it quiet behind their last word?

"service" is what `Speaker` gives, "whole" the uncut graph on the same phonemes, line by line, with the service's pause
in between.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kokoro_stream.audio.pcm import Pcm
from kokoro_stream.rendering import PAUSE_MS, TAIL_MS, spans_in

from ..report import Figures
from .levels import behind_db
from .manifest import Item, Scores
from .studio import RATE, Spoken, Studio, spoken
from .texts import SHORT, heard_words

SENTENCES = len(SHORT)  # of each voice


def items(studio: Studio, voices: Sequence[str], sentences: int) -> Iterator[Item]:
    """Each voice says the same texts. Blocking."""
    texts = SHORT[:sentences]
    replies = asyncio.run(_spoken(studio, texts, voices))
    for voice in voices:
        for number, text in enumerate(texts):
            name, made = f"short/{voice}-{number:03}", replies[voice, text]
            end = made.words[-1].end_ms if made.words else len(made.samples) * 1000 / RATE
            facts = {"behind_db": behind_db(made.samples, end, RATE)}
            yield studio.item(name, "service", made.samples, text, voice, measures=("words",), facts=facts)
            whole, end = _whole(studio, text, voice)
            facts = {"behind_db": behind_db(whole, end, RATE)}
            yield studio.item(name, "whole", whole, text, voice, measures=("words",), facts=facts)


async def _spoken(studio: Studio, texts: Sequence[str], voices: Sequence[str]) -> dict[tuple[str, str], Spoken]:
    async with studio.speaker() as speaker:
        return {(voice, text): await spoken(speaker, text, voice) for voice in voices for text in texts}


def _whole(studio: Studio, text: str, voice: str) -> tuple[Pcm, float]:
    """Samples of the uncut graph, and when the last word ends, in ms."""
    pieces: list[Pcm] = []
    end, card = 0, studio.model.card
    for line in studio.lines(text, voice, "balanced"):
        if not line.utterance.words:
            continue
        if pieces:
            pieces.append(np.zeros(round((PAUSE_MS[line.ends] - TAIL_MS) * RATE / 1000), np.float32))
        begun = sum(map(len, pieces))
        prosody = studio.prosody(line.utterance.phonemes, voice)
        left_out = prosody.sounding.start * card.samples_per_frame
        end = begun + spans_in(card, line, prosody)[-1][1] - left_out
        pieces.append(studio.whole(line.utterance.phonemes, voice, prosody.sounding))
    return np.concatenate(pieces), end * 1000 / RATE


def figures(items: Sequence[Item], scores: Mapping[str, Scores]) -> Figures:
    """Texts of which a word was heard wrong, and levels behind the last word, dB below the loudest."""
    wrong = {kind: misheard(items, scores, kind) for kind in ("service", "whole")}
    found: dict[str, float | int | str] = {"texts": sum(item.kind == "service" for item in items)}
    found |= {f"wrong_{kind}": len(names) for kind, names in wrong.items()}
    found["wrong_in_service_only"] = len(wrong["service"].keys() - wrong["whole"].keys())
    found["wrong_in_whole_only"] = len(wrong["whole"].keys() - wrong["service"].keys())
    for kind in wrong:
        levels = [item.number("behind_db") for item in items if item.kind == kind]
        found[f"behind_{kind}_median_db"] = round(float(np.median(levels)), 1)
        found[f"behind_{kind}_worst_db"] = round(max(levels), 1)
    for kind, names in wrong.items():
        for (voice, text), heard in sorted(names.items()):
            print(f"{kind}, {voice}: {text} → {heard}", file=sys.stderr)
    return found


def misheard(items: Sequence[Item], scores: Mapping[str, Scores], kind: str) -> dict[tuple[str, str], str]:
    """(voice, text) → what was heard, of those heard wrong."""
    return {
        (item.voice, item.text): scores[item.id].heard or ""
        for item in items
        if item.kind == kind and heard_words(item.text) != heard_words(scores[item.id].heard or "")
    }

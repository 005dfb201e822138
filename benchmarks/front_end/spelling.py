"""Unknown words: wrong phonemes of the spelling model on words it never saw, and the time it takes.

Held-out words are those of misaki's gold dictionaries whose hash says so (``training.spelling.words``); the model was
trained on none of them, in no case and no accent. Misaki alone has nothing at all for a word it does not know.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.names import Names
from kokoro_stream.phonemes.spelling import MODEL, Spelling
from training.spelling.score import error_rate, unstressed
from training.spelling.words import Accent, Example, held_out_words


def scores() -> dict[str, object]:
    """Shares of wrong phonemes by accent and kind of word, microseconds a word, kilobytes of the model."""
    accents: tuple[Accent, ...] = ("us", "gb")
    return {
        "kilobytes": MODEL.stat().st_size // 1000,
        "names in the lexicon": len(Names()),
        **{accent: _accent(accent) for accent in accents},
    }


def _accent(accent: Accent) -> dict[str, dict[str, float]]:
    spelling = Spelling(Misaki(british=accent == "gb"), Lexicon(), british=accent == "gb")
    words = held_out_words(accent)
    return {"all": _score(spelling, words), "names": _score(spelling, (word for word in words if word.name))}


def _score(spelling: Spelling, words: Iterable[Example]) -> dict[str, float]:
    pairs, microseconds = [], []
    for word in words:
        began = time.perf_counter()
        pairs.append((spelling.guess(word.written), word.phonemes))
        microseconds.append((time.perf_counter() - began) * 1e6)
    return {
        "words": len(pairs),
        "wrong": error_rate(pairs),
        "wrong without stress": error_rate([(unstressed(guess), unstressed(right)) for guess, right in pairs]),
        "median microseconds a word": round(sorted(microseconds)[len(microseconds) // 2]),
    }

"""How many of the tests' cases are heard as they should be: ours, and misaki reading what is written by itself.

Judged by phonemes, without stress, spaces and punctuation: those of what is said against those of the expected words.
"""

from __future__ import annotations

import functools
import time
import tomllib
from pathlib import Path

from kokoro_stream.phonemes.english import English
from kokoro_stream.text.normalize import normalize
from kokoro_stream.text.source import SourceText

CASES = Path(__file__).parents[2] / "tests" / "text" / "cases"
DIALECTS = {"american": False, "british": True}
UNHEARD = str.maketrans("", "", ' ˈˌ;:,.!?—…"“”()')
REPETITIONS = 5

Cases = dict[str, dict[str, str]]


def cases(dialect: str) -> Cases:
    """Category → written → said."""
    return tomllib.loads((CASES / f"{dialect}.toml").read_text(encoding="utf-8"))


@functools.cache
def english(british: bool) -> English:
    """The phonemizer, whose lexicon is misaki's."""
    return English(british=british)


def heard(text: SourceText, *, british: bool) -> str:
    """The sounds of ``text``."""
    return english(british).phonemize(text).phonemes.translate(UNHEARD)


def score(told: dict[str, str], *, british: bool) -> dict[str, int]:
    """Of the cases, how many are heard right."""
    ours = misaki = 0
    for written, said in told.items():
        source, expected = SourceText.of(written), heard(SourceText.of(said), british=british)
        ours += heard(normalize(source, british=british), british=british) == expected
        misaki += heard(source, british=british) == expected
    return {"cases": len(told), "ours": ours, "misaki": misaki}


def speed(told: Cases, *, british: bool) -> float:
    """µs per character, cached numbers included."""
    texts = [SourceText.of(written) for table in told.values() for written in table]
    start = time.process_time()
    for _ in range(REPETITIONS):
        for text in texts:
            normalize(text, british=british)
    return (time.process_time() - start) * 1e6 / (REPETITIONS * sum(map(len, texts)))


def scores() -> dict[str, object]:
    """Per dialect: each category's score, the total, and the cost."""
    figures: dict[str, object] = {}
    for dialect, british in DIALECTS.items():
        told = cases(dialect)
        table = {category: score(lines, british=british) for category, lines in told.items()}
        total = {name: sum(row[name] for row in table.values()) for name in ("cases", "ours", "misaki")}
        cost = round(speed(told, british=british), 2)
        figures[dialect] = {"categories": table, "total": total, "us_per_character": cost}
    return figures

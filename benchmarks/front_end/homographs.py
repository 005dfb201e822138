"""Homographs in the talk of assistants: how often the word comes out right, next to misaki without a tagger.

The sentences are those of the tests. What no sentence here can show, words and sentences left out of the training, is
measured by ``python -m training.homographs.score DATA``.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.tags import tag
from kokoro_stream.phonemes.tokens import tokenize
from kokoro_stream.text.source import SourceText

SENTENCES = Path(__file__).parents[2] / "tests" / "phonemes" / "homographs.toml"
ROUNDS = 20


def scores() -> dict[str, object]:
    """Shares that come out right, by part of the sentences, and microseconds to tag one."""
    parts = tomllib.loads(SENTENCES.read_text("utf-8"))
    english, misaki = English(), Misaki()
    found: dict[str, object] = {
        name: {
            "sentences": sum(map(len, cases.values())),
            "right": _share(cases, lambda before, word, after: _said(english, before, word, after)),
            "right, misaki alone": _share(cases, lambda _before, word, _after: misaki.pronounce(word) or ""),
        }
        for name, cases in parts.items()
    }
    everything = [s.replace("*", "") for cases in parts.values() for group in cases.values() for s in group]
    found["microseconds to tag a sentence"] = _cost(everything, misaki)
    return found


def _share(cases: dict[str, list[str]], say: Callable[[str, str, str], str]) -> float:
    right = [say(*sentence.split("*")) == phonemes for phonemes, group in cases.items() for sentence in group]
    return sum(right) / len(right)


def _said(english: English, before: str, word: str, after: str) -> str:
    spoken = english.phonemize(SourceText.of(before + word + after))
    return next((found.phonemes for found in spoken.words if found.start == len(before)), "")


def _cost(sentences: list[str], misaki: Misaki) -> int:
    tokens = [tokenize(sentence, lambda _: False) for sentence in sentences]
    began = time.perf_counter()
    for _ in range(ROUNDS):
        for some in tokens:
            tag(some, misaki.variants)
    return round((time.perf_counter() - began) / ROUNDS / len(sentences) * 1e6)

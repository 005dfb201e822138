"""What each stage of the front end takes, and all of it for a sentence that comes in tokens of an LLM's size."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kokoro_stream.front_end import FrontEnd
from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.tags import tag
from kokoro_stream.phonemes.tokens import tokenize
from kokoro_stream.text.segments import Segmenter
from kokoro_stream.text.source import SourceText
from kokoro_stream.text.speakable import Speakable

from .sentences import BY_LENGTH, TWENTY_WORDS

TOKEN = 4  # characters of a piece
LIMIT = 510  # phonemes of a line, Kokoro's


def figures(rounds: int) -> dict[str, float]:
    """Microseconds of a character by stage, milliseconds of a sentence by its length."""
    found = per_character(English(), rounds)
    for length, sentences in BY_LENGTH.items():
        # A phonemizer of its own for each round: what it has said before it says faster.
        new = [taken for _ in range(rounds) for taken in sentence_ms(English(), shuffled(sentences))]
        english = English()
        list(sentence_ms(english, sentences))
        again = [taken for _ in range(rounds) for taken in sentence_ms(english, sentences)]
        found |= spread(f"sentence_of_{length}_words_new_ms", new) | spread(f"sentence_of_{length}_words_ms", again)
    return found


def per_character(english: English, rounds: int) -> dict[str, float]:
    """Each stage alone, over the sentences of twenty words."""
    texts = [SourceText.of(sentence) for sentence in TWENTY_WORDS]
    normal = [english.normalize(text) for text in texts]
    stages: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "speakable": (lambda sentence: [*(stage := Speakable()).feed(sentence), *stage.flush()], TWENTY_WORDS),
        "segments": (lambda text: [*(stage := Segmenter()).feed(text), *stage.flush()], texts),
        "normalise": (english.normalize, texts),
        "tag": (lambda text: tag(tokenize(text.text, english._keep), english._misaki.variants), normal),
        "phonemes": (english.phonemize, normal),
    }
    characters = sum(map(len, TWENTY_WORDS))
    return {
        f"{name}_us_per_character": round(min(_seconds(stage, given) for _ in range(rounds)) * 1e6 / characters, 2)
        for name, (stage, given) in stages.items()
    }


def sentence_ms(english: English, sentences: Sequence[str]) -> list[float]:
    """Milliseconds from the first piece of each sentence to its last line, the time of the calls alone."""
    taken = []
    for sentence in sentences:
        front_end = FrontEnd(english, "balanced", LIMIT)
        start = time.perf_counter()
        for at in range(0, len(sentence), TOKEN):
            front_end.feed(sentence[at : at + TOKEN])
        front_end.flush()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def shuffled(sentences: Sequence[str]) -> list[str]:
    """The sentences in some order."""
    return random.sample(sentences, len(sentences))


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    """``name_mean`` and ``name_p99``."""
    return {f"{name}_mean": round(float(np.mean(values)), 2), f"{name}_p99": round(float(np.percentile(values, 99)), 2)}


def _seconds(stage: Callable[[Any], object], given: Sequence[Any]) -> float:
    start = time.perf_counter()
    for one in given:
        stage(one)
    return time.perf_counter() - start

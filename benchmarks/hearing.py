"""How much of some speech a recogniser understands. The figure means something only beside another voice's."""

from __future__ import annotations

import re

import numpy as np
import pocketsphinx
import soxr
from numpy.typing import NDArray

from kokoro_stream.text.normalize import normalize
from kokoro_stream.text.source import SourceText

RECOGNISER_RATE = 16000  # Hz, of pocketsphinx's own English model
SILENCE_SECONDS = 0.3  # around the speech: without it, who cuts his silence short is heard a tenth worse


def heard(samples: NDArray[np.float32], sample_rate: int) -> list[str]:
    """The words that pocketsphinx hears in mono ``samples`` (−1…1)."""
    decoder = pocketsphinx.Decoder(samprate=RECOGNISER_RATE, loglevel="FATAL")
    speech = np.pad(soxr.resample(samples, sample_rate, RECOGNISER_RATE), round(SILENCE_SECONDS * RECOGNISER_RATE))
    decoder.start_utt()
    decoder.process_raw((np.clip(speech, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return spoken_words(hypothesis.hypstr) if hypothesis else []


def spoken_words(text: str) -> list[str]:
    """Lower-case words of ``text`` as they are said: numbers, dates and abbreviations read out."""
    spoken = normalize(SourceText.of(text)).text.lower().replace("’", "'")
    return re.findall(r"[a-z]+(?:'[a-z]+)*", spoken)


def word_errors(said: list[str], understood: list[str]) -> int:
    """Fewest words to replace, leave out or put in to turn one into the other."""
    distances = list(range(len(understood) + 1))
    for position, word in enumerate(said, start=1):
        diagonal, distances[0] = distances[0], position
        for column, other in enumerate(understood, start=1):
            best = min(diagonal + (word != other), distances[column] + 1, distances[column - 1] + 1)
            diagonal, distances[column] = distances[column], best
    return distances[-1]

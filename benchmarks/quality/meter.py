"""The meters' side: reads items from standard input, writes the scores of each. ``python -m benchmarks.quality.meter``.

It runs in the environment of the dependency group ``quality``, which has neither this project's package nor what that
needs. Arguments: the work folder, and the folder of Whisper's model.
"""

from __future__ import annotations

import os
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from .manifest import Heard, Item, Scores

RATE = 16000  # Hz, of every meter
BEAM = 5
THREADS = 2

Samples = NDArray[np.float32]


def main() -> None:
    work, whisper = Path(sys.argv[1]), sys.argv[2]
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    meters = Meters(whisper)
    with answers:
        for line in sys.stdin:
            print(meters.scores(work, Item.from_json(line)).to_json(), file=answers, flush=True)


class Meters:
    """Everything that listens, loaded once."""

    def __init__(self, whisper: str) -> None:
        from faster_whisper import WhisperModel

        self._whisper = WhisperModel(whisper, device="cpu", compute_type="int8", cpu_threads=THREADS)

    def scores(self, work: Path, item: Item) -> Scores:
        """What was asked of one item."""
        samples = read(work / item.wav)
        found: dict[str, Any] = {}
        if "words" in item.measures:
            found |= self._words(samples, item.language)
        if "mos" in item.measures:
            found |= _opinion(samples)
        if "likeness" in item.measures:
            found |= _likeness(read(work / item.reference), samples)
        return Scores(item.id, **found)

    def _words(self, samples: Samples, language: str) -> dict[str, Any]:
        segments, _ = self._whisper.transcribe(
            samples,
            language=language[:2],
            beam_size=BEAM,
            temperature=0,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        heard = list(segments)
        words = [Heard(word.word.strip(), round(word.start, 3), round(word.end, 3)) for s in heard for word in s.words]
        return {"heard": "".join(segment.text for segment in heard).strip(), "words": tuple(words)}


def read(path: Path) -> Samples:
    """A WAV file of one channel and 16 bits, at `RATE`."""
    with wave.open(str(path)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise ValueError(f"{path} is not of one channel and 16 bits")
        rate, content = file.getframerate(), file.readframes(file.getnframes())
    samples = np.frombuffer(content, "<i2").astype(np.float32) / 32768
    return np.asarray(np.clip(soxr.resample(samples, rate, RATE), -1, 1), np.float32)


def _opinion(samples: Samples) -> dict[str, float]:
    from speechmos import dnsmos

    found = dnsmos.run(samples, sr=RATE)
    return {
        "overall": round(float(found["ovrl_mos"]), 4),
        "signal": round(float(found["sig_mos"]), 4),
        "background": round(float(found["bak_mos"]), 4),
    }


def _likeness(reference: Samples, samples: Samples) -> dict[str, float | None]:
    from pesq import PesqError, pesq
    from pystoi import stoi

    length = min(len(reference), len(samples))
    try:
        quality = round(float(pesq(RATE, reference[:length], samples[:length], "wb")), 4)
    except PesqError:  # nothing was said, or less than a quarter of a second
        quality = None
    return {"pesq": quality, "stoi": round(float(stoi(reference[:length], samples[:length], RATE)), 4)}


if __name__ == "__main__":
    main()

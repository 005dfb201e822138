"""From a folder of text to lessons on disk: our front end writes the phonemes, the teacher speaks them.

``python -m training.voice.lessons TEXTS OUT [--sentences N] [--short N]``. Batches are saved as they finish and found
again when the command is repeated.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from kokoro_stream.phonemes.english import English
from kokoro_stream.text.source import SourceText

from . import teacher, texts

BATCH = 200
BRITISH_SHARE = 8  # one sentence in eight is written in British symbols, so that they are heard too
SPELLED = 3  # names spelled out letter by letter would crowd out words; acronyms may stay
HELD_OUT = Path("benchmarks/data/heldout.txt")


def phonemized(sentence: str, english: English) -> tuple[str, list[str]]:
    """Phonemes as our front end writes them, and a written word for each space-separated part that has sounds."""
    utterance = english.phonemize(SourceText.of(sentence))
    if any(word.phonemes.count(" ") > SPELLED for word in utterance.words):
        return "", []
    written = []
    for chunk in teacher.speakable(utterance.phonemes) or []:
        inside = [w.text for w in utterance.words if w.first < chunk.last and w.last > chunk.first]
        written.append("".join(inside) if inside else "x")
    return utterance.phonemes, written


def make_batch(number: int, sentences: list[str], out: Path, beta: float) -> int:
    """Write ``out/NNNN.npz``; returns how many lessons it holds."""
    american, british = English(), English(british=True)
    prepared = [
        phonemized(text, british if (number * BATCH + i) % BRITISH_SHARE == 0 else american)
        for i, text in enumerate(sentences)
    ]
    lessons = [lesson for lesson in teacher.teach(prepared, beta) if lesson]
    arrays = {
        "phonemes": np.array([lesson.phonemes for lesson in lessons]),
        "tokens": np.array([len(lesson.durations) for lesson in lessons]),
        "frames": np.array([len(lesson.pitch) for lesson in lessons]),
        "durations": np.concatenate([lesson.durations for lesson in lessons]).astype(np.int16),
        "spectrum": np.concatenate([lesson.spectrum for lesson in lessons]).astype(np.float16),
        "pitch": np.concatenate([lesson.pitch for lesson in lessons]).astype(np.float32),
    }
    partial = out / f"{number:04}.part.npz"
    np.savez(partial, **arrays)  # type: ignore[arg-type]
    partial.rename(out / f"{number:04}.npz")
    return len(lessons)


def lexicon_words() -> list[str]:
    """Lower-case words of misaki's American lexicon that have one pronunciation."""
    import json
    from importlib.resources import files

    gold = json.loads((files("misaki.data") / "us_gold.json").read_bytes())
    return sorted(word for word, said in gold.items() if isinstance(said, str) and word.isalpha() and word.islower())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, help="folder of .txt and .tsv files")
    parser.add_argument("out", type=Path)
    parser.add_argument("--sentences", type=int, default=3300)
    parser.add_argument("--short", type=int, default=900)
    parser.add_argument("--beta", type=float, default=0.0, help="post-filter of the teacher, 0 to 1")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    held_out = set(HELD_OUT.read_text(encoding="utf8").splitlines())
    sentences = texts.corpus(options.texts, held_out, options.sentences, options.short, lexicon_words())
    batches = [sentences[i : i + BATCH] for i in range(0, len(sentences), BATCH)]
    print(f"{len(sentences)} sentences in {len(batches)} batches", flush=True)
    begun, made = time.monotonic(), 0
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [
            pool.submit(make_batch, number, batch, options.out, options.beta)
            for number, batch in enumerate(batches)
            if not (options.out / f"{number:04}.npz").exists()
        ]
        for job in jobs:
            made += job.result()
            print(f"{made} lessons, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()

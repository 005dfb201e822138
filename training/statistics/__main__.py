"""``python -m training.statistics TEXTS MODEL WORK``: learns what predicts a model's statistics, and measures it.

TEXTS is a folder of plain text files, one a language (``en.txt``, ``es.txt``, ``ja.txt`` …), a sentence a line; MODEL a
folder that `kokoro_stream.model.install` made. Each lesson is kept in WORK, so that what was interrupted goes on. The
statistics of Kokoro-82M were learned from 979 sentences of its 54 voices, an hour on two cores: of an English corpus of
homographs (Apache-2.0) and of quotations, 28 voices; of spoken forms of numbers, dates and addresses (Apache-2.0) in
the other seven languages, 26 voices.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.learning import KNOWN
from kokoro_stream.model.measuring import Measuring
from kokoro_stream.model.statistics import error, fit

from .lessons import draws, learn, read

COUNT, RANK, SEED = 1000, 192, 77
HELD_OUT = 10  # every so manieth lesson is not learned from at first, but tells how good the prediction is


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--count", type=int, default=COUNT, help=f"lessons; default {COUNT}")
    parser.add_argument("--output", type=Path, default=KNOWN / "kokoro-82m-v1.0.npz")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    _collect(options.texts, options.model, options.work, options.count)
    lessons = [read(path) for path in sorted(options.work.glob("*.npz"))]
    prosodies, measured = [one for one, _ in lessons], [one for _, one in lessons]
    learned = [number for number in range(len(lessons)) if number % HELD_OUT]
    trial = fit([prosodies[n] for n in learned], [measured[n] for n in learned], rank=RANK)
    errors = [error(trial.of(prosodies[n]), measured[n]) for n in range(0, len(lessons), HELD_OUT)]
    print(f"held out: mean square {np.mean(errors):.4f}, median {np.median(errors):.4f}, worst {max(errors):.4f}")
    fit(prosodies, measured, rank=RANK).write(options.output)
    print(f"{options.output}: {options.output.stat().st_size:,} bytes, from {len(lessons)} lessons")


def _collect(folder: Path, model_folder: Path, work: Path, count: int) -> None:
    texts = {path.stem: path.read_text("utf-8").splitlines() for path in sorted(folder.glob("*.txt"))}
    model = KokoroModel.load(model_folder, taught=False)
    measuring = Measuring(model, model_folder)
    begun, done = time.monotonic(), 0
    for draw in draws(model.voices.names, texts, count, SEED):
        path = work / f"{draw.number:05d}.npz"
        if path.exists():
            continue
        done += learn(model, measuring, draw, path)
        left = (time.monotonic() - begun) / max(done, 1) * (count - draw.number - 1)
        print(f"\r{draw.number + 1} of {count}, {left / 60:.0f} min left ", end="", flush=True)
    print()


if __name__ == "__main__":
    main()

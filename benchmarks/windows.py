"""What a window of Kokoro costs, and what is done about it: ``python -m benchmarks.windows --model FOLDER``.

FOLDER is an installed model. Windows have the context they have within a sentence.

``cropped``: parts of the decoder are spared the context that they do not see (`kokoro_stream.model.crop`). Processor
time of one thread, as a ratio to the same window computed to its edges, and to one without context; beside that, what
it is reckoned to be (`KokoroModel.toll`).
``halves``: long windows are decoded in two halves at once (`kokoro_stream.model.onnx_twins`). Time gone by, as a ratio
to one run with all threads.
Both are medians over rounds in which all take turns. Memory is what a fresh process holds more with the model loaded,
and after windows of several sizes, in MB: as it is, and with the decoder opened once, directly.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from kokoro_stream.model import session
from kokoro_stream.model.install import SENTENCE
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.providers import Runtime, usable_cores

from .graph_steps import WARM_UPS, seconds
from .report import arguments, publish
from .session_options import GROWING

SIZES = (10, 20, 40, 80)
HALVED = (40, 60, 80, 120)


def cropping(folder: Path, rounds: int) -> dict[str, float]:
    """With one thread."""
    model = KokoroModel.load(folder)
    prosody = model.prosody(SENTENCE * 3, "", 1.0)
    figures: dict[str, float] = {}
    margin = model.card.margin_frames
    for frames in SIZES:
        begin = prosody.sounding.start + margin
        window = slice(begin - margin, begin + frames + margin)
        taken = seconds(
            {
                "bare": partial(model.decode, prosody, slice(begin, begin + frames)),
                "whole": partial(model.decode, prosody, window),
                "cropped": partial(model.decode, prosody, window, context=(margin, margin)),
            },
            rounds,
        )
        figures[f"{frames} frames, with context, cpu ms"] = round(taken["whole"] * 1000, 1)
        figures[f"{frames} frames, cropped"] = round(taken["cropped"] / taken["whole"], 3)
        figures[f"{frames} frames, cropped, to no context"] = round(taken["cropped"] / taken["bare"], 3)
        figures[f"{frames} frames, as reckoned"] = round(1 + model.toll(margin, margin) / frames, 3)
    return figures


def halving(folder: Path, threads: int, rounds: int) -> dict[str, float]:
    """With that many threads."""
    model = KokoroModel.load(folder, runtime=Runtime(provider="cpu", threads=threads))
    prosody = model.prosody(SENTENCE * 3, "", 1.0)
    margin, figures = model.card.margin_frames, {}
    for frames in HALVED:
        window = slice(prosody.sounding.start, prosody.sounding.start + frames + 2 * margin)
        taken = wall(
            {
                name: partial(decode, prosody, window, context=(margin, margin))
                for name, decode in (("one run", model.decode), ("halves", model.decode_in_halves))
            },
            rounds,
        )
        figures[f"{frames} frames, one run, wall ms"] = round(taken["one run"] * 1000, 1)
        figures[f"{frames} frames, halves"] = round(taken["halves"] / taken["one run"], 3)
    return figures


def wall(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Time gone by of each, the median over the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + WARM_UPS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - start)
    return {name: float(np.median(times[WARM_UPS:])) for name, times in taken.items()}


def memory(folder: Path, threads: int, twins: bool) -> tuple[int, int]:
    """MB with the model loaded, and after it has spoken. For a process of its own."""
    if not twins:
        session.TWINS_PAY_BYTES = 1 << 62
    process = psutil.Process()
    before = int(process.memory_info().rss)
    model = KokoroModel.load(folder, runtime=Runtime(provider="cpu", threads=threads))
    loaded = int(process.memory_info().rss) - before
    prosody = model.prosody(SENTENCE * 3, "", 1.0)
    for frames in GROWING:
        model.decode_in_halves(prosody, slice(0, frames))
    return round(loaded / 1e6), round((int(process.memory_info().rss) - before) / 1e6)


def main() -> None:
    options = arguments(__doc__, model="kokoro", threads=usable_cores(), rounds=9)
    folder = Path(options.model)
    figures = cropping(folder, options.rounds) | halving(folder, options.threads, options.rounds)
    spawn = multiprocessing.get_context("spawn")
    for name, twins in (("as it is", True), ("decoder opened once", False)):
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            loaded, spoken = process.submit(memory, folder, options.threads, twins).result()
        figures |= {f"memory, {name}, loaded, MB": loaded, f"memory, {name}, spoken, MB": spoken}
    publish("windows", figures, as_json=options.json)


if __name__ == "__main__":
    main()

"""What each rewriting of Kokoro's graph is worth: ``python -m benchmarks.graph_steps --model kokoro.onnx``.

The file is cut with one rewriting more each time (`kokoro_stream.model.rewrite`); every figure is a ratio to the plain
cut, of the processor time of one thread (which other processes disturb less than the clock), the median over rounds in
which all take turns. Decoder by window, in frames of 25 ms; prosody by phonemes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kokoro_stream.model.cut import STEPS, Cut, cut
from kokoro_stream.model.graph import read_graph
from kokoro_stream.model.kokoro import ONE_THREAD
from kokoro_stream.model.session import open_session

from .report import arguments, publish

WINDOWS = (14, 40, 80)
PHONEMES = (20, 60, 160)
WARM_UPS = 2
CUMULATIVE = {"plain": 0} | {f"+ {step}": count for count, step in enumerate(STEPS, 1)}

Inputs = dict[str, NDArray[Any]]


def versions(path: Path) -> dict[str, Cut]:
    """The cut graph with ever more rewritings."""
    return {name: cut(read_graph(path), STEPS[:count]) for name, count in CUMULATIVE.items()}


def frames(made: Cut, count: int) -> Inputs:
    """A window of noise with a voice of 150 Hz."""
    random = np.random.default_rng(0)
    sizes = {"frames": count, "points": 2 * count, "S": 256}
    given = {}
    for value in made.decoder.graph.input:
        shape = [sizes[dim.dim_param] if dim.dim_param else dim.dim_value for dim in value.type.tensor_type.shape.dim]
        given[value.name] = random.normal(0, 0.2, shape).astype(np.float32)
    given["f0"] = np.full_like(given["f0"], 150)
    given |= {name: np.zeros_like(given[name]) for name in ("norms", "phase") if name in given}
    return given | ({"context": np.zeros((2, 2), np.int64)} if "context" in given else {})


def phonemes(count: int) -> Inputs:
    """Tokens without a meaning."""
    random = np.random.default_rng(0)
    return {
        "input_ids": np.array([[0, *random.integers(43, 100, count), 0]], np.int64),
        "style": random.normal(0, 0.2, (1, 256)).astype(np.float32),
        "speed": np.ones(1, np.float32),
    }


def seconds(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Processor time of each, the median over the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + WARM_UPS):
        for name, run in runs.items():
            start = time.process_time()
            run()
            taken[name].append(time.process_time() - start)
    return {name: float(np.median(times[WARM_UPS:])) for name, times in taken.items()}


def main() -> None:
    options = arguments(__doc__, model="kokoro.onnx", rounds=7)
    cuts = versions(Path(options.model))
    figures: dict[str, float] = {}
    for what, sizes in (("decoder", WINDOWS), ("prosody", PHONEMES)):
        sessions = {
            name: open_session(getattr(made, what).SerializeToString(), ONE_THREAD) for name, made in cuts.items()
        }
        for size in sizes:
            given = {name: frames(made, size) if what == "decoder" else phonemes(size) for name, made in cuts.items()}
            taken = seconds({name: partial(sessions[name].run, given[name]) for name in cuts}, options.rounds)
            figures[f"{what} {size}, plain, ms"] = round(taken["plain"] * 1000, 1)
            figures |= {f"{what} {size}, {name}": round(taken[name] / taken["plain"], 3) for name in list(cuts)[1:]}
    publish("graph_steps", figures, as_json=options.json)


if __name__ == "__main__":
    main()

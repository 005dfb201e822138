"""What the settings of a session are worth: a model's decoder, a window at a time, under one setting after another.

Each is given as a ratio to how we run it; wall time and the process's own processor time, which other processes disturb
less. Memory is what a fresh process holds more after windows of 20, 40, 80, 120 and 20 frames, in MB.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import psutil
from numpy.typing import NDArray

from kokoro_stream.model.folder import BUILTIN, DECODER
from kokoro_stream.model.providers import Runtime
from kokoro_stream.model.session import open_session

from .report import arguments, publish

FRAMES = (20, 40, 80)
GROWING = (20, 40, 80, 120, 20)
VARIANTS = ("ours", "no arena", "sleeping", "denormals as zero", "one size", "bound", "openvino")
WARM_UPS = 2

Inputs = dict[str, NDArray[Any]]


def inputs(path: Path, frames: int) -> Inputs:
    """Something to decode: voiced, otherwise noise."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    sizes = {"frames": frames, "points": 2 * frames}
    random = np.random.default_rng(0)
    made = {}
    for tensor in session.get_inputs():
        shape = [sizes.get(size, size) for size in tensor.shape]
        made[tensor.name] = random.normal(0, 0.1, shape).astype(np.float32)
    made["f0"] = np.full_like(made["f0"], 150)
    made |= {name: np.zeros_like(made[name]) for name in ("norms", "phase") if name in made}
    return made | ({"context": np.zeros((2, 2), np.int64)} if "context" in made else {})


def variant(name: str, path: Path, threads: int, example: Inputs) -> Callable[[Inputs], object]:
    """Runs the decoder on windows; those of "one size" and "bound" must be of the size of ``example``."""
    if name in ("ours", "openvino"):
        return open_session(path, Runtime(provider="cpu" if name == "ours" else "openvino", threads=threads)).run
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = name != "no arena"
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0" if name == "sleeping" or threads == 1 else "1"
    )
    options.add_session_config_entry("session.set_denormal_as_zero", "1" if name == "denormals as zero" else "0")
    if name == "one size":
        options.add_free_dimension_override_by_name("frames", example["features"].shape[2])
        options.add_free_dimension_override_by_name("points", example["f0"].shape[1])
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    if name == "bound":
        return lambda given: session.run_with_iobinding(bound(session, given))
    return lambda given: session.run(None, given)


def bound(session: Any, given: Inputs) -> Any:
    """The inputs without a copy, the outputs where they come to lie."""
    binding = session.io_binding()
    for name, array in given.items():
        binding.bind_cpu_input(name, array)
    for tensor in session.get_outputs():
        binding.bind_output(tensor.name)
    return binding


def ratios(path: Path, threads: int, frames: int, rounds: int) -> dict[str, float]:
    """Each variant's median wall and processor time as a ratio to ours, taken in turns; ours in milliseconds."""
    given = inputs(path, frames)
    runs = {name: variant(name, path, threads, given) for name in VARIANTS}
    wall: dict[str, list[float]] = {name: [] for name in runs}
    cpu: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + WARM_UPS):
        for name, run in runs.items():
            start, used = time.perf_counter(), time.process_time()
            run(given)
            wall[name].append(time.perf_counter() - start)
            cpu[name].append(time.process_time() - used)
    figures = {}
    for kind, taken in (("wall", wall), ("cpu", cpu)):
        medians = {name: float(np.median(seconds[WARM_UPS:])) for name, seconds in taken.items()}
        figures[f"{frames} frames, ours, {kind} ms"] = round(medians["ours"] * 1000, 1)
        for name in VARIANTS[1:]:
            figures[f"{frames} frames, {name}, {kind} ratio"] = round(medians[name] / medians["ours"], 3)
    return figures


def memory(name: str, path: Path, threads: int, windows: list[Inputs]) -> float:
    """MB that a session holds after windows of several sizes. For a process of its own."""
    process = psutil.Process()
    before = int(process.memory_info().rss)
    run = variant(name, path, threads, windows[0])
    for window in windows:
        run(window)
    return round((int(process.memory_info().rss) - before) / 1e6, 1)


def main() -> None:
    options = arguments(__doc__, model=str(BUILTIN), threads=2, rounds=8)
    path = Path(options.model) / DECODER
    figures: dict[str, float] = {}
    for frames in FRAMES:
        figures |= ratios(path, options.threads, frames, options.rounds)
    windows = [inputs(path, frames) for frames in GROWING]
    spawn = multiprocessing.get_context("spawn")
    for name in ("ours", "no arena", "openvino"):
        with ProcessPoolExecutor(1, mp_context=spawn) as process:
            figures[f"memory, {name}, MB"] = process.submit(memory, name, path, options.threads, windows).result()
    publish("session_options", figures, as_json=options.json)


if __name__ == "__main__":
    main()

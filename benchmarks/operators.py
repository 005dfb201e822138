"""Where the time goes, operator by operator: ``python -m benchmarks.operators --model kokoro.onnx``.

One thread computes some seconds of speech with the uncut graph, then with both halves of the cut one, while ONNX
Runtime's profiler looks on. Given are the milliseconds of the kinds of operators that take longest, the sum of the
others, and how many GFLOP a second the convolutions reach, beside what one thread reaches in a large matrix product:
that is how near they are to what this processor can do. "floor" is the part of the uncut graph's time that the
convolutions of the decoder and the prosody take together: no rewriting of the rest can bring us below it.

What other processes took of a run's time is taken off each of its operators alike.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

from kokoro_stream.model.cut import cut
from kokoro_stream.model.graph import read_graph

from .graph_steps import frames, phonemes
from .report import arguments, publish

SHOWN = 6  # kinds of operators
RUNS = 4
MATRIX = 1024
CONVOLUTIONS = ("Conv", "FusedConv")
GFLOP_PER_FRAME = 1.3  # of the decoder of Kokoro-82M in its convolutions: 52 for a second

Inputs = dict[str, NDArray[Any]]


def profile(graph: Path, given: Inputs, scratch: Path) -> Counter[str]:
    """Milliseconds of processor time of a run by kind of operator, the least of `RUNS` runs, with one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    options.profile_file_prefix = str(scratch / graph.stem)
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    shares = [at_work(partial(session.run, None, given))[1] for _ in range(RUNS + 1)]
    events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    begun = [event["ts"] for event in events if event["name"] == "model_run"]
    runs = [Counter[str]() for _ in begun]
    for event in events:
        if event["name"].endswith("_kernel_time"):
            number = sum(event["ts"] >= start for start in begun) - 1
            runs[number][event["args"]["op_name"]] += event["dur"] / 1000 * shares[number]
    return min(runs[1:], key=Counter.total)  # the first one allocates


def at_work(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor that a run takes, and their share of the time gone by; others had the rest."""
    start, computed = time.perf_counter(), time.process_time()
    run()
    computed = time.process_time() - computed
    return computed, computed / (time.perf_counter() - start)


def peak() -> float:
    """GFLOP a second of one thread in a product of large matrices, by the same library."""
    shape = [MATRIX, MATRIX]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("a", "b", "product")]
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["product"])], "peak", values[:2], values[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    given = {name: np.ones(shape, np.float32) for name in ("a", "b")}
    taken = [at_work(partial(session.run, None, given))[0] for _ in range(8 * RUNS)]
    return 2 * MATRIX**3 / min(taken) / 1e9


def measure(source: Path, count: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    with TemporaryDirectory() as scratch:
        made = cut(read_graph(source))
        halves = {name: Path(scratch, f"{name}.onnx") for name in ("prosody", "decoder")}
        for name, path in halves.items():
            onnx.save(getattr(made, name), path)
        spoken = phonemes(count)
        uncut = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
        said = dict(zip((value.name for value in uncut.get_inputs()), spoken.values(), strict=True))
        length = round(uncut.run(None, said)[0].size / 600)
        del uncut
        taken = {
            "uncut": profile(source, said, Path(scratch)),
            "prosody": profile(halves["prosody"], spoken, Path(scratch)),
            "decoder": profile(halves["decoder"], frames(made, length), Path(scratch)),
        }
    total = taken["uncut"].total()
    figures["audio, s"] = length / 40
    for name, kinds in taken.items():
        figures[f"{name}, ms"] = round(kinds.total(), 1)
        shown = kinds.most_common(SHOWN)
        figures |= {f"{name}, {kind}, ms": round(spent, 1) for kind, spent in shown}
        figures[f"{name}, others, ms"] = round(kinds.total() - sum(spent for _, spent in shown), 1)
    convolutions = sum(taken["decoder"][kind] for kind in CONVOLUTIONS)
    figures["decoder, convolutions, GFLOP/s"] = round(GFLOP_PER_FRAME * length / convolutions * 1000)
    figures["matrix product, GFLOP/s"] = round(peak())
    figures["cut / uncut"] = round((taken["prosody"].total() + taken["decoder"].total()) / total, 3)
    figures["floor / uncut"] = round((taken["prosody"].total() + convolutions) / total, 3)
    return figures


def main() -> None:
    options = arguments(__doc__, model="kokoro.onnx", phonemes=40)
    publish("operators", measure(Path(options.model), options.phonemes), as_json=options.json)


if __name__ == "__main__":
    main()

"""Two sessions of one graph that share its weights.

One computes with all threads, for who waits for it; two runs of the other side by side, with half of the threads each,
get through more: what ONNX Runtime computes on one thread however many there are (the sines, 7 % of Kokoro's decoder),
and the waiting for one another at the end of each operator, then stop only one of two.

ONNX Runtime puts weights into the order of its blocked kernels when it opens a graph, for every session anew. Here that
is done once: the optimised graph goes through a temporary folder, and both sessions take its weights from one array.
So both together take no more memory than one that is opened directly (`benchmarks.windows`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..errors import ModelError
from .onnx_session import CPU, OnnxSession, open_graph, session_options
from .providers import Runtime

GRAPH, WEIGHTS = "optimised.onnx", "weights.bin"
INLINE_BYTES = "1024"  # smaller constants stay in the graph: they are shapes and scalars

Weights = Mapping[str, NDArray[Any]]


def open_twins(path: Path, runtime: Runtime) -> tuple[OnnxSession, OnnxSession]:
    """A session with all of the threads, and one with half of them. Blocking.

    Raises `ModelError`, also when the temporary folder has no room for the graph.
    """
    try:
        with TemporaryDirectory(prefix="kokoro-stream-") as scratch:
            optimised = Path(scratch, GRAPH)
            _optimise(path, optimised)
            weights = _weights(optimised)
            threads = runtime.cores, max(1, runtime.cores // 2)
            whole, half = (_opened(optimised, weights, replace(runtime, threads=count)) for count in threads)
    except OSError as error:
        raise ModelError(f"the folder for temporary files cannot be used ({error})") from error
    return whole, half


def _optimise(path: Path, to: Path) -> None:
    options = session_options(Runtime(threads=1), {})
    options.optimized_model_filepath = str(to)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", WEIGHTS)
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", INLINE_BYTES)
    open_graph(path, options, [CPU])


def _weights(optimised: Path) -> Weights:
    """What lies in the file beside the graph."""
    import onnx  # here, because importing it takes a twentieth of a second, and most speaking does without
    from onnx.external_data_helper import ExternalDataInfo, uses_external_data
    from onnx.helper import tensor_dtype_to_np_dtype

    stored = np.fromfile(optimised.with_name(WEIGHTS), np.uint8)
    weights = {}
    for tensor in onnx.load(optimised, load_external_data=False).graph.initializer:
        if uses_external_data(tensor):
            place = ExternalDataInfo(tensor)
            values = stored[place.offset :][: place.length]
            weights[tensor.name] = values.view(tensor_dtype_to_np_dtype(tensor.data_type)).reshape(tuple(tensor.dims))
    return weights


def _opened(optimised: Path, weights: Weights, runtime: Runtime) -> OnnxSession:
    options = session_options(runtime, {})
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    values = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in weights.items()}
    for name, value in values.items():
        options.add_initializer(name, value)
    return OnnxSession(open_graph(optimised, options, [CPU]), kept=values)

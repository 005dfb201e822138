"""Sessions that OpenVINO computes, on the processor. The only module of the package that imports openvino."""

from __future__ import annotations

import importlib
import math
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ModelError, StoppedError
from .stop import Stop

Shapes = tuple[tuple[int, ...], ...]
SMALLEST_RINSE = 4  # in units of the smallest input there is; enough for what pads its input by mirroring it


class OpenVinoSession:
    """One loaded model. Safe to call from several threads, which take turns: each run has all the threads."""

    provider = "OpenVINO"
    parallel = False

    def __init__(self, compiled: Any, outputs: Sequence[str]) -> None:
        self.inputs = tuple(port.get_any_name() for port in compiled.inputs)
        # A port has the names of all tensors that are the same one, those of the graph's inside too.
        self.outputs = tuple(next(name for name in outputs if name in port.get_names()) for port in compiled.outputs)
        # Time is the last dimension of whatever has one.
        self._timed = [port.get_partial_shape()[-1].is_dynamic for port in compiled.inputs]
        self._request = compiled.create_infer_request()
        self._turn = threading.Lock()
        self._stains = _Stains()

    def run(self, inputs: Mapping[str, NDArray[Any]], stop: Stop | None = None) -> dict[str, NDArray[Any]]:
        """The outputs by name. Blocking. Raises `StoppedError` once ``stop`` is set, before or during the run."""
        given = [np.ascontiguousarray(inputs[name]) for name in self.inputs]
        shapes = tuple(array.shape for array in given)
        with self._turn:
            if any(self._timed) and self._stains.on(shapes):
                self._rinse(given)
            try:
                return self._compute(given, stop or Stop())
            except StoppedError:
                self._stains.stopped(shapes)
                raise

    def _compute(self, given: list[NDArray[Any]], stop: Stop) -> dict[str, NDArray[Any]]:
        start = partial(self._request.start_async, dict(enumerate(given)))
        with stop.during(self._request.cancel, start):  # what is cancelled before it started runs on
            self._request.wait()
        self._stains.finished(tuple(array.shape for array in given))
        return {name: self._request.get_output_tensor(at).data.copy() for at, name in enumerate(self.outputs)}

    def _rinse(self, given: list[NDArray[Any]]) -> None:
        """A short run of a size that left no stain."""
        unit = math.gcd(*(array.shape[-1] for array, timed in zip(given, self._timed, strict=True) if timed))
        for factor in count(SMALLEST_RINSE):
            short = [
                _scaled(array, unit, factor) if timed else array
                for array, timed in zip(given, self._timed, strict=True)
            ]
            if not self._stains.on(tuple(array.shape for array in short)):
                self._compute(short, Stop())
                return


class _Stains:
    """Sizes that a graph of free sizes must not see next, because runs were cut short.

    A node works out its output's size anew when its inputs' size differs from that of its last complete execution.
    A run that is stopped may leave nodes resized but not executed; a run of the size before then finds outputs of
    the wrong size (seen with OpenVINO 2026.4). A run of any other size, or of the stopped one again, sets it right.
    """

    def __init__(self) -> None:
        self._sizes: set[Shapes] = set()
        self._last_finished: Shapes | None = None
        self._last_stopped: Shapes | None = None

    def on(self, shapes: Shapes) -> bool:
        return shapes in self._sizes and shapes != self._last_stopped

    def stopped(self, shapes: Shapes) -> None:
        self._sizes |= {shapes} | ({self._last_finished} if self._last_finished else set())
        self._last_stopped = shapes

    def finished(self, shapes: Shapes) -> None:
        self._sizes.clear()
        self._last_finished, self._last_stopped = shapes, None


def _scaled(array: NDArray[Any], unit: int, factor: int) -> NDArray[Any]:
    """``array`` made ``factor`` / ``unit`` times as long, cut off or repeated."""
    size = array.shape[-1]
    scaled: NDArray[Any] = np.take(array, np.arange(size // unit * factor) % size, -1)
    return scaled


def open_openvino(
    source: Path | bytes, threads: int, dimensions: Mapping[str, Sequence[int | str]], outputs: Sequence[str]
) -> OpenVinoSession:
    """Compiles an ONNX file (or its bytes). Raises `ModelError`. Blocking: takes a second or more.

    ``dimensions`` are the inputs', by input; those with a name are free. ``outputs`` are names.
    It computes in float32: bfloat16, OpenVINO's own choice on processors that have it, ruins the pitch of the voice.
    """
    openvino = _imported()
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,  # bound to a core, a thread waits for whoever else has it
    }
    try:
        core = openvino.Core()
        model = core.read_model(source)
        model.reshape({name: _shape(dims) for name, dims in dimensions.items()})
        return OpenVinoSession(core.compile_model(model, "CPU", settings), outputs)
    except Exception as error:  # OpenVINO's errors share no base but Exception
        name = f"{len(source)} bytes" if isinstance(source, bytes) else str(source)
        raise ModelError(f"{name} cannot be loaded by OpenVINO: {error}") from error


def openvino_version() -> str:
    """Version of openvino."""
    return str(_imported().get_version())


def _imported() -> ModuleType:
    """The library, without its telemetry, which would report every import to its makers over the network."""
    absent = "openvino_telemetry" not in sys.modules
    if absent:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # an import of it fails then
    try:
        return importlib.import_module("openvino")
    finally:
        if absent:
            del sys.modules["openvino_telemetry"]


def _shape(dims: Sequence[int | str]) -> list[int]:
    return [-1 if isinstance(size, str) else size for size in dims]

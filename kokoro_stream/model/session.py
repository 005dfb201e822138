"""Loaded models, whatever computes them: `providers` says what there is to choose from."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from ..errors import ModelError, ProviderError
from .onnx_session import available_providers, check_gpu, open_gpu, open_onnx, runtime_version
from .onnx_twins import open_twins
from .openvino_session import open_openvino
from .providers import Dimensions, Runtime, Sizes, gpus, lacking
from .stop import Stop

__all__ = [
    "Session",
    "Stop",
    "Tensor",
    "available_providers",
    "check",
    "open_decoder",
    "open_session",
    "runtime_version",
]

logger = logging.getLogger(__name__)

Tensor = NDArray[Any]

AUTOMATIC = Runtime()

# Below this, moving the inputs and starting the kernels costs a GPU more than a core takes to compute.
GPU_PAYS_BYTES = 64 * 1024 * 1024
TWINS_PAY_BYTES = 32 * 1024 * 1024  # of a decoder; a smaller one is through before a second thread has woken up
# Two runs of a session share its n/2 − 1 threads, beside their own two: of more than two cores, some would idle.
TWINS_PAY_THREADS = 2


class Session(Protocol):
    """One loaded model. Safe to call from several threads.

    ``inputs`` and ``outputs`` are names; ``provider`` is what is really active; ``parallel`` says whether several runs
    at once are faster than one after the other.
    """

    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...
    @property
    def provider(self) -> str: ...
    @property
    def parallel(self) -> bool: ...

    def run(self, inputs: Mapping[str, Tensor], stop: Stop | None = None) -> dict[str, Tensor]:
        """The outputs by name. Blocking. Raises `StoppedError` once ``stop`` is set, before or during the run."""


def open_session(
    source: Path | bytes,
    runtime: Runtime = AUTOMATIC,
    *,
    shapes: Mapping[str, int] | None = None,
    sizes: Sizes | None = None,
) -> Session:
    """Loads an ONNX file (or its bytes). Blocking.

    ``shapes`` fixes dimensions by their names, for a graph that is only run so. ``sizes`` tells what the free ones will
    be (smallest, usual, largest), which TensorRT wants to know; a graph without them runs with CUDA beside it.
    Raises `ModelError` when it is not a model that can be loaded, `ProviderError` when what ``runtime`` asks for is not
    usable here.
    """
    shapes, sizes = shapes or {}, sizes or {}
    if runtime.provider == "openvino":
        check(runtime)
        return open_openvino(source, runtime.cores, *_signature(source, shapes))
    if runtime.provider in ("cuda", "tensorrt"):
        return open_gpu(source, runtime, shapes, _signature(source, shapes)[0], sizes)
    if runtime.provider == "auto" and _gpu_pays(source):
        try:
            return open_gpu(source, replace(runtime, provider="cuda"), shapes, {}, {})
        except ProviderError as error:
            logger.warning("there is a GPU, but the processor computes: %s", error)
    return open_onnx(source, runtime, shapes)


def open_decoder(path: Path, runtime: Runtime, sizes: Sizes) -> tuple[Session, Session | None]:
    """As `open_session`, and the same with half of the threads where two runs of that, side by side, take less time."""
    if runtime.cores == TWINS_PAY_THREADS and _bytes(path) >= TWINS_PAY_BYTES and _on_processor(path, runtime):
        try:
            return open_twins(path, runtime)
        except ModelError as error:
            logger.warning("long windows are not decoded in halves: %s", error)
    return open_session(path, runtime, sizes=sizes), None


def _on_processor(path: Path, runtime: Runtime) -> bool:
    return runtime.provider == "cpu" or (runtime.provider == "auto" and not _gpu_pays(path))


def _gpu_pays(source: Path | bytes) -> bool:
    return _bytes(source) >= GPU_PAYS_BYTES and bool(gpus())


def check(runtime: Runtime) -> None:
    """Raises `ProviderError` with the remedy when what ``runtime`` asks for is known not to be usable. Blocking."""
    if runtime.provider in ("cuda", "tensorrt"):
        check_gpu(runtime)
    elif reason := lacking(runtime.provider, runtime.device, ()):
        raise ProviderError(f"{runtime.provider} is not usable here: {reason}")


def _bytes(source: Path | bytes) -> int:
    if isinstance(source, bytes):
        return len(source)
    return source.stat().st_size if source.exists() else 0


def _signature(source: Path | bytes, shapes: Mapping[str, int]) -> tuple[Dimensions, tuple[str, ...]]:
    """The dimensions of each input: a size, or the name of one that is free; names of outputs. Raises `ModelError`."""
    import onnx  # here, because importing it takes a fifth of a second, and speaking does without

    try:
        model = onnx.load_model_from_string(source) if isinstance(source, bytes) else onnx.load(source)
    except Exception as error:  # protobuf's and onnx's errors share no base but Exception
        raise ModelError(f"{source if isinstance(source, Path) else 'this'} is no ONNX model: {error}") from error
    weights = {tensor.name for tensor in model.graph.initializer}
    dimensions = {
        value.name: [
            shapes.get(dim.dim_param, dim.dim_param or f"{value.name}_{axis}") if not dim.dim_value else dim.dim_value
            for axis, dim in enumerate(value.type.tensor_type.shape.dim)
        ]
        for value in model.graph.input
        if value.name not in weights
    }
    return dimensions, tuple(value.name for value in model.graph.output)

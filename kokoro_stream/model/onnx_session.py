"""Sessions that ONNX Runtime computes, on the processor or a GPU. Only `onnx_twins` imports onnxruntime too."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from ..errors import ModelError, ProviderError
from .providers import (
    CUDA_LIBRARIES,
    Dimensions,
    Runtime,
    Sizes,
    cuda_settings,
    engine_cache,
    lacking,
    tensorrt_settings,
)
from .stop import Stop

CPU = "CPUExecutionProvider"
SPIN_US = "20"  # the library's own is some thousand
NAMES = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}
LIBRARIES = {"cuda": "onnxruntime_providers_cuda", "tensorrt": "onnxruntime_providers_tensorrt"}

# What cannot be loaded is raised with its remedy; the library would also print it, in colour, on standard error.
onnxruntime.set_default_logger_severity(4)


def _share_memory() -> None:
    """One place for what all sessions compute with: each would keep as much as its largest run took otherwise."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, None)


_share_memory()


class OnnxSession:
    """One loaded model. Safe to call from several threads. ``kept`` is what the session needs to be kept for it."""

    def __init__(self, session: onnxruntime.InferenceSession, kept: object = None) -> None:
        self._session, self._kept = session, kept
        self.inputs = tuple(tensor.name for tensor in session.get_inputs())
        self.outputs = tuple(tensor.name for tensor in session.get_outputs())

    @property
    def provider(self) -> str:
        """The execution provider that is really active, the first by priority."""
        return str(self._session.get_providers()[0])

    @property
    def parallel(self) -> bool:
        """Runs at once share the processor's cores; a GPU takes one after the other."""
        return self.provider == CPU

    def run(self, inputs: Mapping[str, NDArray[Any]], stop: Stop | None = None) -> dict[str, NDArray[Any]]:
        """The outputs by name. Blocking. Raises `StoppedError` once ``stop`` is set, before or during the run."""
        options = onnxruntime.RunOptions()
        with (stop or Stop()).during(partial(setattr, options, "terminate", True)):
            return dict(zip(self.outputs, self._session.run(self.outputs, dict(inputs), options), strict=True))


def open_onnx(source: Path | bytes, runtime: Runtime, shapes: Mapping[str, int]) -> OnnxSession:
    """Loads an ONNX file (or its bytes) onto the processor. Raises `ModelError`. Blocking."""
    return OnnxSession(open_graph(source, session_options(runtime, shapes), [CPU]))


def open_gpu(
    source: Path | bytes, runtime: Runtime, shapes: Mapping[str, int], dimensions: Dimensions, sizes: Sizes
) -> OnnxSession:
    """Loads it onto a GPU: with TensorRT if that is asked for and ``sizes`` of free dimensions given, else with CUDA.

    Raises `ProviderError` with the remedy where the GPU does not work, `ModelError` for the model. Blocking.
    """
    check_gpu(runtime)
    providers: list[Any] = [(NAMES["cuda"], cuda_settings(runtime)), CPU]
    free = {each for dims in dimensions.values() for each in dims if isinstance(each, str)}
    if runtime.provider == "tensorrt" and sizes:
        if unknown := sorted(free - sizes.keys()):
            raise ModelError(f"TensorRT must know the sizes of {', '.join(unknown)}; run this model with cuda instead")
        cache = engine_cache(os.environ)
        cache.mkdir(parents=True, exist_ok=True)
        providers.insert(0, (NAMES["tensorrt"], tensorrt_settings(runtime, dimensions, sizes, cache)))
    wanted = providers[0][0]
    session = OnnxSession(open_graph(source, session_options(runtime, shapes), providers))
    if session.provider != wanted:
        raise ProviderError(f"{wanted} was asked for, but {session.provider} computes; {remedy(runtime.provider)}")
    return session


def check_gpu(runtime: Runtime) -> None:
    """Raises `ProviderError` with the remedy when CUDA, or TensorRT, cannot be used here. Blocking."""
    if reason := lacking(runtime.provider, runtime.device, onnxruntime.get_available_providers()):
        raise ProviderError(f"{runtime.provider} is not usable here: {reason}")
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it could not load; standard output may be audio
        onnxruntime.preload_dlls()
    for kind in ("cuda", "tensorrt")[: 1 + (runtime.provider == "tensorrt")]:
        if reason := _unloadable(LIBRARIES[kind]):
            raise ProviderError(f"{runtime.provider} is not usable here: {reason}; {remedy(kind)}")


def remedy(kind: str) -> str:
    """What would bring the libraries that a GPU is used through."""
    if kind == "tensorrt":
        return "install TensorRT 10 for CUDA 13 (pip install tensorrt-cu13) and put its libraries on LD_LIBRARY_PATH"
    cuda = str(getattr(onnxruntime, "cuda_version", "")).partition(".")[0] or "13"  # builds without CUDA have none
    return f"ONNX Runtime wants CUDA {cuda} and cuDNN 9: {CUDA_LIBRARIES}"


def session_options(runtime: Runtime, shapes: Mapping[str, int]) -> onnxruntime.SessionOptions:
    """The settings of our sessions, with ``shapes`` for dimensions by their names."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = runtime.cores
    options.inter_op_num_threads = 1
    # Between the operators of a run, threads that have gone to sleep are woken too late: a window of Kokoro took half
    # as long again. Awake for longer than that, they keep everybody else from the cores (`benchmarks.session_options`).
    # One thread alone has nobody to wait for.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if runtime.cores > 1 else "0")
    options.add_session_config_entry("session.intra_op.spin_duration_us", SPIN_US)
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.log_severity_level = 3
    for name, size in shapes.items():
        options.add_free_dimension_override_by_name(name, size)
    return options


def open_graph(
    source: Path | bytes, options: onnxruntime.SessionOptions, providers: Sequence[Any]
) -> onnxruntime.InferenceSession:
    """Loads an ONNX file (or its bytes). Raises `ModelError`. Blocking."""
    model = source if isinstance(source, bytes) else str(source)
    try:
        # Without its fallback, which would print a banner and go on with another provider.
        session = onnxruntime.InferenceSession(model, options, providers=providers, enable_fallback=0)
    except Exception as error:  # onnxruntime's errors share no base but Exception
        name = f"{len(source)} bytes" if isinstance(source, bytes) else str(source)
        raise ModelError(f"{name} cannot be loaded as an ONNX model: {error}") from error
    _return_memory()
    return session


def _return_memory() -> None:
    """Give the parsed file back to the system: glibc would keep it, half as much again as the weights of Kokoro."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _unloadable(library: str) -> str:
    """Why a library of ONNX Runtime cannot be loaded, which names the first one missing; "" if it can."""
    folder = Path(onnxruntime.__file__).parent / "capi"
    name = f"{library}.dll" if sys.platform == "win32" else f"lib{library}.so"
    shared = "onnxruntime_providers_shared.dll" if sys.platform == "win32" else "libonnxruntime_providers_shared.so"
    try:
        ctypes.CDLL(str(folder / shared), mode=ctypes.RTLD_GLOBAL)  # the library takes symbols of this one
        ctypes.CDLL(str(folder / name))
    except OSError as error:
        return str(error)
    return ""


def runtime_version() -> str:
    """Version of onnxruntime."""
    return str(onnxruntime.__version__)


def available_providers() -> tuple[str, ...]:
    """What this build of onnxruntime could use; not what works on this machine."""
    return tuple(onnxruntime.get_available_providers())

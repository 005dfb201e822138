"""What may compute a model: the choice, what each choice needs on this machine, and its settings.

================  ====================================================================================================
``auto``          CUDA for models that gain from it, where a GPU works; else the processor. Never an error.
``cpu``           ONNX Runtime on the processor
``cuda``          ONNX Runtime on an NVIDIA GPU
``tensorrt``      the same, engines built for the sizes of the decoder's windows (minutes, once, then kept on disk)
``openvino``      OpenVINO on the processor
================  ====================================================================================================

Who asks for one of the last three and cannot have it gets a `ProviderError` with the remedy, never another instead.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Literal, get_args

from ..errors import InputError

Provider = Literal["auto", "cpu", "cuda", "tensorrt", "openvino"]
Sizes = Mapping[str, tuple[int, int, int]]
Dimensions = Mapping[str, Sequence[int | str]]

PROVIDERS: tuple[Provider, ...] = get_args(Provider)
GPU_WHEEL = "pip uninstall -y onnxruntime, then pip install --force-reinstall onnxruntime-gpu"
CUDA_LIBRARIES = "pip install 'kokoro-stream[cuda]'"
OPENVINO = "pip install 'kokoro-stream[openvino]'"
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What computes a model: ``threads`` of the processor (None or 0: all that this process may use), or a GPU.

    ``device`` is the number of the GPU.
    Raises `InputError` naming the field.
    """

    provider: Provider = "auto"
    threads: int | None = None
    device: int = 0

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            raise InputError("provider", f"{self.provider!r} is not one of {', '.join(PROVIDERS)}")
        if self.threads is not None and self.threads < 0:
            raise InputError("threads", "must not be negative; 0 is as many as there are cores")
        if self.device < 0:
            raise InputError("device", "must not be negative; 0 is the first GPU")

    @property
    def cores(self) -> int:
        """The number of threads, made definite."""
        return self.threads or usable_cores()


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that the driver shows."""

    name: str
    memory: int
    """Bytes."""


def usable_cores() -> int:
    """How many this process may use: those it is bound to, and no more than a container's share of processor time."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _CPU_QUOTA.read_text("ascii").split()
        return max(1, min(bound, ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no such limit on this system, or "max"
        return bound


def gpus() -> tuple[Gpu, ...]:
    """The NVIDIA GPUs that can be seen, asked of the driver itself, which takes no GPU memory. Blocking."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return ()
    count = ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return ()
    found = []
    for index in range(count.value):
        device, name, memory = ctypes.c_int(), ctypes.create_string_buffer(128), ctypes.c_size_t()
        driver.cuDeviceGet(ctypes.byref(device), index)
        driver.cuDeviceGetName(name, len(name), device)
        driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
        found.append(Gpu(name.value.decode(errors="replace"), memory.value))
    return tuple(found)


def lacking(provider: Provider, device: int, offered: Sequence[str]) -> str:
    """What this machine lacks for ``provider``, and the remedy; "" if nothing is known to be missing.

    ``offered`` are the execution providers that this build of ONNX Runtime has. Blocking.
    """
    if provider == "openvino":
        return "" if find_spec("openvino") else f"the package openvino is not installed: {OPENVINO}"
    if provider not in ("cuda", "tensorrt"):
        return ""
    if "CUDAExecutionProvider" not in offered:
        return f"this build of ONNX Runtime has no CUDA: {GPU_WHEEL}"
    seen = len(gpus())
    if not seen:
        return (
            "no NVIDIA GPU can be seen; `nvidia-smi` must list one: install the driver, or give the container the GPU"
        )
    if device >= seen:
        return f"there is no GPU {device}; the driver shows {seen}, numbered from 0"
    if provider == "tensorrt" and "TensorrtExecutionProvider" not in offered:
        return f"this build of ONNX Runtime has no TensorRT: {GPU_WHEEL}"
    return ""


def cuda_settings(runtime: Runtime) -> dict[str, str]:
    """For windows of a few sizes.

    An exhaustive search for the best convolution costs seconds at each new size, the heuristic one next to nothing.
    The arena grows by what is asked for, since doubling it would only be of use for sizes yet unseen. One-dimensional
    convolutions are fastest as flat two-dimensional ones. TF32 is what PyTorch's convolutions use for this model.
    """
    return {
        "device_id": str(runtime.device),
        "cudnn_conv_algo_search": "HEURISTIC",
        "cudnn_conv_use_max_workspace": "1",
        "cudnn_conv1d_pad_to_nc1d": "1",
        "do_copy_in_default_stream": "1",
        "arena_extend_strategy": "kSameAsRequested",
        "use_tf32": "1",
    }


def tensorrt_settings(runtime: Runtime, dimensions: Dimensions, sizes: Sizes, cache: Path) -> dict[str, str]:
    """Engines for inputs of ``dimensions`` whose named ones lie within ``sizes`` (smallest, usual, largest).

    Without fp16: the phase of the voice's harmonics grows to thousands of radians, which it cannot tell apart.
    """
    settings = {
        "device_id": str(runtime.device),
        "trt_fp16_enable": "0",
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(cache),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(cache),
    }
    for number, bound in enumerate(("min", "opt", "max")):
        profile = {
            name: "x".join(str(sizes[each][number] if isinstance(each, str) else each) for each in dims)
            for name, dims in dimensions.items()
            if any(isinstance(each, str) for each in dims)
        }
        settings[f"trt_profile_{bound}_shapes"] = ",".join(f"{name}:{shape}" for name, shape in profile.items())
    return settings


def engine_cache(environ: Mapping[str, str]) -> Path:
    """The folder where TensorRT's engines are kept: the user's cache, which is theirs to empty."""
    if sys.platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "kokoro-stream" / "tensorrt"

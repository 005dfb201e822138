"""What is asked for is what computes, or an error that tells how to get it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kokoro_stream.errors import InputError, ModelError, ProviderError
from kokoro_stream.model import onnx_session, providers, session
from kokoro_stream.model.folder import BUILTIN, DECODER
from kokoro_stream.model.providers import (
    Dimensions,
    Gpu,
    Provider,
    Runtime,
    cuda_settings,
    engine_cache,
    lacking,
    tensorrt_settings,
    usable_cores,
)
from kokoro_stream.model.session import open_session

GPU_BUILD = ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider")
H200 = Gpu("NVIDIA H200", 141 * 2**30)


@pytest.mark.parametrize(
    ("settings", "field"),
    [({"provider": "gpu"}, "provider"), ({"threads": -1}, "threads"), ({"device": -1}, "device")],
)
def test_a_runtime_that_cannot_be_names_the_field(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=f"^{field}: ") as error:
        Runtime(**settings)
    assert error.value.field == field


@pytest.mark.parametrize("threads", [None, 0])
def test_threads_are_as_many_as_the_process_may_use_unless_told(threads: int | None) -> None:
    assert Runtime(threads=threads).cores == usable_cores()
    assert Runtime(threads=3).cores == 3


@pytest.mark.parametrize(
    ("limit", "cores"), [("max 100000", 8), ("150000 100000", 2), ("50000 100000", 1), ("", 8), ("1600000 100000", 8)]
)
def test_a_containers_share_of_the_processor_limits_the_threads(
    limit: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(limit)
    monkeypatch.setattr(providers, "_CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    assert usable_cores() == cores


@pytest.mark.parametrize(
    ("provider", "offered", "seen", "complaint"),
    [
        ("cuda", ("CPUExecutionProvider",), (H200,), "--force-reinstall onnxruntime-gpu"),
        ("cuda", GPU_BUILD, (), "no NVIDIA GPU can be seen; `nvidia-smi` must list one"),
        ("cuda", GPU_BUILD, (H200,), "there is no GPU 1; the driver shows 1"),
        ("tensorrt", GPU_BUILD[1:], (H200, H200), "no TensorRT"),
        ("tensorrt", GPU_BUILD, (H200, H200), ""),
        ("cuda", GPU_BUILD, (H200, H200), ""),
        ("cpu", (), (), ""),
        ("auto", (), (), ""),
    ],
)
def test_what_a_provider_lacks_is_told_with_the_remedy(
    provider: Provider,
    offered: Sequence[str],
    seen: tuple[Gpu, ...],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(providers, "gpus", lambda: seen)
    reason = lacking(provider, 1, offered)
    assert complaint in reason
    assert bool(reason) == bool(complaint)


def test_openvino_that_is_not_installed_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "find_spec", lambda name: None)
    with pytest.raises(ProviderError, match=r"pip install 'kokoro-stream\[openvino\]'"):
        open_session(BUILTIN / DECODER, Runtime(provider="openvino"))


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_a_gpu_without_its_libraries_is_an_error_and_quiet(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The driver shows a GPU, but what ONNX Runtime wants besides is not there."""
    monkeypatch.setattr(onnx_session, "lacking", lambda *arguments: "")
    monkeypatch.setattr(onnx_session, "_unloadable", lambda library: "libcublas.so.13: no such file")
    with pytest.raises(ProviderError, match=r"libcublas.*CUDA 13 and cuDNN 9: pip install 'kokoro-stream\[cuda\]'"):
        open_session(BUILTIN / DECODER, Runtime(provider=provider))
    assert capfd.readouterr() == ("", "")


def test_the_processor_never_computes_in_the_place_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime may go on with the processor when it cannot have the GPU: only the session knows."""
    opened = onnx_session.open_graph
    monkeypatch.setattr(onnx_session, "check_gpu", lambda runtime: None)
    monkeypatch.setattr(
        onnx_session, "open_graph", lambda source, options, wanted: opened(source, options, wanted[-1:])
    )
    with pytest.raises(ProviderError, match="was asked for, but CPUExecutionProvider computes"):
        open_session(BUILTIN / DECODER, Runtime(provider="cuda"))


def test_left_to_choose_it_takes_the_gpu_for_a_large_model_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: object) -> None:
        raise ProviderError("no cuDNN")

    monkeypatch.setattr(session, "gpus", lambda: (H200,))
    monkeypatch.setattr(session, "open_gpu", broken)
    assert open_session(BUILTIN / DECODER).provider == "CPUExecutionProvider"
    assert caplog.messages == []
    monkeypatch.setattr(session, "GPU_PAYS_BYTES", 1)
    assert open_session(BUILTIN / DECODER).provider == "CPUExecutionProvider"
    assert caplog.messages == ["there is a GPU, but the processor computes: no cuDNN"]


def test_cuda_computes_on_the_device_that_was_asked_for() -> None:
    assert cuda_settings(Runtime(device=3))["device_id"] == "3"


def test_tensorrt_is_told_the_sizes_of_the_inputs_and_keeps_its_engines(tmp_path: Path) -> None:
    dimensions: Dimensions = {"features": [1, 512, "T"], "f0": [1, "F"], "style": [1, 128]}
    settings = tensorrt_settings(Runtime(), dimensions, {"T": (8, 40, 120), "F": (16, 80, 240)}, tmp_path)
    assert [settings[f"trt_profile_{bound}_shapes"] for bound in ("min", "opt", "max")] == [
        "features:1x512x8,f0:1x16",
        "features:1x512x40,f0:1x80",
        "features:1x512x120,f0:1x240",
    ]
    assert settings["trt_engine_cache_path"] == str(tmp_path)


def test_tensorrt_is_not_left_to_guess_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_session, "check_gpu", lambda runtime: None)
    with pytest.raises(ModelError, match="TensorRT must know the sizes of points"):
        open_session(BUILTIN / DECODER, Runtime(provider="tensorrt"), sizes={"frames": (8, 40, 120)})


def test_engines_are_kept_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert engine_cache({"XDG_CACHE_HOME": "/cache"}) == Path("/cache/kokoro-stream/tensorrt")
    assert engine_cache({}) == Path.home() / ".cache/kokoro-stream/tensorrt"

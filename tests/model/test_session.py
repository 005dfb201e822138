"""A session computes the same whatever computes it, and can be stopped at any time without harm."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kokoro_stream.errors import ModelError, StoppedError
from kokoro_stream.model.folder import BUILTIN, DECODER, PROSODY, VOICES
from kokoro_stream.model.openvino_session import OpenVinoSession
from kokoro_stream.model.providers import Provider, Runtime
from kokoro_stream.model.session import Session, Stop, open_session

EVERY_PROVIDER = pytest.mark.parametrize("provider", ["cpu", "openvino"])
STOPS = 12


@pytest.fixture(scope="module")
def spoken() -> dict[str, NDArray[Any]]:
    """What the built-in voice's decoder takes: a sentence's frames."""
    with np.load(BUILTIN / VOICES) as voices:
        style = voices["af_clara"].reshape(-1, 256)[-1:]
    prosody = open_session(BUILTIN / PROSODY, Runtime(provider="cpu"))
    ids = np.array([[0, *range(43, 95), 0]])
    out = prosody.run({"input_ids": ids, "style": style, "speed": np.ones(1, np.float32)})
    return {name: out[name] for name in ("features", "f0", "energy")} | {"style": style[:, :128]}


def window(spoken: dict[str, NDArray[Any]], frames: int) -> dict[str, NDArray[Any]]:
    """That many frames, the sentence said again and again when it has fewer."""

    def long(name: str, size: int) -> NDArray[Any]:
        repeated: NDArray[Any] = np.take(spoken[name], np.arange(size) % spoken[name].shape[-1], -1)
        return repeated

    curves = {name: long(name, 2 * frames) for name in ("f0", "energy")}
    return {"features": long("features", frames), **curves, "style": spoken["style"]}


class AtOnce(Stop):
    """Set as soon as the run has begun."""

    @contextmanager
    def during(self, terminate: Callable[[], object], start: Callable[[], object] | None = None) -> Iterator[None]:
        with super().during(terminate, start):
            self.set()
            yield


def opened(provider: Provider, threads: int = 1) -> Session:
    return open_session(BUILTIN / DECODER, Runtime(provider=provider, threads=threads))


def stopped_runs(session: Session, inputs: dict[str, NDArray[Any]]) -> Iterator[None]:
    """Runs stopped at more and more of their way, as long as one does not get to its end."""
    for share in range(STOPS):
        stop = Stop()
        timer = threading.Timer(0.001 * share, stop.set)
        timer.start()
        try:
            session.run(inputs, stop)
        except StoppedError:
            yield
        finally:
            timer.join()


def test_openvino_gives_the_samples_of_onnx_runtime(spoken: dict[str, NDArray[Any]]) -> None:
    sessions = [opened("cpu"), opened("openvino", 2)]
    assert [session.provider for session in sessions] == ["CPUExecutionProvider", "OpenVINO"]
    for frames in (20, 80, 20):
        one, other = (session.run(window(spoken, frames))["samples"] for session in sessions)
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 1e-4  # 80 dB below full scale


@EVERY_PROVIDER
def test_a_run_is_stopped_from_another_thread(provider: Provider, spoken: dict[str, NDArray[Any]]) -> None:
    session, stop = opened(provider), Stop()
    failures = []

    def run() -> None:
        try:
            while True:
                session.run(window(spoken, 400), stop)
        except StoppedError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    stop.set()
    thread.join()
    assert len(failures) == 1
    with pytest.raises(StoppedError, match="before it ran"):
        session.run(window(spoken, 4), stop)


@EVERY_PROVIDER
def test_stopped_runs_leave_no_trace_in_later_ones(provider: Provider, spoken: dict[str, NDArray[Any]]) -> None:
    """Of whatever size: OpenVINO's own graphs fail when the run before a stopped one comes again."""
    session = opened(provider)
    sizes = (8, 30, 31)
    expected = {size: session.run(window(spoken, size))["samples"] for size in sizes}
    for _ in stopped_runs(session, window(spoken, 120)):
        for size in sizes:
            assert np.abs(session.run(window(spoken, size))["samples"] - expected[size]).max() < 1e-6


@EVERY_PROVIDER
def test_threads_may_share_a_session(provider: Provider, spoken: dict[str, NDArray[Any]]) -> None:
    session = opened(provider)
    expected = session.run(window(spoken, 20))["samples"]
    results: list[NDArray[Any]] = []
    threads = [
        threading.Thread(target=lambda: results.append(session.run(window(spoken, 20))["samples"])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.allclose(result, expected, atol=1e-6) for result in results)


@EVERY_PROVIDER
def test_a_graph_can_be_held_to_one_size(provider: Provider, spoken: dict[str, NDArray[Any]]) -> None:
    free = opened(provider).run(window(spoken, 20))["samples"]
    shapes = {"frames": 20, "points": 40}
    session = open_session(BUILTIN / DECODER, Runtime(provider=provider), shapes=shapes)
    assert np.allclose(session.run(window(spoken, 20))["samples"], free, atol=1e-5)
    with pytest.raises(Exception, match=r"(?i)dimension|shape"):
        session.run(window(spoken, 21))


@EVERY_PROVIDER
def test_a_model_may_come_as_bytes(provider: Provider) -> None:
    session = open_session((BUILTIN / DECODER).read_bytes(), Runtime(provider=provider))
    assert set(session.inputs) == {"features", "f0", "energy", "style"}
    assert session.outputs == ("samples",)


@EVERY_PROVIDER
@pytest.mark.parametrize("content", [b"not a model", b""])
def test_what_is_no_model_is_named(provider: Provider, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "decoder.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"decoder\.onnx"):
        open_session(path, Runtime(provider=provider))


def test_only_a_processor_gains_from_several_runs_at_once() -> None:
    assert (opened("cpu").parallel, opened("openvino").parallel) == (True, False)


def test_openvino_reports_nothing_to_its_makers() -> None:
    """Its telemetry is a package of its own, imported by openvino; what is never imported sends nothing."""
    code = (
        "import sys; from kokoro_stream.model import openvino_session as session; session.openvino_version();"
        "sys.exit(any(name.startswith('openvino_telemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_onnx_runtime_reports_nothing_to_its_makers(tmp_path: Path) -> None:
    """It would begin by numbering the machine in the user's cache; but not where variables tell of CI."""
    code = (
        "from kokoro_stream.model.session import Runtime, open_session; from kokoro_stream.model.folder import *;"
        "open_session(BUILTIN / DECODER, Runtime(provider='cpu'))"
    )
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environ, cwd=tmp_path, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_a_size_that_a_stopped_run_spoilt_is_not_run_next(
    spoken: dict[str, NDArray[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those sizes cost a short run before them."""
    rinsed: list[int] = []
    rinse = OpenVinoSession._rinse

    def counted(session: OpenVinoSession, given: list[NDArray[Any]]) -> None:
        rinsed.append(given[0].shape[-1])
        rinse(session, given)

    monkeypatch.setattr(OpenVinoSession, "_rinse", counted)
    session = opened("openvino")
    session.run(window(spoken, 20))
    for later in (20, 20, 400, 30, 20):
        if later == 400:
            with pytest.raises(StoppedError):
                session.run(window(spoken, 400), AtOnce())
        session.run(window(spoken, later))
    with pytest.raises(StoppedError):
        session.run(window(spoken, 400), AtOnce())
    session.run(window(spoken, 20))
    assert rinsed == [20]

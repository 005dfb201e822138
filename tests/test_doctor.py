from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self
from unittest.mock import Mock

import pytest

from kokoro_stream import doctor
from kokoro_stream.doctor import Finding, examine
from kokoro_stream.errors import ModelError, ProviderError
from kokoro_stream.events import Done, Event, Failed
from kokoro_stream.model.providers import Gpu, Runtime


class Fake:
    """A speaker and its only speech, which is nothing but its last event."""

    model_name, voices, sample_rate, provider, threads = "fake", ("af_fake",), 24000, "none", 3

    def __init__(self, last: Event, error: Exception | None = None) -> None:
        self._last = last
        self._error = error

    def __call__(self, model: str, *, runtime: Runtime) -> Self:
        self.runtime = runtime
        return self

    async def __aenter__(self) -> Self:
        if self._error:
            raise self._error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def speak(self, text: str) -> Self:
        return self

    async def events(self) -> AsyncIterator[Event]:
        yield self._last


@pytest.fixture(autouse=True)
def nothing_but_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying the others out takes seconds."""

    def refuse(runtime: Runtime) -> None:
        raise ProviderError(f"{runtime.provider} is not usable here")

    monkeypatch.setattr(doctor, "check", refuse)


def done(rtf: float) -> Done:
    return Done(audio_ms=1000.0, first_audio_ms=20.0, rtf=rtf, segments=1, windows=1)


async def last_finding(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> Finding:
    monkeypatch.setattr(doctor, "Speaker", fake)
    return (await examine("fake"))[-1]


async def test_a_machine_that_is_fast_enough_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await last_finding(monkeypatch, Fake(done(rtf=0.05)))
    assert finding == Finding("speed", "ok", "1.0 s of speech at a real-time factor of 0.050, first audio after 20 ms")


async def test_a_machine_that_is_slower_than_speech_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await last_finding(monkeypatch, Fake(done(rtf=1.5)))
    assert (finding.subject, finding.state) == ("speed", "wrong")
    assert "1.5 times as long" in finding.detail


async def test_a_speech_that_fails_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await last_finding(monkeypatch, Fake(Failed("model", "out of memory")))
    assert finding.state == "wrong"
    assert "out of memory" in finding.detail


async def test_a_model_that_cannot_be_loaded_is_the_last_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await last_finding(monkeypatch, Fake(done(rtf=0.05), ModelError("decoder.onnx is damaged")))
    assert (finding.subject, finding.state, finding.detail) == ("model", "wrong", "decoder.onnx is damaged")


@pytest.mark.parametrize(
    ("installed", "state"),
    [
        ({"onnxruntime-gpu"}, "ok"),
        ({"onnxruntime"}, "ok"),
        ({"onnxruntime-gpu", "onnxruntime"}, "wrong"),
        ({"onnxruntime-gpu", "onnxruntime-openvino"}, "wrong"),
        (set(), "wrong"),
    ],
)
async def test_there_must_be_exactly_one_runtime(
    installed: set[str], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_version", lambda name: "1.0" if name in installed else "")
    monkeypatch.setattr(doctor, "Speaker", Fake(done(rtf=0.05)))
    (runtime,) = [finding for finding in await examine("fake") if finding.subject == "runtime"]
    assert runtime.state == state
    assert bool(runtime.hint) == (state == "wrong")


async def test_what_could_compute_is_shown_by_what_really_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is installed, only what a session says of itself counts."""
    monkeypatch.setattr(doctor, "Speaker", Fake(done(rtf=0.05)))
    monkeypatch.setattr(doctor, "gpus", lambda: (Gpu("NVIDIA H200", 141 * 2**30),))
    monkeypatch.setattr(doctor, "check", lambda runtime: None)
    monkeypatch.setattr(doctor, "open_session", lambda path, runtime: Mock(provider=f"real {runtime.provider}"))
    found = {finding.subject: finding.detail for finding in await examine("fake")}
    assert found["gpu"] == "NVIDIA H200 (141 GB)"
    assert found["cuda"] == "real cuda computes"
    assert found["openvino"] == "real openvino computes"
    assert found["provider"] == "none computes (threads: 3)"


async def test_what_cannot_compute_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "Speaker", Fake(done(rtf=0.05)))
    monkeypatch.setattr(doctor, "gpus", lambda: ())
    states = {finding.subject: finding.state for finding in await examine("fake")}
    assert {states[subject] for subject in ("gpu", "cuda", "tensorrt", "openvino")} == {"absent"}


async def test_the_speech_is_computed_by_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(done(rtf=0.05))
    monkeypatch.setattr(doctor, "Speaker", fake)
    await examine("fake", Runtime(provider="openvino", threads=2))
    assert fake.runtime == Runtime(provider="openvino", threads=2)


async def test_languages_that_are_missing_are_shown_with_the_command_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "Speaker", Fake(done(rtf=0.05)))
    monkeypatch.setattr(doctor, "languages", lambda: ("en-us", "en"))
    monkeypatch.setattr(doctor, "missing_languages", lambda: {"espeak": ("es", "hi"), "ja": ("ja",)})
    spoken, espeak, japanese = [finding for finding in await examine("fake") if finding.subject == "languages"]
    assert spoken == Finding("languages", "ok", "en-us, en")
    assert espeak == Finding("languages", "absent", "es, hi: not installed", "pip install 'kokoro-stream[espeak]'")
    assert (japanese.state, japanese.hint) == ("absent", "pip install 'kokoro-stream[ja]'")

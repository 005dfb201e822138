"""What this machine has, whether it can speak, and what to do when it cannot."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from .commands.sound_card import SoundCard
from .errors import KokoroStreamError
from .events import Done
from .phonemes.languages import languages
from .speaker import Speaker

PACKAGES = ("kokoro-stream", "misaki", "numpy", "soxr", "starlette", "uvicorn", "websockets")
RUNTIMES = ("onnxruntime-gpu", "onnxruntime")
TEST_SENTENCE = "It takes about a second to say this."


@dataclass(frozen=True, slots=True)
class Finding:
    """``absent`` is something that one can do without; only ``wrong`` means that this installation does not work."""

    subject: str
    state: Literal["ok", "absent", "wrong"]
    detail: str
    hint: str = ""


async def examine(model: str) -> list[Finding]:
    """All there is to know, in the order of a report; speaks a sentence with ``model`` to see how fast it is."""
    return [*_installation(), _sound(), *await _speech(model)]


def _installation() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()}, {sys.executable}, {platform.platform(terse=True)}")
    yield Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    runtimes = [f"{name} {_version(name)}" for name in RUNTIMES if _version(name)]
    if len(runtimes) == 1:
        yield Finding("runtime", "ok", runtimes[0])
    else:  # both are one package to Python: each overwrites the other's files
        hint = f"pip uninstall {' '.join(RUNTIMES)}, then pip install --force-reinstall kokoro-stream"
        yield Finding("runtime", "wrong", " and ".join(runtimes) or "onnxruntime is not installed", hint)
    yield Finding("languages", "ok", ", ".join(languages()))
    espeak = shutil.which("espeak-ng")
    yield Finding("espeak", "ok" if espeak else "absent", espeak or "not installed; the languages above do without")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sound() -> Finding:
    try:
        with SoundCard(24000):
            return Finding("sound", "ok", "there is a sound device")
    except KokoroStreamError as error:
        return Finding("sound", "absent", "nothing can be played here", str(error))


async def _speech(model: str) -> list[Finding]:
    start = time.perf_counter()
    try:
        async with Speaker(model) as speaker:
            ready_ms = (time.perf_counter() - start) * 1000
            voices = f"{len(speaker.voices)} voices, {speaker.sample_rate} Hz"
            return [
                Finding("model", "ok", f"{speaker.model_name}: {voices}, ready after {ready_ms:.0f} ms"),
                Finding("provider", "ok", f"{speaker.provider} computes"),
                await _speed(speaker),
            ]
    except KokoroStreamError as error:
        return [Finding("model", "wrong", str(error), "the model that needs no download is called builtin")]


async def _speed(speaker: Speaker) -> Finding:
    async with speaker.speak(TEST_SENTENCE) as speech:
        *_, last = [event async for event in speech.events()]
    if not isinstance(last, Done):
        return Finding("speed", "wrong", f"the test sentence ended with {last}", "please report this")
    if last.rtf >= 1:
        detail = f"computing takes {last.rtf:.1f} times as long as the speech"
        return Finding("speed", "wrong", detail, "speech will stutter here; take a smaller model or a faster machine")
    detail = f"{last.audio_ms / 1000:.1f} s of speech at a real-time factor of {last.rtf:.3f}"
    return Finding("speed", "ok", f"{detail}, first audio after {last.first_audio_ms:.0f} ms")

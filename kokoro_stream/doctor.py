"""What this machine has, whether it can speak, and what to do when it cannot."""

from __future__ import annotations

import asyncio
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from .commands.sound_card import SoundCard
from .errors import KokoroStreamError
from .events import Done
from .model.folder import BUILTIN, DECODER
from .model.providers import Provider, Runtime, gpus
from .model.session import check, open_session
from .phonemes.languages import languages, missing_languages
from .speaker import Speaker

PACKAGES = ("kokoro-stream", "misaki", "numpy", "soxr", "starlette", "uvicorn", "websockets")
RUNTIMES = ("onnxruntime-gpu", "onnxruntime", "onnxruntime-openvino")
TEST_SENTENCE = "It takes about a second to say this."


@dataclass(frozen=True, slots=True)
class Finding:
    """``absent`` is something that one can do without; only ``wrong`` means that this installation does not work."""

    subject: str
    state: Literal["ok", "absent", "wrong"]
    detail: str
    hint: str = ""


async def examine(model: str, runtime: Runtime | None = None) -> list[Finding]:
    """All there is to know, in the order of a report; speaks a sentence with ``model`` to see how fast it is."""
    computing = await asyncio.to_thread(lambda: [*_computing()])
    return [*_installation(), *computing, _sound(), *await _speech(model, runtime or Runtime())]


def _installation() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()}, {sys.executable}, {platform.platform(terse=True)}")
    yield Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))
    runtimes = [f"{name} {_version(name)}" for name in RUNTIMES if _version(name)]
    if len(runtimes) == 1:
        yield Finding("runtime", "ok", runtimes[0])
    else:  # they are one package to Python: each overwrites the other's files
        hint = f"pip uninstall {' '.join(RUNTIMES)}, then pip install --force-reinstall kokoro-stream"
        yield Finding("runtime", "wrong", " and ".join(runtimes) or "onnxruntime is not installed", hint)
    yield Finding("languages", "ok", ", ".join(languages()))
    for extra, codes in missing_languages().items():
        yield Finding(
            "languages", "absent", f"{', '.join(codes)}: not installed", f"pip install 'kokoro-stream[{extra}]'"
        )


def _computing() -> Iterator[Finding]:
    """What could compute here, tried out."""
    seen = ", ".join(f"{gpu.name} ({gpu.memory / 2**30:.0f} GB)" for gpu in gpus())
    yield Finding("gpu", "ok" if seen else "absent", seen or "no NVIDIA GPU can be seen")
    choices: tuple[Provider, ...] = ("cuda", "tensorrt", "openvino")
    for provider in choices:
        runtime = Runtime(provider=provider)
        try:
            check(runtime)
            if provider == "tensorrt":  # trying it out would build engines, which takes minutes
                detail = "can be loaded"
            else:
                detail = f"{open_session(BUILTIN / DECODER, runtime).provider} computes"
            yield Finding(provider, "ok", detail)
        except KokoroStreamError as error:
            yield Finding(provider, "absent", str(error))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sound() -> Finding:
    try:
        with closing(SoundCard(24000)):
            return Finding("sound", "ok", "there is a sound device")
    except KokoroStreamError as error:
        return Finding("sound", "absent", "nothing can be played here", str(error))


async def _speech(model: str, runtime: Runtime) -> list[Finding]:
    start = time.perf_counter()
    try:
        async with Speaker(model, runtime=runtime) as speaker:
            ready_ms = (time.perf_counter() - start) * 1000
            voices = f"{len(speaker.voices)} voices, {speaker.sample_rate} Hz"
            return [
                Finding("model", "ok", f"{speaker.model_name}: {voices}, ready after {ready_ms:.0f} ms"),
                Finding("provider", "ok", f"{speaker.provider} computes (threads: {speaker.threads})"),
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

"""The contestant's side: one process, one graph in memory, turn after turn. Runs in the peers' environment too."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import PackageNotFoundError, version
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from ..listening import Listening
from ..memory import peak_rss_mb
from ..replies import tokens, written
from .turns import Answer, Outcome, Sentence, Setting, Turn

SAMPLE_RATE = 24000  # of every Kokoro

Play = Callable[[NDArray[np.floating]], None]
Speak = Callable[[Turn, Play], Awaitable[None]]
Player = Callable[[Setting], AbstractAsyncContextManager[Speak]]


def run(player: Player, packages: Sequence[str]) -> None:
    """Answers the turns on standard input until it ends; the first line there is the `Setting`."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    with answers:
        asyncio.run(_answer(player, packages, answers))


async def _answer(player: Player, packages: Sequence[str], answers: TextIO) -> None:
    setting = Setting.from_json(await asyncio.to_thread(sys.stdin.readline))
    async with player(setting) as speak:
        print(Answer(peak_rss_mb(), versions=_versions(packages)).to_json(), file=answers, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            outcome = await measured(speak, Turn.from_json(line))
            print(Answer(peak_rss_mb(), outcome).to_json(), file=answers, flush=True)


async def measured(speak: Speak, turn: Turn, clock: Callable[[], float] = time.perf_counter) -> Outcome:
    """Lets ``turn`` be spoken. RuntimeError when no audio came of it."""
    listening = Listening(SAMPLE_RATE)
    pieces: list[NDArray[np.floating]] = []

    def play(samples: NDArray[np.floating]) -> None:
        listening.take(clock() - begun, samples)
        if turn.wav:
            pieces.append(samples.copy())  # it may lie in what its maker computes with

    begun, computed = clock(), time.process_time()
    await speak(turn, play)
    computed = time.process_time() - computed
    if listening.first_at is None or listening.last_at is None:
        raise RuntimeError(f"nothing was spoken of {turn.text!r}")
    if turn.wav:
        _write(turn.wav, np.concatenate(pieces))
    # All of it inaudible: an ear that waits to the end.
    audible_at = listening.last_at + listening.seconds if listening.audible_at is None else listening.audible_at
    seconds = (listening.first_at, audible_at, listening.last_at, computed, listening.seconds, sum(listening.stalls))
    return Outcome(*(round(value * 1000, 2) for value in seconds))


async def tokens_of(turn: Turn) -> AsyncIterator[str]:
    """The text as it comes: all at once, or token by token, each at its time."""
    if not turn.tokens_per_second:
        yield turn.text
        return
    async for token in written(turn.text, turn.tokens_per_second):
        yield token


async def completed(turn: Turn) -> AsyncIterator[Sentence]:
    """Each sentence as soon as its last character is written. Taken late, it comes at once: nobody waits twice."""
    loop = asyncio.get_running_loop()
    begun, tokens_so_far = loop.time(), 0
    for number, sentence in enumerate(turn.sentences):
        tokens_so_far += len(tokens(sentence.text if not number else " " + sentence.text))
        if turn.tokens_per_second:
            due = begun + (tokens_so_far - 1) / turn.tokens_per_second
            await asyncio.sleep(max(0.0, due - loop.time()))
        yield sentence


def _write(path: str, samples: NDArray[np.floating]) -> None:
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _versions(packages: Sequence[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found

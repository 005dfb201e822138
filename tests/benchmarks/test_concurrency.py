from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from benchmarks.concurrency import CHARACTERS_PER_SECOND, Crowd, figures, text_of, weights_mb
from kokoro_stream.service.app import create_app
from tests.fakes import FakeSpeaker
from tests.service.running import serving

TEXT = "A sentence of many. " * 1000  # twenty seconds: nobody gets to its end here


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    app = create_app(FakeSpeaker(places=2))
    async with serving(app) as address, Crowd(f"ws://{address}/v1/stream", TEXT) as crowd:
        yield crowd


async def test_one_more_than_there_is_room_for_is_refused_and_nobody_else(crowd: Crowd) -> None:
    for _ in range(3):
        await crowd.join().decided.wait()
    found = figures(crowd)
    assert (found["listeners_served"], found["refused"]) == (2, 1)
    assert found["first_frame_ms_p50"] > 0


async def test_who_interrupts_begins_anew(crowd: Crowd) -> None:
    listener = crowd.join()
    await listener.decided.wait()
    listener.decided.clear()
    assert await crowd.interrupt(0) > 0
    await listener.decided.wait()
    assert len(listener.heard) == 2


async def listen_to(text: str) -> None:
    async with serving(create_app(FakeSpeaker())) as address, Crowd(f"ws://{address}/v1/stream", text) as crowd:
        await crowd.join().decided.wait()


async def test_a_speech_that_fails_otherwise_ends_the_benchmark() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await listen_to("Now fail.")
    assert caught.group_contains(RuntimeError, match="a speech failed")


@pytest.mark.parametrize("seconds", [1, 100, 1000])
def test_the_text_outlasts_the_benchmark(seconds: float) -> None:
    assert len(text_of(seconds)) >= seconds * CHARACTERS_PER_SECOND


def test_the_built_in_voice_weighs_a_few_megabytes() -> None:
    assert 1 <= weights_mb("builtin") <= 30

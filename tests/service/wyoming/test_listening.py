"""The built-in voice: what Home Assistant gets is understood by a recogniser, and who leaves frees the machine."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from wyoming.event import Event
from wyoming.tts import Synthesize

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream.speaker import Speaker
from tests.service.wyoming.home import Home, audio, home, until

TEXT = (
    "First, the good news: the tests pass. Now the bad news: they passed before the fix, too. "
    "Take all the time you need, talk about her if it helps, and don't let anyone tell you that she was only a cat. "
    "He ran five kilometers in twenty four minutes. Both were tired, but neither would admit it."
)


async def in_one_piece(house: Home) -> list[Event]:
    return await house.says(TEXT)


async def as_it_is_written(house: Home) -> list[Event]:
    return await house.streams(TEXT[start : start + 5] for start in range(0, len(TEXT), 5))


@pytest.mark.listening
@pytest.mark.timeout(300)
async def test_both_ways_of_asking_are_intelligible() -> None:
    async with home(Speaker()) as house:
        for ask in (in_one_piece, as_it_is_written):
            samples = np.frombuffer(audio(await ask(house)), "<i2").astype(np.float32) / np.float32(32768)
            said, understood = spoken_words(TEXT), await asyncio.to_thread(heard, samples, 24_000)
            assert word_errors(said, understood) / len(said) < 0.30


async def test_who_leaves_in_the_middle_of_a_speech_frees_the_machine() -> None:
    speaker = Speaker()
    async with home(speaker) as house:
        async with house.client() as client:
            await client.write_event(Synthesize(TEXT * 20).event())
            await until(client, "audio-chunk")
        async with asyncio.timeout(5):  # the speech would take longer
            await house.service.drain()
        assert not speaker.busy
        assert house.service.guests == 0

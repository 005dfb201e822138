"""A recogniser hears what was written in files of every format."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from benchmarks.hearing import heard, spoken_words, word_errors
from kokoro_stream import Speaker
from kokoro_stream.service.app import create_app
from tests.service.encoding.decoding import FORMATS, RATE, decoded
from tests.service.openai.calls import encoded, exchanged
from tests.service.running import serving

TEXT = "Good morning everybody. The train to London leaves at seven in the evening, and the weather will be fine."


@pytest.mark.listening
@pytest.mark.parametrize("audio_format", FORMATS)
async def test_the_builtin_voice_is_understood(audio_format: str) -> None:
    head = "POST /v1/audio/speech HTTP/1.1\nContent-Type: application/json"
    asked = {"model": "tts-1", "voice": "alloy", "input": TEXT, "response_format": audio_format}
    async with serving(create_app(Speaker())) as address:
        answer = await exchanged(address, head, encoded(asked))
    samples = decoded(answer.body, audio_format).astype(np.float32) / np.float32(32768)
    assert 4 < len(samples) / RATE < 9
    understood = await asyncio.to_thread(heard, samples, RATE)
    assert word_errors(spoken_words(TEXT), understood) / len(spoken_words(TEXT)) < 0.3

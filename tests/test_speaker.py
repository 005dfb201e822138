"""How a speaker comes to its model, and with what it computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kokoro_stream import ClosedError, Done, ModelError, Speaker
from kokoro_stream.model.folder import BUILTIN
from kokoro_stream.model.providers import Runtime
from kokoro_stream.speaker import LIGHT_BYTES


async def test_a_model_can_be_a_folder() -> None:
    async with Speaker(str(BUILTIN)) as speaker, speaker.speak("Hello.") as speech:
        events = [event async for event in speech.events()]
    assert isinstance(events[-1], Done)


@pytest.mark.parametrize("name", ["no-such-model", "./no/such/folder"])
async def test_a_model_that_is_not_there_is_named(name: str) -> None:
    speaker = Speaker(name)
    with pytest.raises(ModelError, match=name):
        await speaker.__aenter__()
    with pytest.raises(ClosedError):
        speaker.speak("Hello.")


@pytest.mark.parametrize(
    ("speaker", "threads"),
    [
        (Speaker(), 1),  # so small a model gains nothing from more
        (Speaker(threads=2), 2),
        (Speaker(threads=0), 1),
        (Speaker(runtime=Runtime(provider="cpu", threads=3)), 3),
        (Speaker(runtime=Runtime(provider="cpu", threads=3), threads=2), 2),
    ],
)
async def test_a_light_model_computes_with_one_thread_unless_told(speaker: Speaker, threads: int) -> None:
    async with speaker:
        assert speaker.threads == threads


def test_the_builtin_model_is_light() -> None:
    assert sum(path.stat().st_size for path in Path(BUILTIN).glob("*.onnx")) < LIGHT_BYTES


async def test_what_speech_costs_is_known_before_the_first_speech() -> None:
    async with Speaker() as speaker:
        assert speaker._engine is not None
        costs = speaker._engine.costs
        assert 0 < costs.realtime_factor < 1
        assert costs.decoder.value > 0
        assert costs.prosody.value > 0

"""How a speaker comes to its model, and with what it computes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kokoro_stream import ClosedError, Done, InputError, ModelError, Speaker, SpeechConfig
from kokoro_stream.events import Words
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


async def test_a_language_that_the_model_has_never_learnt_is_refused() -> None:
    async with Speaker() as speaker:
        speaker.check(SpeechConfig(lang="en-gb"))
        with pytest.raises(InputError, match=r"lang: \w+ speaks en-us, en-gb, not es"):
            speaker.speak("Hola.", config=SpeechConfig(lang="es"))


@pytest.fixture
def polyglot(tmp_path: Path) -> Path:
    """A model with an American and a French voice."""
    folder = tmp_path / "polyglot"
    shutil.copytree(BUILTIN, folder)
    card = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / "voices.npz") as voices:
        table = voices[card["default_voice"]]
    np.savez(folder / "voices.npz", af_one=table, ff_two=table)
    (folder / "model.json").write_text(
        json.dumps(card | {"default_voice": "af_one", "languages": ["en-us", "fr-fr"], "checksums": {}}), "utf-8"
    )
    return folder


async def test_a_voice_speaks_its_own_language_unless_told(polyglot: Path) -> None:
    async def says(config: SpeechConfig) -> int:
        async with speaker.speak("Chapeau.", config=config) as speech:
            (words,) = [event for event in [event async for event in speech.events()] if isinstance(event, Words)]
        return round(words.words[0].end_ms)

    async with Speaker(str(polyglot)) as speaker:
        english, french = await says(SpeechConfig()), await says(SpeechConfig(voice="ff_two"))
        assert await says(SpeechConfig(voice="ff_two", lang="en")) == english != french
        assert await says(SpeechConfig(voice="af_one", lang="fr")) == french


async def test_pronunciations_of_the_speaker_hold_for_all_of_its_english_speeches(polyglot: Path) -> None:
    async def says(text: str, config: SpeechConfig) -> float:
        async with speaker.speak(text, config=config) as speech:
            done = [event async for event in speech.events()][-1]
        assert isinstance(done, Done)
        return done.audio_ms

    long = "one two three four five six"
    default = SpeechConfig(lexicon={"brb": long})
    async with Speaker(str(polyglot), config=default) as speaker:
        spoken = await says(long + ".", SpeechConfig())
        assert await says("brb.", SpeechConfig()) == await says("brb.", SpeechConfig(lexicon={"afk": "away"})) == spoken
        assert await says("brb.", SpeechConfig(lexicon={"brb": "back"})) < spoken / 2
        assert await says("brb.", SpeechConfig(voice="ff_two")) < spoken
        with pytest.raises(InputError, match=r"lexicon: .* English only, not for fr-fr"):
            speaker.check(SpeechConfig(lang="fr", lexicon={"brb": "back"}))

"""OpenAI's names of voices in the models that there are."""

from __future__ import annotations

import pytest

from kokoro_stream.service.openai.voices import ALIASES, resolve

OPENAI = sorted(
    ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar", "fable", "onyx", "nova")
)
KINDS = {
    "af": ("heart", "alloy", "aoede", "bella", "jessica", "kore", "nicole", "nova", "river", "sarah", "sky"),
    "am": ("adam", "echo", "eric", "fenrir", "liam", "michael", "onyx", "puck", "santa"),
    "bf": ("alice", "emma", "isabella", "lily"),
    "bm": ("daniel", "fable", "george", "lewis"),
}
KOKORO = [f"{kind}_{name}" for kind, names in KINDS.items() for name in names]
BUILTIN = ["af_june", "af_clara", "am_felix", "am_otto"]


def test_there_is_a_voice_for_each_of_openais_names() -> None:
    assert sorted(ALIASES) == OPENAI


def test_in_kokoro_each_name_is_a_voice_of_its_own_and_the_namesake_if_there_is_one() -> None:
    voices = [resolve(name, KOKORO) for name in OPENAI]
    assert len(set(voices)) == len(voices)
    assert set(voices) <= set(KOKORO)
    namesakes = {voice.partition("_")[2]: voice for voice in KOKORO}
    assert all(resolve(name, KOKORO) == namesakes[name] for name in OPENAI if name in namesakes)


def test_in_a_small_model_the_kind_of_voice_stays_and_all_are_used() -> None:
    kinds = {name: resolve(name, KOKORO)[1] for name in OPENAI}
    voices = {name: resolve(name, BUILTIN) for name in OPENAI}
    assert set(voices.values()) == set(BUILTIN)
    assert {name: voice[1] for name, voice in voices.items()} == kinds


@pytest.mark.parametrize("names", [["narrator"], ["mf_alpha", "one", "two"]])
def test_in_any_model_there_is_some_voice(names: list[str]) -> None:
    assert {resolve(name, names) for name in OPENAI} <= set(names)


def test_a_models_own_voice_comes_before_the_alias() -> None:
    assert resolve("alloy", ["af_alloy", "alloy"]) == "alloy"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("alloy:0.7+echo:0.3", "af_alloy:0.7+am_echo:0.3"),
        (" nova + af_sky", "af_nova+af_sky"),
        ("af_sky:0.5+onyx:0.5", "af_sky:0.5+am_onyx:0.5"),
        ("af_sky", "af_sky"),
        ("af_alloy", "af_alloy"),
        ("nobody", "nobody"),
        ("Alloy", "Alloy"),
        ("", ""),
    ],
)
def test_blends_may_mix_the_names_and_what_is_no_alias_stays(written: str, meant: str) -> None:
    assert resolve(written, KOKORO) == meant

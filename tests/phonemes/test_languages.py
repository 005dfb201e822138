from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec

import pytest

from kokoro_stream.errors import MissingLanguageError, UnknownLanguageError
from kokoro_stream.phonemes import languages as registry
from kokoro_stream.phonemes.languages import EXTRAS, languages, missing_languages, phonemizer
from kokoro_stream.phonemes.voices import VOICE_LANGUAGES, language_of
from kokoro_stream.text.source import SourceText

find_spec = importlib.util.find_spec


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without extras, in which no language has been used yet."""
    extra_modules = {module for modules in EXTRAS.values() for module in modules}

    def find(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in extra_modules else find_spec(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    monkeypatch.setattr(registry, "_loaded", {})


def test_a_language_is_loaded_once_even_when_many_threads_ask_first() -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(phonemizer, ["en-us", "en", "EN-US", "en-us"] * 4))
    assert len({id(one) for one in asked}) == 1


def test_british_is_not_american() -> None:
    text = SourceText.of("I can't dance.")
    assert phonemizer("en-gb").phonemize(text).phonemes == "ˌI kˈɑːnt dˈɑːns."
    assert phonemizer("en-us").phonemize(text).phonemes == "ˌI kˈænt dˈæns."


def test_an_unknown_language_is_refused_with_those_that_work() -> None:
    with pytest.raises(UnknownLanguageError, match="en-us") as refused:
        phonemizer("tlh")
    assert refused.value.known == languages()


def test_all_that_kokoro_speaks_is_spoken_here() -> None:
    assert set(languages()) >= set(VOICE_LANGUAGES.values())
    assert missing_languages() == {}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("lang", "command"),
    [
        ("es", "pip install 'kokoro-stream[espeak]'"),
        ("FR", "pip install 'kokoro-stream[espeak]'"),
        ("ja", "pip install 'kokoro-stream[ja]'"),
        ("zh", "pip install 'kokoro-stream[zh]'"),
    ],
)
def test_a_missing_extra_is_refused_with_the_command_that_installs_it(lang: str, command: str) -> None:
    with pytest.raises(MissingLanguageError) as refused:
        phonemizer(lang)
    assert refused.value.command == command
    assert command in str(refused.value)
    assert (refused.value.field, refused.value.lang, refused.value.known) == ("lang", lang, ("en-us", "en-gb", "en"))


@pytest.mark.usefixtures("bare")
def test_without_extras_english_is_left() -> None:
    assert languages() == ("en-us", "en-gb", "en")
    assert missing_languages() == {"espeak": ("es", "fr-fr", "hi", "it", "pt-br"), "ja": ("ja",), "zh": ("zh",)}


def test_a_broken_package_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setitem(sys.modules, "fugashi", None)  # importing it raises ImportError
    with pytest.raises(MissingLanguageError, match=r"kokoro-stream\[ja\]"):
        phonemizer("ja")


@pytest.mark.parametrize(
    ("voice", "lang"),
    [
        ("af_heart", "en-us"),
        ("bm_george", "en-gb"),
        ("ef_dora", "es"),
        ("ff_siwis", "fr-fr"),
        ("hm_omega", "hi"),
        ("if_sara", "it"),
        ("jf_alpha", "ja"),
        ("pm_santa", "pt-br"),
        ("zf_xiaobei", "zh"),
        ("jf_alpha:0.7+af_heart:0.3", "ja"),
        (" af_heart", "en-us"),
        ("", None),
        ("anna", None),
        ("xf_anna", None),
    ],
)
def test_the_name_of_a_voice_says_what_it_speaks(voice: str, lang: str | None) -> None:
    assert language_of(voice) == lang

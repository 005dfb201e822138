from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kokoro_stream.errors import UnknownLanguageError
from kokoro_stream.phonemes.languages import languages, phonemizer
from kokoro_stream.text.source import SourceText


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

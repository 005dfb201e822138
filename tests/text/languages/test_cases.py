from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from kokoro_stream.text.languages import japanese, mandarin
from kokoro_stream.text.languages.french import FRENCH
from kokoro_stream.text.languages.hindi import HINDI
from kokoro_stream.text.languages.italian import ITALIAN
from kokoro_stream.text.languages.normalizer import Normalizer
from kokoro_stream.text.languages.portuguese import PORTUGUESE
from kokoro_stream.text.languages.spanish import SPANISH
from kokoro_stream.text.source import SourceText

NORMALIZERS: dict[str, Callable[[SourceText], SourceText]] = {
    "es": Normalizer(SPANISH),
    "fr": Normalizer(FRENCH),
    "it": Normalizer(ITALIAN),
    "pt": Normalizer(PORTUGUESE),
    "hi": Normalizer(HINDI),
    "ja": japanese.normalize,
    "zh": mandarin.normalize,
}
CASES = [
    (language, written, said)
    for language, table in tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8")).items()
    for written, said in table.items()
]


def test_every_language_has_cases() -> None:
    assert {language for language, _, _ in CASES} == NORMALIZERS.keys()


@pytest.mark.parametrize(("language", "written", "said"), CASES)
def test_it_is_said_as_people_say_it(language: str, written: str, said: str) -> None:
    normalized = NORMALIZERS[language](SourceText.of(written))
    assert " ".join(normalized.text.split()) == said
    assert (normalized.start, normalized.end) == (0, len(written))
    assert list(normalized.starts) == sorted(normalized.starts)
    assert list(normalized.ends) == sorted(normalized.ends)

"""Runs that are looked up one by one say what misaki says of the whole text."""

from __future__ import annotations

from itertools import chain

from hypothesis import given, settings

from kokoro_stream.phonemes.english import English
from kokoro_stream.phonemes.misaki import Spoken
from kokoro_stream.text.source import SourceText
from tests.sentences import drawn, written

from .test_english import ODD_TEXT


def misakis(english: English, text: SourceText) -> list[Spoken]:
    reading = english._read(text, ())
    return english._misaki.speak(reading.tokens, reading.tags, reading.preset, english._spelling.pronounce)


def test_sentences_are_said_as_misaki_says_them(english: English) -> None:
    for sentence in chain(written(), drawn(1000, seed=3)):
        text = SourceText.of(sentence)
        assert english.spoken(text) == misakis(english, text), sentence


def test_so_they_are_in_british_english(british: English) -> None:
    for sentence in drawn(300, seed=4):
        text = SourceText.of(sentence)
        assert british.spoken(text) == misakis(british, text), sentence


@settings(deadline=None)
@given(ODD_TEXT)
def test_odd_text_is_said_as_misaki_says_it(english: English, odd: str) -> None:
    text = SourceText.of(odd)
    assert english.spoken(text) == misakis(english, text)

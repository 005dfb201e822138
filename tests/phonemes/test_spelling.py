from __future__ import annotations

import pytest

from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.spelling import MODEL, Spelling
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from training.spelling.score import error_rate, unstressed
from training.spelling.words import Accent, held_out_words, is_held_out, training_words


@pytest.fixture(scope="module")
def spelling(misaki: Misaki) -> Spelling:
    return Spelling(misaki, Lexicon({"kokoro": "kOkˈɔɹO"}))


@pytest.mark.parametrize(("accent", "british"), [("us", False), ("gb", True)])
def test_words_it_never_saw_are_nearly_right(accent: Accent, british: bool) -> None:
    spelling = Spelling(Misaki(british=british), Lexicon(), british=british)
    words = held_out_words(accent)[::4]
    guesses = [(spelling.guess(example.word), example.phonemes) for example in words]
    assert len(guesses) > 1000
    assert error_rate(guesses) < 0.10
    assert error_rate([(unstressed(guess), unstressed(right)) for guess, right in guesses]) < 0.075


def test_no_held_out_word_is_trained_on_in_any_case_or_accent() -> None:
    trained = {example.word.lower() for example in training_words()}
    held_out = {example.word.lower() for accent in ("us", "gb") for example in held_out_words(accent)}
    assert len(trained) > 100_000
    assert held_out.isdisjoint(trained)
    assert is_held_out("Hello") == is_held_out("hello")


def test_the_model_is_small() -> None:
    assert MODEL.stat().st_size <= 1_000_000


def test_possessives_and_compounds_are_their_parts(spelling: Spelling, misaki: Misaki) -> None:
    assert spelling.pronounce("Kokoro's") == "kOkˈɔɹOz"
    assert spelling.pronounce("kokoro-based") == f"kOkˈɔɹO {misaki.pronounce('based')}"


def test_accents_and_ligatures_are_read_as_plain_letters(spelling: Spelling, misaki: Misaki) -> None:
    assert spelling.pronounce("café") == misaki.pronounce("cafe")
    assert spelling.pronounce("Łódź") == spelling.pronounce("Lodz") != ""


def test_what_cannot_be_read_as_a_word_is_spelled(spelling: Spelling) -> None:
    assert spelling.pronounce("qwrt") == "kjˈu dˈʌbᵊlju ˈɑɹ tˈi"
    assert spelling.pronounce("世界") == ""


def test_every_word_is_said_somehow_and_in_known_symbols(spelling: Spelling) -> None:
    for word in ("uvicorn", "zzyzx", "o'neill", "a" * 40, "x" * 40, "Dvořák", "NGINX", "aeiou"):
        phonemes = spelling.pronounce(word)
        assert phonemes
        assert set(phonemes) <= VOCABULARY.keys()

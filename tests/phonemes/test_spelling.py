from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.phonemes.lexicon import Lexicon
from kokoro_stream.phonemes.misaki import Misaki
from kokoro_stream.phonemes.spelling import MODEL, Spelling
from kokoro_stream.phonemes.vocabulary import VOCABULARY
from training.spelling.score import error_rate, unstressed
from training.spelling.words import Accent, held_out_words


@pytest.fixture(scope="module")
def spelling(misaki: Misaki) -> Spelling:
    return Spelling(misaki, Lexicon({"kokoro": "kOkˈɔɹO", "ESPHome": "ˌiˌɛspˈihˌOm"}))


@pytest.mark.parametrize(("accent", "british"), [("us", False), ("gb", True)])
def test_words_it_never_saw_are_nearly_right(accent: Accent, british: bool) -> None:
    spelling = Spelling(Misaki(british=british), Lexicon(), british=british)
    words = held_out_words(accent)
    guesses = [(spelling.guess(example.written), example.phonemes) for example in words]
    assert len(guesses) > 4000
    assert error_rate(guesses) < 0.082
    assert error_rate([(unstressed(guess), unstressed(right)) for guess, right in guesses]) < 0.06


def test_names_it_never_saw_are_mostly_right() -> None:
    spelling = Spelling(Misaki(), Lexicon())
    names = [example for example in held_out_words("us") if example.name]
    assert len(names) > 400
    assert error_rate([(spelling.guess(name.written), name.phonemes) for name in names]) < 0.17


def test_the_model_is_small() -> None:
    assert MODEL.stat().st_size <= 1_500_000


def test_possessives_and_compounds_are_their_parts(spelling: Spelling, misaki: Misaki) -> None:
    assert spelling.pronounce("Kokoro's") == "kOkˈɔɹOz"
    assert spelling.pronounce("kokoro-based") == f"kOkˈɔɹO {misaki.pronounce('based')}"


def test_accents_and_ligatures_are_read_as_plain_letters(spelling: Spelling, misaki: Misaki) -> None:
    assert spelling.pronounce("café") == misaki.pronounce("cafe")
    assert spelling.pronounce("Łódź") == spelling.pronounce("Lodz") != ""


def test_what_cannot_be_read_as_a_word_is_spelled(spelling: Spelling) -> None:
    assert spelling.pronounce("qwrt") == "kjˈu dˈʌbᵊlju ˈɑɹ tˈi"
    assert spelling.pronounce("世界") == ""


@pytest.mark.parametrize(
    ("word", "as_if_written"),
    [
        ("parseHTML", "parse HTML"),
        ("HTMLParser", "HTML parser"),
        ("redCat", "red cat"),
        ("eGPU", "e GPU"),
        ("mkdocs", "m k docs"),
        ("wget", "w get"),
        ("pgadmin", "p g admin"),
        ("systemctl", "system c t l"),
        ("red_bar2", "red bar 2"),
    ],
)
def test_odd_words_are_taken_apart(spelling: Spelling, misaki: Misaki, word: str, as_if_written: str) -> None:
    parts = [misaki.pronounce(part.upper() if len(part) == 1 else part, "NN") for part in as_if_written.split()]
    assert spelling.pronounce(word) == " ".join(filter(None, parts))


def test_acronyms_nobody_knows_are_said_if_they_can_be(spelling: Spelling) -> None:
    assert spelling.oddly_written("NOBIX") == spelling.guess("nobix")
    assert spelling.oddly_written("EPFL") is None
    assert spelling.oddly_written("NASA") is None


def test_words_known_in_lower_case_are_not_taken_apart_at_capitals(spelling: Spelling, misaki: Misaki) -> None:
    assert spelling.oddly_written("TypeScript") == misaki.pronounce("typescript")
    for word in ("typescript", "Typescript", "GPUs", "McDonald", "x86", "FooBar", ""):
        assert spelling.oddly_written(word) is None


def test_names_are_told_from_words_by_their_capital(spelling: Spelling) -> None:
    names = [example for example in held_out_words("us") if example.name]
    as_words = error_rate([(spelling.guess(name.word), name.phonemes) for name in names])
    assert error_rate([(spelling.guess(name.written), name.phonemes) for name in names]) < as_words


@given(st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=40))
def test_a_guess_has_one_main_stress(spelling: Spelling, word: str) -> None:
    assert spelling.guess(word).count("ˈ") == 1


def test_every_word_is_said_somehow_and_in_known_symbols(spelling: Spelling) -> None:
    for word in ("uvicorn", "zzyzx", "o'neill", "a" * 40, "x" * 40, "Dvořák", "NGINX", "aeiou", "aBcDeFgH", "q'"):
        phonemes = spelling.pronounce(word)
        assert phonemes
        assert set(phonemes) <= VOCABULARY.keys()

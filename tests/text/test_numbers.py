"""Numbers as words, numerals as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.numbers import ROMAN_STEPS, cardinal, fraction, ordinal, plural, roman, year


@given(st.integers(0, 10**20))
def test_words_hold_neither_digits_nor_hyphens_nor_and(value: int) -> None:
    for words in (cardinal(str(value)), ordinal(str(value))):
        assert all(word.isalpha() for word in words.split(" "))
        assert "and" not in words.split(" ")


@given(st.integers(1, 3999))
def test_numerals_are_read_back(value: int) -> None:
    numeral, rest = "", value
    for letters, worth in ROMAN_STEPS:
        numeral += letters * (rest // worth)
        rest %= worth
    assert roman(numeral) == value


@pytest.mark.parametrize("letters", ["IIII", "VX", "IC", "XXXX", "IVI"])
def test_letters_that_are_no_numeral_are_worth_nothing(letters: str) -> None:
    assert roman(letters) == 0


@pytest.mark.parametrize(
    ("digits", "words"),
    [("1905", "nineteen oh five"), ("2000", "two thousand"), ("90", "ninety"), ("0999", "zero nine nine nine")],
)
def test_years(digits: str, words: str) -> None:
    assert year(digits) == words


@pytest.mark.parametrize(
    ("top", "bottom", "words"),
    [("1", "2", "one half"), ("3", "2", "three halves"), ("3", "4", "three quarters"), ("1", "3", "one third")],
)
def test_fractions(top: str, bottom: str, words: str) -> None:
    assert fraction(top, bottom) == words


@pytest.mark.parametrize(("one", "many"), [("ninety", "nineties"), ("six", "sixes"), ("nineteen ten", "nineteen tens")])
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many

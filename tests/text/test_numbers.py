"""Numbers as words, numerals as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kokoro_stream.text.dialect import AMERICAN, BRITISH
from kokoro_stream.text.numbers import ROMAN_STEPS, plural, roman


@given(st.integers(0, 10**20))
def test_words_hold_neither_digits_nor_hyphens(value: int) -> None:
    for dialect in (AMERICAN, BRITISH):
        for words in (dialect.cardinal(str(value)), dialect.ordinal(str(value))):
            assert all(word.isalpha() for word in words.split(" "))


@given(st.integers(0, 10**15 - 1))
def test_the_british_say_and(value: int) -> None:
    assert BRITISH.cardinal(str(value)).replace(" and ", " ") == AMERICAN.cardinal(str(value))
    assert "and" not in AMERICAN.cardinal(str(value)).split(" ")


@given(st.integers(1, 3999))
def test_numerals_are_read_back(value: int) -> None:
    numeral, rest = "", value
    for letters, worth in ROMAN_STEPS:
        numeral += letters * (rest // worth)
        rest %= worth
    assert roman(numeral) == value


@pytest.mark.parametrize("letters", ["IIII", "VX", "IC", "XXXX", "IVI", "M" * 40])
def test_letters_that_are_no_numeral_are_worth_nothing(letters: str) -> None:
    assert roman(letters) == 0


@pytest.mark.parametrize(
    ("digits", "american", "british"),
    [
        ("105", "one hundred five", "one hundred and five"),
        ("1005", "one thousand five", "one thousand and five"),
        ("1,000,100", "one million one hundred", "one million one hundred"),
        ("12_345", "twelve thousand three hundred forty five", "twelve thousand three hundred and forty five"),
        ("007", "zero zero seven", "zero zero seven"),
    ],
)
def test_cardinals(digits: str, american: str, british: str) -> None:
    assert (AMERICAN.cardinal(digits), BRITISH.cardinal(digits)) == (american, british)


@pytest.mark.parametrize(
    ("digits", "words"),
    [("1", "first"), ("12", "twelfth"), ("20", "twentieth"), ("100", "one hundredth"), ("05", "fifth")],
)
def test_ordinals(digits: str, words: str) -> None:
    assert AMERICAN.ordinal(digits) == words


@pytest.mark.parametrize(
    ("digits", "words"),
    [("1905", "nineteen oh five"), ("2000", "two thousand"), ("90", "ninety"), ("0999", "zero nine nine nine"),
     ("2005", "two thousand five"), ("1900", "nineteen hundred"), ("2010", "twenty ten")],
)  # fmt: skip
def test_years(digits: str, words: str) -> None:
    assert AMERICAN.year(digits) == words


@pytest.mark.parametrize(
    ("digits", "words"),
    [("404", "four oh four"), ("747", "seven forty seven"), ("500", "five hundred"), ("3000", "three thousand"),
     ("1200", "twelve hundred"), ("8601", "eighty six oh one"), ("0042", "zero zero four two"), ("12", "twelve")],
)  # fmt: skip
def test_pairs(digits: str, words: str) -> None:
    assert AMERICAN.pairs(digits) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [("1/2", "one half"), ("3/2", "three halves"), ("3/4", "three quarters"), ("1/3", "one third"),
     ("5/1", "five over one"), ("1 1/2", "one and a half"), ("2¾", "two and three quarters"), ("½", "one half"),
     ("3.25", "three point two five")],
)  # fmt: skip
def test_amounts(written: str, words: str) -> None:
    assert AMERICAN.amount(written) == words


@pytest.mark.parametrize(("one", "many"), [("ninety", "nineties"), ("six", "sixes"), ("nineteen ten", "nineteen tens")])
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many

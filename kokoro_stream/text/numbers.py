"""Numbers as they are written: patterns, Roman numerals, fraction signs, digits one by one."""

from __future__ import annotations

import re

from .words import words

# One number as written: plain digits or groups (1,234 · 1,23,456 · 1 500 000 · 1_000) and a decimal part.
# Atomic, so that long runs cost linear time.
INTEGER = (
    r"(?>\d{1,3}(?:,\d{3})++(?!\d)|\d{1,2}(?:,\d\d(?=,))++,\d{3}(?!\d)|\d++(?:_\d++)*+"
    r"(?:(?<!\d\d\d\d)(?: \d{3}){0,3} 000(?!\d))?)"
)
NUMBER = rf"(?>{INTEGER}(?:\.\d++)?+)"
FRACTION_SIGNS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅑": (1, 9),
    "⅒": (1, 10),
}  # fmt: skip
_SIGNS = "".join(FRACTION_SIGNS)
# A number, a fraction or both: 3.5 · 3/4 · 1 1/2 · 1-1/2 · 1½.
AMOUNT = rf"(?>(?:\d{{1,4}}[ -])?\d{{1,2}}[/⁄]\d{{1,2}}(?![\d/])|(?:\d{{1,4}} ?)?[{_SIGNS}]|{NUMBER})"
MIXED = re.compile(rf"(?:(?P<whole>\d+)[ -]?)?(?:(?P<top>\d+)[/⁄](?P<bottom>\d+)|(?P<sign>[{_SIGNS}]))")

NUMBER_WORDS = words(
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion"
)
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
ROMAN_STEPS = (
    ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10),
    ("IX", 9), ("V", 5), ("IV", 4), ("I", 1),
)  # fmt: skip
LONGEST_ROMAN = 15  # MMMDCCCLXXXVIII


def spelled(digits: str) -> str:
    """Digit by digit: ``911`` → nine one one. Anything that is not a digit is left out."""
    return " ".join(_DIGIT_WORDS[int(digit)] for digit in digits if digit.isdecimal())


def letters(text: str) -> str:
    """Letters and digits one by one: ``1F60`` → one F six zero."""
    return " ".join(spelled(character) if character.isdecimal() else character.upper() for character in text)


def plural(words: str) -> str:
    """``ninety`` → nineties, ``hundred`` → hundreds."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")


def roman(numeral: str) -> int:
    """``XIV`` → 14; 0 when it is not a numeral written in the usual way."""
    if len(numeral) > LONGEST_ROMAN:
        return 0
    total = 0
    for letter, following in zip(numeral, [*numeral[1:], ""], strict=True):
        value = ROMAN_VALUES[letter]
        total += -value if following and ROMAN_VALUES[following] > value else value
    return total if _as_roman(total) == numeral else 0


def _as_roman(value: int) -> str:
    written = ""
    for letters, worth in ROMAN_STEPS:
        written += letters * (value // worth)
        value %= worth
    return written

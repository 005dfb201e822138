"""Numbers as American English words, without "and", commas or hyphens."""

from __future__ import annotations

from functools import lru_cache

from num2words import num2words

# One number as written: grouped or plain digits and a decimal part. Atomic, so that long runs cost linear time.
NUMBER = r"(?>(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?+)"
INTEGER = r"(?>\d{1,3}(?:,\d{3})++(?!\d)|\d++)"
ALONE = r"(?<![\w])(?<!\d[.,:/])"  # before a number: no letter, no digit, no other part of a number

LONGEST_QUANTITY = 15  # beyond quadrillions nobody follows; longer numbers are read digit by digit

ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
ROMAN_STEPS = (
    ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10),
    ("IX", 9), ("V", 5), ("IV", 4), ("I", 1),
)  # fmt: skip


def _plain(words: str) -> str:
    return words.replace(",", "").replace(" and ", " ").replace("-", " ")


@lru_cache(maxsize=4096)
def cardinal(digits: str) -> str:
    """``1,249`` → one thousand two hundred forty nine; ``007`` → zero zero seven."""
    digits = digits.replace(",", "")
    if len(digits) > LONGEST_QUANTITY or (len(digits) > 1 and int(digits[0]) == 0):
        return spelled(digits)
    return _plain(num2words(int(digits)))


@lru_cache(maxsize=1024)
def ordinal(digits: str) -> str:
    """``21`` → twenty first."""
    digits = digits.replace(",", "")
    if len(digits) > LONGEST_QUANTITY:
        return spelled(digits)
    return _plain(num2words(int(digits), to="ordinal"))


@lru_cache(maxsize=1024)
def year(digits: str) -> str:
    """``1905`` → nineteen oh five; ``2005`` → two thousand five."""
    if len(digits) != 4 or int(digits) < 1000:
        return cardinal(digits)
    return _plain(num2words(int(digits), to="year"))


def spelled(digits: str) -> str:
    """Digit by digit: ``911`` → nine one one. Anything that is not a digit is left out."""
    return " ".join(num2words(int(digit)) for digit in digits if digit.isdecimal())


def number(text: str) -> str:
    """A number as `NUMBER` matches it: ``3.14`` → three point one four."""
    whole, point, part = text.partition(".")
    words = cardinal(whole) if whole else ""
    return f"{words} point {spelled(part)}".strip() if point else words


def fraction(numerator: str, denominator: str) -> str:
    """``3``, ``4`` → three quarters."""
    many = int(numerator) != 1
    if int(denominator) == 2:
        return f"{cardinal(numerator)} {'halves' if many else 'half'}"
    part = "quarter" if int(denominator) == 4 else ordinal(denominator)
    return f"{cardinal(numerator)} {part}{'s' if many else ''}"


def plural(words: str) -> str:
    """``ninety`` → nineties, ``hundred`` → hundreds."""
    return words[:-1] + "ies" if words.endswith("y") else words + ("es" if words.endswith("x") else "s")


def roman(numeral: str) -> int:
    """``XIV`` → 14; 0 when it is not a numeral written in the usual way."""
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

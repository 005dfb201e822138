"""What differs from language to language when numbers are read out; `normalizer` knows what is common to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from num2words import num2words

Forms = tuple[str, str]  # of one, of several
FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The tables of one language."""

    cardinal: Callable[[int], str]
    """A whole number, not negative, as one says it alone."""
    ordinal: Callable[[int, str], str]
    """A number and the ending that makes it an ordinal ("1", "er")."""
    endings: tuple[str, ...]
    """Those endings."""
    roman_endings: tuple[str, ...]
    """Those that also stand behind Roman numerals."""
    agree: Callable[[str, str], str]
    """A number in words as it is said before that noun ("uno", "casa" → una)."""
    alone_after: frozenset[str]
    """Words that number what precedes ("página 1"): the number agrees with nothing behind it."""

    groups: str
    """Characters between groups of digits."""
    group: str = r"\d{3}"
    marks: Mapping[str, str]
    """Decimal mark → word; "," and ".", for not everybody writes as his language wants."""
    comma_groups: bool = False
    """"1,500" is 1500, as half of those who speak the language write it."""
    pairs: bool = True
    """Two decimals are read as one number (3,14: "tres coma catorce"), not as digits."""

    minus: str
    plus: str
    percent: str
    number: str
    """What "#" means before a number."""
    to: str
    """Between the ends of a range."""
    over: str
    """Between the parts of a fraction that has no name."""
    fractions: Mapping[str, Forms]
    """Denominator → its name, with a numerator of one and of several."""
    known_fractions: Mapping[tuple[int, int], str]
    """Fractions that are said otherwise ("1/2": medio)."""
    half_more: str
    """Between a whole number and a fraction ("2½": dos y medio)."""

    currencies: Mapping[str, tuple[str, str, str, str]]
    """Sign → one, several, one hundredth, several hundredths."""
    per: str
    """Between a price and its unit ("2 €/kg")."""
    coins: str
    """Between the sum and its hundredths."""
    scales: Mapping[str, Forms]
    """Short and long names of great numbers ("M": millón, millones)."""
    of: str
    """Between a great number and what is counted ("un millón de euros"), with the spaces around it."""
    elided_of: str = ""
    """The same before a vowel, where that differs ("un million d'euros")."""
    counted_with_of: frozenset[str]
    """The great numbers that take it."""
    units: Mapping[str, Forms]

    months: tuple[str, ...]
    short_months: Mapping[str, str]
    date: str
    """With {day} and {month}."""
    in_year: str
    """With {year}; what follows a date."""
    month_joint: str
    """What may be written between day and month; a pattern."""
    first: str
    """The first day of a month."""
    clock: Callable[[int, int], str]
    hour_signs: str
    """Between hours and minutes, beside the colon; characters."""
    hour_words: tuple[str, ...] = ("h", "hs", "hrs")
    """What may stand behind a time and is part of it."""
    halves: tuple[str, str, str]
    """Of the morning, of the afternoon, of the evening."""
    halves_first: bool = False

    after_degrees: tuple[str, ...] = ()
    """Words behind "20°" that show it to be degrees; without any, it always is."""
    after_numerals: frozenset[str]
    """Words before a Roman numeral that is read as a cardinal ("siglo XX")."""
    ranked: tuple[str, ...]
    """Words behind a Roman numeral that is read as an ordinal ("II Guerra"), which takes `ranked_ending`."""
    ranked_ending: str
    regnal: Callable[[int], str]
    """A king's or pope's number."""
    rulers: frozenset[str]
    queens: frozenset[str] = frozenset()
    """Those whose number is feminine."""

    abbreviations: Mapping[str, str]
    misread: Mapping[str, str]
    """Words that espeak reads wrongly, in small letters → a spelling that it reads well."""
    signs: Mapping[str, str]
    """Signs that are said wherever they stand."""
    dot: str
    at: str
    slash: str
    """In addresses."""
    telephone_pairs: bool = False
    """Telephone numbers are written and read in pairs of digits."""


def counting(lang: str) -> Callable[[int], str]:
    """num2words' cardinals of a language, remembered, without commas and hyphens."""

    @lru_cache(maxsize=4096)
    def cardinal(number: int) -> str:
        words: str = num2words(number, lang=lang)
        return words.replace(",", "").replace("-", " ")

    return cardinal


def ranking(lang: str) -> Callable[[int], str]:
    """num2words' ordinals of a language, remembered."""

    @lru_cache(maxsize=1024)
    def ordinal(number: int) -> str:
        words: str = num2words(number, lang=lang, to="ordinal")
        return words.replace("-", " ")

    return ordinal


def forms(table: str) -> dict[str, Forms]:
    """Lines of ``symbol one|several``; without the bar, both are alike."""
    found = {}
    for line in table.strip().splitlines():
        symbol, _, words = line.strip().partition(" ")
        one, _, many = words.partition("|")
        found[symbol] = (one, many or one)
    return found


def listed(text: str) -> tuple[str, ...]:
    """The words of the text, in order."""
    return tuple(text.split())

"""Ordinals and Roman numerals → words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import Grammar
from .rules import ALONE, DIGITS, Rule, one_of, rule

_ROMAN = "IVXLC"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NUMERAL = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_WORD = r"(?>[^\W\d_]+)"


def ranks(grammar: Grammar) -> Iterator[Rule]:
    """Ordinals and Roman numerals."""
    endings = one_of(grammar.endings)

    def roman(match: re.Match[str]) -> str:
        name, numeral = match["name"], match["part"]
        if name in grammar.queens:
            return grammar.ordinal(value_of(numeral), "ª")
        if name in grammar.rulers:
            return grammar.regnal(value_of(numeral))
        if name.lower() in grammar.after_numerals or (len(numeral) > 1 and name.istitle()):
            return grammar.cardinal(value_of(numeral))
        return numeral

    yield rule(
        rf"{ALONE}(?P<digits>\d{{1,4}})\.?(?P<ending>{endings})(?!\w)",
        lambda match: grammar.ordinal(int(match["digits"]), match["ending"]),
        needs=[DIGITS],
    )
    yield rule(
        rf"(?<!\w)(?P<numeral>(?![LC]){_NUMERAL})(?P<ending>{one_of(grammar.roman_endings)})(?!\w)",
        lambda match: grammar.ordinal(value_of(match["numeral"]), match["ending"]),
        needs=[_ROMAN],
    )
    if grammar.ranked:
        yield rule(
            rf"(?<!\w)(?P<numeral>(?![IVX]\b){_NUMERAL}) (?=(?i:{one_of(grammar.ranked)})(?!\w))",
            lambda match: grammar.ordinal(value_of(match["numeral"]), grammar.ranked_ending) + " ",
            needs=[_ROMAN],
        )
    yield rule(rf"(?<!\w)(?P<name>{_WORD}) (?P<part>{_NUMERAL})(?!\w)", roman, needs=[_ROMAN])


def typed_degrees(grammar: Grammar) -> Iterator[Rule]:
    """Ordinals with the sign for degrees, which keyboards have, before a noun ("1° posto")."""
    yield rule(
        rf"{ALONE}(?P<digits>\d{{1,2}})°(?= (?!(?:{one_of(grammar.after_degrees)})\b)[^\W\d_A-Z])",
        lambda match: grammar.ordinal(int(match["digits"]), "º"),
        needs=[DIGITS, "°"],
    )


def value_of(numeral: str) -> int:
    """``XIV`` → 14."""
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))

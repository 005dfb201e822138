"""Sums of money, great numbers, measures and percentages → words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import FRACTIONS, Grammar
from .numerals import Numerals
from .rules import ALONE, DIGITS, MINUS, Rule, one_of, rule


def quantities(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    """Numbers with what they count."""
    number, signs = numerals.number, one_of(grammar.currencies)
    scale = rf"(?:\s?(?P<scale>{one_of(grammar.scales)})(?!\w))?"
    per = rf"(?:\s?/\s?(?:(?P<unit>{one_of(grammar.units)})(?!\w)|(?=[^\W\d_])))?"
    until = rf"(?:\s?[-–—]\s?(?P<until>{number}))?"
    words = one_of(word for word in grammar.scales if len(word) > 1)  # "5 m" is no million
    money = _Money(grammar, numerals)
    needed = [DIGITS, {sign[-1] for sign in grammar.currencies}]
    yield rule(rf"{MINUS}(?<!\w)(?P<sign>{signs})\s?(?P<amount>{number}){scale}(?P<per>{per})", money.say, needs=needed)
    yield rule(
        rf"{MINUS}{ALONE}(?P<amount>{number}){scale}\s?(?P<sign>{signs})(?!\w)(?P<per>{per})", money.say, needs=needed
    )
    yield rule(
        rf"{ALONE}(?P<amount>{number})(?:(?P<scale>{one_of(grammar.scales)})|\s(?P<word>{words}))(?!\w)",
        lambda match: money.scaled(match["amount"], match["scale"] or match["word"]),
        needs=[DIGITS],
    )

    def measured(match: re.Match[str]) -> str:
        one, many = grammar.units[match["unit"]]
        amount, end = match["amount"], match["until"]
        name = one if numerals.is_one(amount) and not end else many
        minus = f"{grammar.minus} " if match["minus"] else ""
        to = f"{grammar.to} {numerals.say(end, name)}" if end else ""
        return minus + numerals.count_of(f"{numerals.say(amount, name)} {to}".strip(), name)

    yield rule(
        rf"{MINUS}{ALONE}(?P<amount>{number}){until}\s?(?P<unit>{one_of(grammar.units)})(?![\w²³])",
        measured,
        needs=[DIGITS],
    )
    yield rule(
        rf"(?P<whole>\d\s?)?(?:[{''.join(FRACTIONS)}]|(?<![\d/])\d/\d{{1,2}})(?P<part>\s?(?P<unit>{one_of(grammar.units)}))(?![\w²³])",
        lambda match: f" {grammar.units[match['unit']][bool(match['whole'])]}",
        needs=["/" + "".join(FRACTIONS)],
    )


class _Money:
    def __init__(self, grammar: Grammar, numerals: Numerals) -> None:
        self._grammar = grammar
        self._numerals = numerals

    def say(self, match: re.Match[str]) -> str:
        price = self._price(match)
        if not match["per"]:
            return price
        return f"{price} {self._grammar.per} " + (self._grammar.units[match["unit"]][0] if match["unit"] else "")

    def _price(self, match: re.Match[str]) -> str:
        grammar, amount = self._grammar, match["amount"]
        one, many, cent, cents = grammar.currencies[match["sign"]]
        minus = f"{grammar.minus} " if match["minus"] else ""
        if match["scale"]:
            return minus + self._numerals.count_of(self.scaled(amount, match["scale"]), many)
        whole, mark, part = self._numerals.parts(amount)
        if mark and len(part) != 2:
            return f"{minus}{self._numerals.say(amount)} {many}"
        said = []
        if int(whole) or not int(part or 0):
            name = one if int(whole) == 1 else many
            said.append(self._numerals.count_of(grammar.agree(self._numerals.count(whole), name), name))
        if int(part or 0):
            name = cent if int(part) == 1 else cents
            said.append(f"{grammar.agree(grammar.cardinal(int(part)), name)} {name}")
        return minus + grammar.coins.join(said)

    def scaled(self, amount: str, scale: str) -> str:
        one, many = self._grammar.scales[scale]
        name = one if self._numerals.is_one(amount) else many
        if self._numerals.is_one(amount) and name not in self._grammar.counted_with_of:
            return name  # "mil", not "un mil"
        return f"{self._numerals.say(amount, name)} {name}"

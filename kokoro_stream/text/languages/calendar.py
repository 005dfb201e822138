"""Dates and times → words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import Grammar
from .numerals import Numerals
from .rules import ALONE, DIGITS, Rule, one_of, rule

NOON, EVENING = 12, 20

_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_YEAR = r"(?P<year>[12]\d{3})"
_HALF = r"\s?(?P<half>[AaPp])\.?\s?[Mm]\b(?:\.(?!\s*$))?"


def calendar(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    """Dates and times."""

    def date(match: re.Match[str]) -> str:
        found = match.groupdict()
        month, year = found["month"], found.get("year")
        if month.isdecimal():
            month = grammar.months[int(month) - 1]
        day = grammar.first if int(found["day"]) == 1 else grammar.cardinal(int(found["day"]))
        said = grammar.date.format(day=day, month=grammar.short_months.get(month.lower(), month))
        return said + grammar.in_year.format(year=numerals.count(year)) if year else said

    def time(match: re.Match[str]) -> str:
        said = _time(grammar, int(match["hours"]), int(match["minutes"] or 0), (match["half"] or "").lower())
        seconds = int(match.groupdict().get("seconds") or 0)
        return f"{said}, {grammar.cardinal(seconds)} {grammar.units['s'][seconds > 1]}" if seconds else said

    signs = rf"\s?[{grammar.hour_signs}]\s?|" if grammar.hour_signs else ""
    names = one_of({*grammar.months, *grammar.short_months})
    yield rule(rf"(?<![\w/-]){_YEAR}[-/]{_MONTH}[-/]{_DAY}(?![\w/-])", date, needs=[DIGITS, "-/"])
    yield rule(
        rf"(?<![\w/.,-]){_DAY}(?P<joint>[-/.]){_MONTH}(?P=joint)(?P<year>(?:[12]\d)?\d\d)(?![\w/-]|[.,]\d)",
        date,
        needs=[DIGITS, "-/."],
    )
    yield rule(
        r"(?<![\w/.,-])(?P<day>3[01]|[12]\d|0[1-9])/(?P<month>1[0-2]|0[1-9])(?![\w/]|[.,]\d)", date, needs=[DIGITS, "/"]
    )
    yield rule(
        rf"{ALONE}{_DAY}{grammar.month_joint}(?P<month>{names})\b(?:(?:,\s|{grammar.month_joint}){_YEAR}(?!\w))?",
        date,
        needs=[DIGITS],
        ignore_case=True,
    )
    yield rule(
        r"(?:(?<=:\d\d)|(?<=[hH]\d\d)|(?<=\d[hH]))\s?[-–—]\s?(?=\d{1,2}[:hH])",
        lambda match: f" {grammar.to} ",
        needs=[DIGITS, ":hH", "-–—"],
    )
    yield rule(
        rf"{ALONE}(?P<hours>[01]?\d|2[0-4])(?P<sign>{signs}:)(?P<minutes>[0-5]\d)(?!\d)"
        rf"(?::(?P<seconds>[0-5]\d)(?!\d))?(?:{_HALF})?(?:\s?(?:{one_of(grammar.hour_words)})(?!\w))?(?![.,:]\d)",
        time,
        needs=[DIGITS, grammar.hour_signs + ":"],
    )
    yield rule(rf"{ALONE}(?P<hours>1[0-2]|0?[1-9])(?P<minutes>){_HALF}", time, needs=[DIGITS, "AaPp", "Mm"])


def _time(grammar: Grammar, hours: int, minutes: int, half: str) -> str:
    said = grammar.clock(hours, minutes)
    if not half:
        return said
    morning, afternoon, evening = grammar.halves
    name = morning if half == "a" else evening if hours % NOON + NOON >= EVENING else afternoon
    return f"{name} {said}" if grammar.halves_first else f"{said} {name}"

"""Dates, weekdays and months → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .rules import DASHES, DIGITS, last_word, number_rule, one_of, rule
from .words import words

# A month's number is its place.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July",
    "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
SHORT = {**SHORT_MONTHS, **SHORT_DAYS}
# Nothing else is written so; "Sat", "Sun", "Wed", "Mar" and "Jan" are also words or names.
UNMISTAKABLE = words("Tue Tues Thu Thur Thurs Fri Feb Apr Aug Sept Oct Nov Dec")

_ANY_MONTH = rf"(?:{one_of([*MONTHS, *SHORT_MONTHS])})\b"
_MONTH = rf"(?:(?P<month>{'|'.join(MONTHS)})|(?P<short>{one_of(SHORT_MONTHS)})\b\.?)"
_ANY_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?!\d)"
_DAY = rf"(?P<day>{_ANY_DAY})"
_UNTIL = rf"(?P<until>{_ANY_DAY})"
_YEAR = r"(?P<year>[12]\d{3})"
_ENDING = r"(?:st|nd|rd|th)?"
_DATED = (
    r"(?:[Oo]n|[Bb]y|[Uu]ntil|[Ss]ince|[Dd]ue|[Dd]ated|starts?|begins?|ends?|opens?|closes?|expires?|launches|arrives|"
    rf"{'|'.join(WEEKDAYS)}),?"
)
_INITIALS = "JFMASOND"
_BEFORE_DAYS = (
    "[Oo]n|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Nn]ext|[Ll]ast|[Tt]his|[Ee](?:very|ach)|[Ss]ince|[Bb]efore|[Aa]fter"
)
_LINK = r"(?:\.?, (?:and |or |& )?|\.? (?:and|or|&) |\.?/)"
_SHORT_DAY = re.compile(rf"\b({one_of(SHORT_DAYS)})\b\.?")


def _month(match: re.Match[str]) -> str:
    return match["month"] or SHORT_MONTHS[match["short"]]


def _in_year(digits: str | None, english: Dialect) -> str:
    return f", {english.year(full_year(digits))}" if digits else ""


def full_year(digits: str) -> str:
    """Years of two digits lie within fifty years of 2000."""
    return digits if len(digits) == 4 else ("19" if int(digits) >= 50 else "20") + digits


def _month_day(match: re.Match[str], english: Dialect) -> str:
    the = "the " if english.british or match["the"] else ""
    until = f" to {the}{english.ordinal(match['until'])}" if match["until"] else ""
    return f"{_month(match)} {the}{english.ordinal(match['day'])}{until}" + _in_year(match["year"], english)


def _day_month(match: re.Match[str], english: Dialect) -> str:
    until = f" to the {english.ordinal(match['until'])}" if match["until"] else ""
    the = "" if last_word(match.string, match.start()) == "the" else "the "
    said = f"{the}{english.ordinal(match['day'])}{until} of {_month(match)}"
    return said + _in_year(match["year"] or match["late"], english)


def _date(month: str, day: str, year: str | None, english: Dialect) -> str:
    said = f"{MONTHS[int(month) - 1]} {english.ordinal(day)}"
    if english.british:
        said = f"the {english.ordinal(day)} of {MONTHS[int(month) - 1]}"
    return said + _in_year(year, english)


def _year_first(match: re.Match[str], english: Dialect) -> str:
    said = _date(match["number"], match["day"], match["year"], english)
    return said + (" at " if match.group().endswith("T") else "")


def _numeric(match: re.Match[str], english: Dialect) -> str:
    """Which of the two is the month depends on where one lives, unless only one of them can be; points: day first."""
    first, second, sign = match["first"], match["second"], match["sign"]
    if int(first) > 12 and int(second) > 12:
        return match.group()
    day_first = int(first) > 12 or (int(second) <= 12 and (english.british or sign == "."))
    month, day = (second, first) if day_first else (first, second)
    return _date(month, day, match["year"], english)


def _without_year(match: re.Match[str], english: Dialect) -> str:
    first, second = match["first"], match["second"]
    if int(first) > 12 and int(second) > 12:
        return match["part"]
    day_first = int(first) > 12 or (int(second) <= 12 and english.british)
    return _date(second if day_first else first, first if day_first else second, None, english)


def _listed(match: re.Match[str], _: Dialect) -> str:
    """``Mon., Wed. & Fri`` → Monday, Wednesday & Friday; ``Tue/Thu`` → Tuesday, Thursday."""
    return _SHORT_DAY.sub(lambda day: SHORT_DAYS[day[1]], match.group()).replace("/", ", ")


def _whole(match: re.Match[str], _: Dialect) -> str:
    return SHORT[match["short"]]


CALENDAR = (
    # Weekdays and months cut short, where their neighbours show that they are no names, verbs or planets.
    rule(
        rf"\b(?P<short>{one_of(SHORT_DAYS)})\b(?:\.(?=,? [A-Z\d])|(?=,? (?:{_ANY_MONTH}|\d)))",
        _whole,
        needs=["MTWFS"],
    ),
    rule(
        rf"\b(?:{one_of(SHORT_DAYS)})\b(?:{_LINK}(?:{one_of([*SHORT_DAYS, *WEEKDAYS])})\b){{1,6}}"
        r"(?:\.(?= [a-z\d]|[,;)]))?",
        _listed,
        needs=["MTWFS"],
    ),
    rule(
        rf"\b(?P<short>{one_of(SHORT)})\.?\s?[-–—]\s?(?P<to>{one_of([*SHORT, *MONTHS, *WEEKDAYS])})\b"
        r"(?:\.(?= [a-z\d]))?",
        lambda m, _: f"{SHORT[m['short']]} to {SHORT.get(m['to'], m['to'])}",
        needs=[DASHES, _INITIALS + "TW"],
    ),
    # on Wed · see you Fri!
    rule(
        rf"\b(?:{_BEFORE_DAYS}) (?P<part>(?P<short>{one_of(SHORT_DAYS)})\b(?:\.(?= [a-z]|[,;)]))?)",
        _whole,
        needs=["MTWFS"],
    ),
    # Wed.: · (Fri)
    rule(
        rf"(?<![A-Za-z] )\b(?P<short>{one_of(SHORT_DAYS)})\b\.?(?=\)|:(?!\S))",
        _whole,
        needs=["MTWFS", ":)"],
    ),
    rule(
        rf"\b{_ANY_MONTH}\.? {_ANY_DAY}(?P<part>\s?[-–—]\s?)(?={_ANY_MONTH}\.? \d)",
        " to ",
        needs=[DIGITS, DASHES],
    ),
    rule(
        rf"\b{_ANY_MONTH}\.? [12]\d{{3}}(?P<part>\s?[-–—]\s?)(?={_ANY_MONTH}\.? [12]\d{{3}}\b)",
        " to ",
        needs=[DIGITS, DASHES],
    ),
    rule(rf"\b(?P<short>{one_of({*SHORT_MONTHS} - {'Mar', 'Jun', 'Jul'})})\.(?= [a-z]|,)", _whole, needs=["."]),
    rule(
        rf"\b(?:[Ii]n|[Ss]ince|[Ll]ast|[Nn]ext|early|late|mid) (?P<part>{one_of({*SHORT_MONTHS} - {'Mar'})})\b(?! \d)",
        lambda m, _: SHORT_MONTHS[m["part"]],
        needs=[_INITIALS],
    ),
    rule(
        rf"\b(?:and|or|to|through|by|of) (?P<part>{one_of({*SHORT_MONTHS} - {'Mar'})})(?=\.)(?!\. \d)",
        lambda m, _: SHORT_MONTHS[m["part"]],
        needs=[".", _INITIALS],
    ),
    rule(r"\bM[-–]F\b", "Monday to Friday", needs=["M", DASHES]),
    # 2026-05-17 · 2026/5/17
    number_rule(
        rf"{_YEAR}(?P<sign>[-/.])(?P<number>1[0-2]|0?[1-9])(?P=sign){_DAY}(?!/)(?:T(?=\d\d:))?",
        _year_first,
        needs=["-/."],
    ),
    # 5/17/2026 · 17-05-2026 · 17.05.2026 · 5/17/26
    number_rule(
        rf"(?P<first>{_ANY_DAY})(?:(?P<sign>[/.-])(?P<second>{_ANY_DAY})(?P=sign)(?P<year>[12]\d{{3}}|(?<=/)\d\d))"
        r"(?![\d/-])(?!\.\d)",
        _numeric,
        needs=["/.-"],
    ),
    # on 5/17 and 5/18 · due 5/17–5/18
    rule(
        rf"\b{_DATED} {_ANY_DAY}/{_ANY_DAY}(?: (?:and|or|to|through) |\s?[-–—]\s?)"
        rf"(?P<part>(?P<first>{_ANY_DAY})/(?P<second>{_ANY_DAY}))(?![\d/%])",
        _without_year,
        needs=[DIGITS, "/"],
    ),
    rule(
        rf"\b{_DATED} (?P<part>(?P<first>{_ANY_DAY})/(?P<second>{_ANY_DAY}))(?![\d/%]| (?:of|cup|inch))",
        _without_year,
        needs=[DIGITS, "/"],
    ),
    # May 5 · May 5th–8th, 2026
    rule(
        rf"\b{_MONTH} (?P<the>the )?{_DAY}{_ENDING}(?:\s?[-–—]\s?{_UNTIL}{_ENDING}(?!:))?(?![\d:%°]|[.,]\d)"
        rf"(?:,? {_YEAR}\b(?![-–]\d))?",
        _month_day,
        needs=[DIGITS, _INITIALS],
    ),
    # 5 May · the 5th of May 2026 · 5-May-26
    number_rule(
        rf"(?<!\d-){_DAY}{_ENDING}(?:\s?[-–—]\s?{_UNTIL}{_ENDING})?(?: of | |-){_MONTH}"
        r"(?![a-z])(?:,? (?P<year>[12]\d{3})\b|(?<=-[A-Z][a-z][a-z])-(?P<late>\d\d(?:\d\d)?)\b)?",
        _day_month,
        needs=[_INITIALS],
    ),
    rule(
        rf"\b(?P<short>{one_of(SHORT_MONTHS)})\b\.?,?(?= [12]\d{{3}}\b| ['’]\d\d\b)", _whole, needs=[DIGITS, _INITIALS]
    ),
    # May 2026 · May '26
    rule(
        rf"\b{_MONTH},? "
        r"(?P<part>(?P<year>[12]\d{3})(?![\w%]|[.,:/]\d| (?:people|words|miles|steps))|['’](?P<two>\d\d)\b)",
        lambda m, e: e.year(m["year"]) if m["year"] else e.cardinal(m["two"]),
        needs=[DIGITS, _INITIALS],
    ),
    rule(rf"\b(?P<short>{one_of(UNMISTAKABLE)})\b(?:\.(?= [a-z]|[,;)]))?", _whole, needs=["TFAOSND"]),
)

"""Dates, times and years → words."""

from __future__ import annotations

import re

from .numbers import ALONE, cardinal, ordinal, plural, year
from .rules import DASHES, DIGITS, one_of, rule

# A month's number is its place.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July",
    "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
SHORT_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip

_MONTH = rf"(?:(?P<month>{'|'.join(MONTHS)})|(?P<short>{one_of(SHORT_MONTHS)})\b\.?)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
_HOURS = r"\d{1,2}(?::[0-5]\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_YEAR = r"(?P<year>[12]\d{3})"
_NUMBER = r"(?P<number>1[0-2]|0?[1-9])"
_HALF = r"(?P<half>[AaPp])\.?\s?[Mm]\b\.?"
_RECENT = r"(?:1[1-9]\d\d|20\d\d)"  # what a bare number of four digits is read as


def _month(match: re.Match[str]) -> str:
    return match["month"] or SHORT_MONTHS[match["short"]]


def _small(digits: str) -> str:
    return cardinal(digits.lstrip("0") or "0")


def _day(digits: str) -> str:
    return ordinal(digits.lstrip("0"))


def _month_day(match: re.Match[str]) -> str:
    until = f" to {_day(match['until'])}" if match["until"] else ""
    in_year = f", {year(match['year'])}" if match["year"] else ""
    return f"{_month(match)} {_day(match['day'])}{until}{in_year}"


def _day_month(match: re.Match[str]) -> str:
    in_year = f", {year(match['year'])}" if match["year"] else ""
    return f"{match['the'] or 'the '}{_day(match['day'])} of {_month(match)}{in_year}"


def _numeric_date(match: re.Match[str]) -> str:
    said = f"{MONTHS[int(match['number']) - 1]} {_day(match['day'])}, {year(_full_year(match['year']))}"
    return said + (" at " if match.group().endswith("T") else "")


def _full_year(digits: str) -> str:
    """Years of two digits lie within fifty years of 2000."""
    return digits if len(digits) == 4 else ("19" if int(digits) >= 50 else "20") + digits


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    half = f" {match['half'].lower()}.m." if match["half"] else ""
    if minute == "00":
        said = _full_hour(hour) if not half and not int(second or 0) else _small(hour)
    else:
        said = f"{_small(hour)} {'oh ' if minute[0] == '0' else ''}{_small(minute)}"
    if int(second or 0):
        said += f" and {_small(second)} second{'s' if int(second) != 1 else ''}"
    return said + half


def _full_hour(hour: str) -> str:
    return f"{_small(hour)} o'clock" if 1 <= int(hour) <= 12 else f"{_small(hour)} hundred"


def _hour(match: re.Match[str]) -> str:
    until = f" to {cardinal(match['until'])}" if match["until"] else ""
    return f"{cardinal(match['hour'])}{until} {match['half'].lower()}.m."


def _decade(match: re.Match[str]) -> str:
    return plural(year(match["digits"]))


def _years(match: re.Match[str]) -> str:
    return f"{year(match['first'])} to {year(match['last'])}"


CALENDAR = (
    rule(rf"\b(?P<short>{one_of(SHORT_DAYS)})\.(?=,? [A-Z\d])", lambda m: SHORT_DAYS[m["short"]], needs=[".", "MTWFS"]),
    rule(rf"{ALONE}{_YEAR}-(?P<number>0[1-9]|1[0-2])-{_DAY}(?!\d)(?:T(?=\d\d:))?", _numeric_date, needs=[DIGITS, "-"]),
    rule(rf"{ALONE}{_YEAR}/{_NUMBER}/{_DAY}(?![\d/])", _numeric_date, needs=[DIGITS, "/"]),
    rule(rf"{ALONE}{_NUMBER}/{_DAY}/(?P<year>[12]\d{{3}}|\d\d)(?![\d/])", _numeric_date, needs=[DIGITS, "/"]),
    rule(
        rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?(?:\s?[-–]\s?(?P<until>[12]\d|3[01]|0?[1-9]))?(?![\d:%])(?!\.\d)"
        rf"(?:,? {_YEAR}\b(?!-\d))?",
        _month_day,
        needs=[DIGITS, "JFMASOND"],
    ),
    rule(
        rf"(?P<the>\b[Tt]he )?{ALONE}{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?![a-z])(?:,? {_YEAR}\b)?",
        _day_month,
        needs=[DIGITS, "JFMASOND"],
    ),
    rule(rf"\b{_MONTH},? {_YEAR}\b", lambda m: f"{_month(m)} {year(m['year'])}", needs=[DIGITS, "JFMASOND"]),
    rule(
        rf"{ALONE}(?P<from>{_HOURS})\s?[-–—]\s?(?=\d{{1,2}}(?::[0-5]\d|\s?[AaPp]\.?[Mm]\b))",
        r"\g<from> to ",
        needs=[DIGITS, DASHES, ":Mm"],
    ),
    rule(
        rf"{ALONE}(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?(?:\s?{_HALF})?"
        r"(?![\d:])(?:Z\b)?",
        _clock,
        needs=[DIGITS, ":"],
    ),
    rule(
        rf"{ALONE}(?P<hour>1[0-2]|[1-9])(?:\s?[-–]\s?(?P<until>1[0-2]|[1-9]))?\s?{_HALF}(?![a-z])",
        _hour,
        needs=[DIGITS, "AaPp", "Mm"],
    ),
    rule(
        rf"{ALONE}(?P<first>{_RECENT})\s?[-–—]\s?(?P<last>{_RECENT}|\d\d)(?![\d\w])",
        _years,
        needs=[DIGITS, DASHES],
    ),
    rule(r"(?<![\w.,])['’‘]?(?P<digits>(?:1\d|20)\d0|[2-9]0)['’]?s\b", _decade, needs=[DIGITS, "s"]),
    rule(r"(?<!\w)['’‘](?P<digits>\d\d)(?=[\s.,;:!?)]|$)", lambda m: cardinal(m["digits"]), needs=[DIGITS, "'’‘"]),
    rule(
        rf"{ALONE}(?P<digits>{_RECENT})(?![\d,.:/%°-]{{0,4}}\d)(?![\w%°])",
        lambda m: year(m["digits"]),
        needs=[DIGITS],
    ),
)

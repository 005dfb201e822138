"""Times of day, time zones and durations → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .rules import DASHES, DIGITS, last_word, number_rule, one_of, rule, to_or_and
from .words import words

ZONES = ("UTC", "GMT")
# letter → one, many
PARTS = {"h": ("hour", "hours"), "m": ("minute", "minutes"), "s": ("second", "seconds"), "d": ("day", "days")}
# What a time of day lasts until: "9 a.m.–late".
MOMENTS = words("noon midnight midday late close closing dusk dawn sunset sunrise evening")
BEFORE_TIMES = words("at by until till from before after around since to")

_HALF = r"(?P<half>[AaPp])(?:\.\s?[Mm]\.|[Mm]\b\.?)"
_ANY_HALF = r"[AaPp](?:\.\s?[Mm]\.|[Mm]\b\.?)"
_TIME = rf"\d{{1,2}}(?::[0-5]\d)?(?:\s?{_ANY_HALF})?"


def _clock(match: re.Match[str], english: Dialect) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    half = f" {match['half'].lower()}.m." if match["half"] else ""
    if minute == "00":
        said = _full_hour(hour, english) if not half and not int(second or 0) else _small(hour, english)
    else:
        said = f"{_small(hour, english)} {'oh ' if minute[0] == '0' else ''}{_small(minute, english)}"
    if int(second or 0):
        said += f" and {_small(second, english)} second{'s' if int(second) != 1 else ''}"
    return said + half + _offset(match["offset"], english)


def _small(digits: str, english: Dialect) -> str:
    return english.cardinal(digits.lstrip("0") or "0")


def _full_hour(hour: str, english: Dialect) -> str:
    return f"{_small(hour, english)} o'clock" if 1 <= int(hour) <= 12 else f"{_small(hour, english)} hundred"


def _offset(written: str | None, english: Dialect) -> str:
    if not written or written == "Z":
        return ""
    hours, minutes = written[1:3], written[-2:]
    said = f" UTC {'plus' if written[0] == '+' else 'minus'} {_small(hours, english)}"
    return said + (f" {_small(minutes, english)}" if int(minutes) else "")


def _zone(match: re.Match[str], english: Dialect) -> str:
    minutes = f" {english.cardinal(match['minutes'])}" if int(match["minutes"] or 0) else ""
    sign = "plus" if match["sign"] == "+" else "minus"
    return f"{match['zone']} {sign} {_small(match['hours'], english)}{minutes}"


def _hour(match: re.Match[str], english: Dialect) -> str:
    until = f" to {english.cardinal(match['until'])}" if match["until"] else ""
    return f"{english.cardinal(match['hour'])}{until} {match['half'].lower()}.m."


def _military(match: re.Match[str], english: Dialect) -> str:
    moment = last_word(match.string, match.start()) in BEFORE_TIMES
    return english.pairs(match.group()) if moment else match.group()


def _duration(match: re.Match[str], english: Dialect) -> str:
    said = []
    for amount, letter in re.findall(r"(\d+) ?([dhms])", match.group()):
        one, many = PARTS[letter]
        said.append(f"{english.cardinal(amount)} {one if amount == '1' else many}")
    return " ".join(said) if len(said) > 1 else match.group()


CLOCK = (
    rule(r"(?:(?<=noon)|(?<=midnight))\s?[-–—]\s?(?=\d)", " to ", needs=["nm", DASHES]),
    rule(
        rf"\b(?P<zone>{one_of(ZONES)}) ?(?P<sign>[-+−–])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?\b",
        _zone,
        needs=[DIGITS, "+-−–", "UG", "T"],
    ),
    number_rule(
        rf"{_TIME}(?P<part>\s?[-–—]\s?)(?=\d{{1,2}}(?::[0-5]\d|\s?{_ANY_HALF}))",
        lambda m, _: f" {to_or_and(m)} ",
        needs=[DASHES, ":Mm"],
    ),
    number_rule(
        r"(?P<hour>[01]?\d|2[0-4])(?::|\.(?=\d\d\s?[AaPp]\.?[Mm]\b))(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
        rf"(?:\s?{_HALF}|(?!\d|:\d))(?P<offset>Z\b|[+-](?:0\d|1[0-4]):?[0-5]\d\b)?",
        _clock,
        needs=[":."],
    ),
    number_rule(
        rf"(?P<hour>1[0-2]|[1-9])(?:\s?[-–—]\s?(?P<until>1[0-2]|[1-9]))?\s?{_HALF}(?![a-z])",
        _hour,
        needs=["AaPp", "Mm"],
    ),
    rule(
        rf"(?:(?<=[ap]\.m\.)|(?<=noon)|(?<=midnight))\s?[-–—]\s?(?=(?:{one_of(MOMENTS)})\b)",
        " to ",
        needs=[DASHES],
    ),
    # 8a–6p
    number_rule(
        r"(?P<from>1[0-2]|[1-9])(?P<half>[ap])\s?[-–—]\s?(?P<until>1[0-2]|[1-9])(?P<end>[ap])\b",
        lambda m, e: f"{e.cardinal(m['from'])} {m['half']}.m. to {e.cardinal(m['until'])} {m['end']}.m.",
        needs=["ap", DASHES],
    ),
    # q4–6h
    rule(
        r"\bq(?P<from>\d{1,2})(?:[-–](?P<until>\d{1,2}))?h\b",
        lambda m, e: f"every {e.cardinal(m['from'])} {'to ' + e.cardinal(m['until']) + ' ' if m['until'] else ''}hours",
        needs=[DIGITS, "q"],
    ),
    # at 1500 hours
    number_rule(r"(?:1\d|2[0-4])[0-5]\d(?= (?:hours|hrs)\b(?! of))", _military, needs=["h"]),
    number_rule(
        r"0(?P<hour>\d)(?P<minute>[0-5]\d)(?= (?:hours|hrs)\b)",
        lambda m, e: f"zero {e.pairs(m['hour'] + m['minute'])}",
        needs=["0", "h"],
    ),
    rule(r"\bT(?P<part>[-−–])(?=\d{1,3}(?::\d\d| (?:second|minute|hour|day|week|and)))", " minus ", needs=["T", "-−–"]),
    # 2h30m · 1h 20min · 3m20s · 2d 4h
    number_rule(
        r"(?:\d{1,3} ?d ?(?=\d))?(?:\d{1,3} ?h(?:rs?)? ?(?=\d))?(?:\d{1,3} ?m(?:in)? ?(?=\d{1,2} ?s))?"
        r"\d{1,3} ?(?:h(?:rs?)?|m(?:ins?)?|s(?:ecs?)?)\b",
        _duration,
        needs=["dhm", "hms"],
    ),
)

"""Years, decades and eras → words; a number of four digits is a year unless its neighbours count with it."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import plural
from .rules import DASHES, DIGITS, last_word, next_word, number_rule, one_of, rule, to_or_and
from .units import TOUCHING, UNITS
from .words import words

# In front of a number: what follows is a year, even an early one or one before a plural ("in 1066", "in 1984 rules").
YEARLY = words(
    "in since during circa spring summer autumn fall winter year early late mid christmas november october december "
    "january february march april june july august september olympics"
)
# In front of a number: an amount.
AMOUNTS = words(
    "over nearly almost under than exactly approximately roughly plus minus times equals total costs cost weighs weigh "
    "scored scores totaled totalled only another least most of's burn burned burns hit per worth number"
)
DETERMINERS = words("the this that its their his her our your my a an")
# Behind a number: it counts something.
COUNTED = words(
    "people men women children feet points copies million billion thousand hundred percent more fewer other "
    "different extra additional total square cubic unique active new times items days years miles pages points seats "
    "dollars rooms sheep fish aircraft staff teeth mice"
)
# Words in "s" that follow a year and are no plurals.
NO_PLURALS = words(
    "was is has as its this his hers us does always perhaps across plus versus less thus yes besides towards "
    "afterwards "
    "sees saw sometimes series Olympics thats what's it's that's news census crisis elections edition's"
)
ERAS = r"(?:BCE?|CE|AD|B\.C\.(?:E\.)?|A\.D\.|C\.E\.)"
# What stands before a decade or an age that is written "80s"; elsewhere that is eighty seconds.
BEFORE_DECADES = words("the their his her my your our early late mid low high upper lower to and")

# "100s of": so many that nobody counts.
MULTITUDES = {
    "10": "tens", "100": "hundreds", "1000": "thousands", "1,000": "thousands", "10,000": "tens of thousands",
    "10000": "tens of thousands", "100,000": "hundreds of thousands", "100000": "hundreds of thousands",
    "1,000,000": "millions",
}  # fmt: skip

_RECENT = r"(?:1[1-9]\d\d|20\d\d)"  # what a bare number of four digits is read as


def _bare(match: re.Match[str], english: Dialect) -> str:
    digits, text = match["digits"], match.string
    return english.year(digits) if _is_year(digits, last_word(text, match.start()), text, match.end()) else digits


def _is_year(digits: str, previous: str, text: str, end: int) -> bool:
    following = next_word(text, end)
    if previous in AMOUNTS:
        return False
    if previous in YEARLY:
        return digits[-2:] != "00" or not counts(following)
    if int(digits) < 1100 or (following in UNITS and following not in TOUCHING):
        return False
    if not counts(following):
        return True
    return previous in DETERMINERS and 1900 <= int(digits) <= 2050 and digits[-2:] != "00"


def counts(word: str) -> bool:
    """Whether a number in front of ``word`` says how many: ``word`` is a plural or goes before one."""
    if word in COUNTED:
        return True
    return (
        len(word) > 3
        and word.islower()
        and word.endswith("s")
        and word not in NO_PLURALS
        and word[-2:] not in ("ss", "'s", "’s", "us")
    )


def _years(match: re.Match[str], english: Dialect) -> str:
    return f"{english.year(match['first'])} {to_or_and(match)} {english.year(match['last'])}"


def _season(match: re.Match[str], english: Dialect) -> str:
    return f"{english.year(match['first'])} {english.cardinal(match['last'])}"


def _decade(match: re.Match[str], english: Dialect) -> str:
    return plural(english.year(match["digits"]))


def _short_decade(match: re.Match[str], english: Dialect) -> str:
    known = last_word(match.string, match.start()) in BEFORE_DECADES
    return _decade(match, english) if known else match.group()


def _fiscal(match: re.Match[str], english: Dialect) -> str:
    said = f"{match['name']} {english.year(match['digits'])}"
    return f"{said} to {english.year(match['until'])}" if match["until"] else said


YEARS = (
    rule(
        r"(?P<name>[FCA]Y)(?<!\w..) ?['’]?(?P<digits>20\d\d|\d\d)(?:[-–/](?P<until>\d\d))?\b",
        _fiscal,
        needs=[DIGITS, "Y"],
    ),
    rule(r"(?:(?<=BC)|(?<=BCE)|(?<=AD)|(?<=CE))\s?[-–—]\s?(?=\d)", " to ", needs=[DASHES, "BAC", DIGITS]),
    rule(
        r"\b(?:Q[1-4]|H[12])(?P<part> ?['’](?P<digits>\d\d))\b",
        lambda m, e: " " + e.year(m["digits"]),
        needs=["'’", "QH"],
    ),
    rule(r"\b(?:Q[1-4]|H[12]) (?P<part>20\d\d)\b(?![.,]\d)", lambda m, e: e.year(m["part"]), needs=["QH", DIGITS]),
    number_rule(rf"(?P<part>(?P<digits>\d{{1,4}})) {ERAS}(?!\w)", lambda m, e: e.year(m["digits"]), needs=["ABC"]),
    rule(r"\b(?:AD|A\.D\.|CE) (?P<part>\d{1,4})\b(?![.,]\d)", lambda m, e: e.year(m["part"]), needs=[DIGITS, "AC"]),
    number_rule(rf"(?P<first>{_RECENT})\s?[-–—]\s?(?P<last>{_RECENT}|\d\d)(?![\d\w])", _years, needs=[DASHES]),
    number_rule(r"(?P<first>(?:19|20)\d\d)[/⁄](?P<last>\d\d|(?:19|20)\d\d)(?![\d/])", _season, needs=["/⁄"]),
    rule(r"(?<=0s)\s?[-–—]\s?(?=['’]?\d{1,3}0s\b)", " to ", needs=[DASHES, "s"]),
    number_rule(rf"(?P<n>{one_of(MULTITUDES)})s(?= of\b)", lambda m, _: MULTITUDES[m["n"]], needs=["s"]),
    rule(r"(?<![\w.,:$£€])['’‘]?(?P<digits>(?:1\d|20)\d0)['’]?s\b", _decade, needs=[DIGITS, "s"]),
    rule(r"(?<!\w)['’‘]00s\b", "two thousands", needs=["0", "'’‘"]),
    rule(r"(?<!\w)['’‘](?P<digits>[1-9]0)s\b", _decade, needs=[DIGITS, "'’‘"]),
    number_rule(r"(?P<digits>[1-9]0)['’]?s\b", _short_decade, needs=["s"]),
    rule(r"(?<!\w)['’‘](?P<digits>\d\d)(?=[\s.,;:!?)]|$)", lambda m, e: e.year(m["digits"]), needs=[DIGITS, "'’‘"]),
    number_rule(r"(?P<digits>1\d{3}|20\d\d)(?![\w%°]|[\d,.:/%°+-]{0,4}\d|\+)", _bare),
)

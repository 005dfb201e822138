"""Telephone numbers, fractions, versions, ratios, ranges, ordinals and all other numbers → words."""

from __future__ import annotations

import re

from .numbers import ALONE, NUMBER, cardinal, fraction, number, ordinal, spelled
from .rules import DASHES, DIGITS, apart, one_of, rule
from .words import words

FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
SET_PHRASES = {("24", "7"), ("9", "11"), ("50", "50"), ("20", "20")}
FRACTION_DENOMINATORS = frozenset(range(2, 21)) | {32, 64, 1000}
SCORE_DENOMINATORS = frozenset({10, 100})
VERSIONED = words(
    "version Version release Release Python Node Java Ubuntu Debian Fedora iOS macOS Android Go Rust Ruby PHP Django "
    "Kubernetes CUDA Postgres PostgreSQL MySQL Chrome Firefox"
)


def _telephone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match.group())
    said = ", ".join("eight hundred" if group == "800" else spelled(group) for group in groups)
    return "plus " + said if "+" in match.group() else said


def _slashed(match: re.Match[str]) -> str:
    top, bottom = match["top"], match["bottom"]
    if (top, bottom) in SET_PHRASES:
        return f"{cardinal(top)} {cardinal(bottom)}"
    whole = f"{cardinal(match['whole'])} and " if match["whole"] else ""
    if int(bottom) in SCORE_DENOMINATORS and not whole:
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if int(bottom) in FRACTION_DENOMINATORS and int(top) > 0 and (int(top) < int(bottom) or bottom == "2"):
        return _mixed(whole, fraction(top, bottom))
    return f"{whole}{cardinal(top)} over {cardinal(bottom)}"


def _fraction_sign(match: re.Match[str]) -> str:
    top, bottom = FRACTIONS[match["sign"]]
    return _mixed(f"{cardinal(match['whole'])} and " if match["whole"] else "", fraction(str(top), str(bottom)))


def _mixed(whole: str, part: str) -> str:
    """``two and``, ``one half`` → two and a half."""
    return f"{whole}a{part[3:]}" if whole and part.startswith("one ") else whole + part


def _version(match: re.Match[str]) -> str:
    name = "version " if match["name"] in ("v", "V") else match["name"] + " "
    return name + _points(match["digits"])


def _points(digits: str, between: str = " point ") -> str:
    return between.join(cardinal(part) for part in digits.split("."))


def _scientific(match: re.Match[str]) -> str:
    minus = "minus " if match["minus"] else ""
    return f"{number(match['amount'])} times ten to the {minus}{ordinal(match['exponent'])}"


def _lines(match: re.Match[str]) -> str:
    """A screen's lines are read in pairs: ten eighty p."""
    return f"{cardinal(match['left'])} {cardinal(match['right'])} p"


def _range(match: re.Match[str]) -> str:
    return f"{number(match['a'])} to {number(match['b'])}"


TELEPHONE = (
    rule(
        r"(?<![\w+])(?:\+\d{1,3}[ .-]?)?(?:1[ .-])?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b",
        _telephone,
        needs=[DIGITS, " .-"],
    ),
    rule(r"(?<![\w+])\+\d{1,3}(?:[ -]\d{2,7}){1,5}(?!\d)", _telephone, needs=[DIGITS, "+"]),
    rule(r"(?<![\w.-])\d{3}-\d{4}(?![\w-])", _telephone, needs=[DIGITS, "-"]),
    rule(r"(?<![\w.,$£€-])911(?![\w%-])(?![.,]\d)", lambda m: spelled(m.group()), needs=["9"]),
)

FIGURES = (
    rule(
        rf"{ALONE}(?P<amount>{NUMBER})[eE](?:\+|(?P<minus>[-−]))?(?P<exponent>\d{{1,3}})\b",
        _scientific,
        needs=[DIGITS, "eE"],
    ),
    rule(rf"{ALONE}(?P<left>4|7|10|14|21)(?P<right>80|20|40|60)p\b", _lines, needs=["0", "p"]),
    rule(r"(?<=\d)\s?x\s?(?=\d)", " by ", needs=[DIGITS, "x"]),
    rule(
        rf"{ALONE}(?:(?P<whole>\d++)\s?)?(?P<sign>[{''.join(FRACTIONS)}])", _fraction_sign, needs=["".join(FRACTIONS)]
    ),
    rule(
        rf"{ALONE}(?:(?P<whole>\d++) )?(?P<top>\d{{1,4}})[/⁄](?P<bottom>[1-9]\d{{0,3}})(?![\w/])",
        _slashed,
        needs=[DIGITS, "/⁄"],
    ),
    rule(
        rf"{ALONE}\d++(?:\.\d++){{3}}(?!\.?\d)",
        lambda m: _points(m.group(), " dot "),
        needs=[DIGITS, "."],
    ),
    rule(rf"\b(?P<name>{one_of(VERSIONED)}|[vV])\s?(?P<digits>\d++(?:\.\d++)++)", _version, needs=[DIGITS, "."]),
    rule(rf"{ALONE}\d++(?:\.\d++){{2,}}", lambda m: _points(m.group()), needs=[DIGITS, "."]),
    rule(
        rf"{ALONE}(?P<a>\d++):(?P<b>\d{{1,3}})(?![\d:])",
        lambda m: f"{cardinal(m['a'])} to {cardinal(m['b'])}",
        needs=[DIGITS, ":"],
    ),
    rule(rf"{ALONE}(?P<a>{NUMBER})(?:\s?[–—]\s?|-)(?P<b>{NUMBER})(?![\w-])", _range, needs=[DIGITS, DASHES]),
    rule(
        r"(?<![\w.,])(?P<n>(?>\d{1,3}(?:,\d{3})++|\d++))(?:st|nd|rd|th)\b",
        lambda m: ordinal(m["n"]),
        needs=[DIGITS, "tdh"],
    ),
)

LEFT_NUMBERS = (
    rule(r"(?<![\w)])[-−](?=\.?\d)", "minus ", needs=[DIGITS, "-−"]),
    rule(r"(?<![\d.])\.\d++", lambda m: apart(m, number(m.group())), needs=[DIGITS, "."]),
    rule(NUMBER, lambda m: apart(m, number(m.group())), needs=[]),  # digits of any script
)

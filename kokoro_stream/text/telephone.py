"""Telephone numbers → digits, group by group."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import spelled
from .rules import DIGITS, last_word, number_rule, one_of, rule
from .words import words

FEWEST_DIGITS = 8  # of a number written with a "+" or a leading zero; fewer are something else
EMERGENCY = words("999 112 988 101 111 211 311 411 511 811 000")
CALLING = words("call calls called calling dial dialed dialled ring rang text texted phone telephone emergency or and")
CALLED = words("call dial text phone tel fax whatsapp ring us me")
# Behind "911", which then is no amount.
ANSWERING = words("operator operators call calls caller callers dispatcher dispatchers center centers services")
MAKERS = words("porsche carrera")  # in front of "911", which then is a car
LOCAL = words("call dial ring text phone telephone tel fax at number mobile")

_KEYED = r"\b(?:[Pp]ress|[Dd]ial|[Hh]it) (?:the )?"
_EXTENSION = r"(?:,? ?(?:[Ee]xt\.?|[Ee]xtension|x) ?(?P<extension>\d{1,6})\b)?"


def _groups(match: re.Match[str], _: Dialect) -> str:
    written, extension = match.group(), match["extension"]
    if extension:
        written = written[: match.start("extension") - match.start()]
    groups = re.findall(r"\d+", written)
    if sum(map(len, groups)) < FEWEST_DIGITS:
        return match.group()
    said = ", ".join("eight hundred" if group == "800" else spelled(group) for group in groups)
    return ("plus " if "+" in written else "") + said + (f", extension {spelled(extension)}" if extension else "")


def _texted(match: re.Match[str], _: Dialect) -> str:
    return spelled(match["part"])


def _local(match: re.Match[str], _: Dialect) -> str:
    """Seven digits: a range, unless somebody calls them or they are the 555 of films."""
    local = match["first"] == "555" or last_word(match.string, match.start()) in LOCAL
    return f"{spelled(match['first'])}, {spelled(match['last'])}" if local else match.group()


def _called(match: re.Match[str], _: Dialect) -> str:
    called = last_word(match.string, match.start()) in CALLED
    return spelled(match.group()) if called else match.group()


def _emergency(match: re.Match[str], _: Dialect) -> str:
    digits, text = match.group(), match.string
    if last_word(text, match.start()) in MAKERS:
        return digits
    called = digits in EMERGENCY and last_word(text, match.start()) in CALLING
    return spelled(digits) if called or digits == "911" else digits


TELEPHONE = (
    rule(
        r"(?<![\w+.])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|(?<![\d(])\d{3}[ .-]|(?<=[ .-])\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"
        + _EXTENSION,
        _groups,
        needs=[DIGITS, " .-"],
    ),
    rule(
        rf"(?<![\w+])\+\d{{1,3}}(?:(?:[ .-]?\(0\))?[ .-]?\d{{1,7}}){{1,5}}(?!\d){_EXTENSION}",
        _groups,
        needs=[DIGITS, "+"],
    ),
    number_rule(rf"(?<![$£€-])0\d{{2,4}}\)?[ -]\d{{3,4}}[ -]?\d{{3,4}}(?![\d-]){_EXTENSION}", _groups, needs=["0"]),
    number_rule(r"(?<![$£€-])0\d{9,10}(?P<extension>)(?!\d)", _groups, needs=["0"]),
    number_rule(r"\d{5,15}(?![\w-]|[.,]\d)", _called),
    rule(r"\b[Tt]ext \S{1,16} to (?P<part>\d{4,6})\b(?!-|[.,]\d)", _texted, needs=["t", DIGITS]),
    rule(rf"{_KEYED}(?P<part>\*(?P<digits>\d{{1,3}}))\b", lambda m, _: f"star {spelled(m['digits'])}", needs=["*"]),
    rule(rf"{_KEYED}(?P<part>\*)(?=[ .,;:]|$)", "star", needs=["*"]),
    rule(rf"{_KEYED}(?P<part>#)(?=[ .,;:]|$)", lambda m, e: "hash" if e.british else "pound", needs=["#"]),
    rule(r"(?<![\w-])1-(?P<code>8\d\d)-(?=[A-Z]{3})", lambda m, e: f"one, {e.pairs(m['code'])}, ", needs=["8"]),
    number_rule(r"(?P<first>\d{3})-(?P<last>\d{4})(?![\w-])", _local, needs=["-"]),
    number_rule(r"(?:\d11|999|112|988|101|000)(?![\w%-]|[.,]\d| [a-z]{3,}s\b)", _emergency),
    number_rule(rf"911(?= (?:{one_of(ANSWERING)})\b)", "nine one one"),
)

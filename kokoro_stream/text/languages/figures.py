"""Telephone numbers, versions, fractions, ranges and all other numbers → words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .grammar import FRACTIONS, Grammar
from .numerals import Numerals
from .rules import ALONE, DIGITS, MINUS, Rule, rule

_WORD = r"(?>[^\W\d_]+)"
_NOUN = rf"(?= (?P<noun>{_WORD}))?"
_TELEPHONE = (
    r"\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]\d{2,5}){1,5}"  # international
    r"|\(\d{2,4}\)\s?\d{3,5}[ .-]\d{3,4}"  # with an area code
    r"|0\d(?:[ .]\d\d){4}"  # France
    r"|[6-9]\d\d(?: \d{3}){2}|[6-9]\d\d(?: \d\d){3}"  # Spain
    r"|0\d{1,3}[ /-]\d{5,8}|3\d\d \d{6,7}"  # Italy
    r"|\d{5}-\d{3}"  # a Brazilian postal code
    r"|\d{2} 9\d{4}-\d{4}|9\d{4}-\d{4}|[6-9]\d{4} \d{5}"  # Brazil, India
)


def figures(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    """Numbers of every other kind, the plain ones last."""
    yield rule(r"#(?=\d)", lambda match: f"{grammar.number} ", needs=["#"])
    yield rule(r"(?<=\d)[x×](?=\d)", lambda match: f" {grammar.signs['×']} ", needs=[DIGITS, "x×"])
    yield from _codes(grammar, numerals)
    yield from _fractions(grammar, numerals)
    yield from _ranges(grammar, numerals)
    yield _plain(grammar, numerals)


def _codes(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    def telephone(match: re.Match[str]) -> str:
        groups, abroad = re.findall(r"\d+", match[0]), match[0].startswith("+")
        pairs = grammar.telephone_pairs and all(len(group) == 2 for group in groups[abroad:])
        said = ", ".join(
            numerals.count(group) if pairs and len(group) < 3 else numerals.spell(group) for group in groups
        )
        return f"{grammar.plus} {said}" if abroad else said

    def version(match: re.Match[str]) -> str:
        return f" {grammar.dot} ".join(numerals.count(part) for part in match["part"].split("."))

    yield rule(rf"(?<![\w+,])(?<!\w[.-])(?:{_TELEPHONE})(?![\w-]|[.,]?\d| \d)", telephone, needs=[DIGITS, " -.("])
    yield rule(
        r"(?<![\d.,])(?!\d{1,3}(?:\.\d{3})++(?!\.?\d))(?P<part>\d{1,5}(?:\.\d{1,5}){2,4}+)(?!\.?\d)",
        version,
        needs=[DIGITS, "."],
    )


def _fractions(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    def said(match: re.Match[str], top: int, bottom: int) -> str:
        part = grammar.agree(_fraction(grammar, top, bottom), match["noun"] or "")
        return f"{numerals.count(match['whole'])} {grammar.half_more} {part}" if match["whole"] else part

    yield rule(
        rf"{ALONE}(?:(?P<whole>\d{{1,4}})\s?)?(?P<sign>[{''.join(FRACTIONS)}]){_NOUN}",
        lambda match: said(match, *FRACTIONS[match["sign"]]),
        needs=["".join(FRACTIONS)],
    )
    yield rule(
        rf"{ALONE}(?:(?P<whole>\d{{1,3}})\s)?(?P<top>\d{{1,4}})\s?[/⁄]\s?(?P<bottom>\d{{1,4}})(?![\w/]|[.,]\d){_NOUN}",
        lambda match: said(match, int(match["top"]), int(match["bottom"])),
        needs=[DIGITS, "/⁄"],
    )


def _ranges(grammar: Grammar, numerals: Numerals) -> Iterator[Rule]:
    number = numerals.number

    def span(match: re.Match[str]) -> str:
        percent = f" {grammar.percent}" if match["percent"] else ""
        return f"{numerals.say(match['low'])} {grammar.to} {numerals.say(match['high'])}{percent}"

    def percentage(match: re.Match[str]) -> str:
        minus = f"{grammar.minus} " if match["minus"] else ""
        return f"{minus}{numerals.say(match['number'])} {grammar.percent}"

    yield rule(
        rf"{ALONE}(?<!\w-)(?P<low>{number})(?:\s?%)?\s?[–—-]\s?(?P<high>{number})(?P<percent>\s?%)?(?!\w|-\d)",
        span,
        needs=[DIGITS, "–—-"],
    )
    yield rule(rf"{MINUS}{ALONE}(?P<number>{number})\s?%", percentage, needs=[DIGITS, "%"])


def _plain(grammar: Grammar, numerals: Numerals) -> Rule:
    def plain(match: re.Match[str]) -> str:
        numbered = (match["before"] or "").rstrip().lower() in grammar.alone_after
        minus = f"{grammar.minus} " if match["minus"] else ""
        text, start, end = match.string, *match.span("part")
        left = " " if text[start - 1 : start].isalpha() else ""
        right = " " if text[end : end + 1].isalpha() else ""
        return f"{left}{minus}{numerals.say(match['number'], '' if numbered else match['noun'] or '')}{right}"

    return rule(
        rf"(?P<before>(?<!\w){_WORD} )?(?P<part>(?P<minus>(?<![\w)])[-−])?(?P<number>{numerals.number}))"
        rf"{_NOUN}",
        plain,
        needs=[DIGITS],
    )


def _fraction(grammar: Grammar, top: int, bottom: int) -> str:
    if (top, bottom) in grammar.known_fractions:
        return grammar.known_fractions[top, bottom]
    if str(bottom) in grammar.fractions and 0 < top < bottom:
        one, many = grammar.fractions[str(bottom)]
        name = one if top == 1 else many
        return f"{grammar.agree(grammar.cardinal(top), name)} {name}"
    return f"{grammar.cardinal(top)} {grammar.over} {grammar.cardinal(bottom)}"

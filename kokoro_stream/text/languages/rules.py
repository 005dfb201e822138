"""What a rule is: a pattern, and a function from its match to words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..source import SourceText

DIGITS = frozenset("0123456789०१२३४५६७८९")
# Before a number: no letter, no digit, no other part of a number.
ALONE = r"(?<!\w)(?<!\d[.,:/])"
MINUS = r"(?P<minus>(?<![\w)])[-–−])?"


@dataclass(frozen=True, slots=True)
class Rule:
    """Every match of ``pattern`` (its group ``part``, where it has one) is replaced by what ``say`` returns for it.

    ``needs`` spares the search: of each set, at least one character occurs in every text that has a match.
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], str]
    needs: tuple[frozenset[str], ...]


def rule(
    pattern: str, say: Callable[[re.Match[str]], str], *, needs: Iterable[Iterable[str]], ignore_case: bool = False
) -> Rule:
    """A rule from its parts."""
    return Rule(re.compile(pattern, re.IGNORECASE if ignore_case else 0), say, tuple(map(frozenset, needs)))


def apply(rules: Iterable[Rule], text: SourceText) -> SourceText:
    """The text with the rules applied in order; each replacement stands for the whole of what it replaced."""
    characters = frozenset(text.text)
    for one in rules:
        if any(map(characters.isdisjoint, one.needs)):
            continue
        part = "part" if "part" in one.pattern.groupindex else 0
        changes = [
            (*match.span(part), said)
            for match in one.pattern.finditer(text.text)
            if (said := one.say(match)) != match[part]
        ]
        if changes:
            text = text.replace(changes)
            characters = frozenset(text.text)
    return text


def one_of(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

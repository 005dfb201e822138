"""What a normalisation rule is: a pattern, and a function from its match to words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .source import SourceText

Saying = Callable[[re.Match[str]], str]

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DASHES = "-–—"


@dataclass(frozen=True, slots=True)
class Rule:
    """Every match of ``pattern`` (its group ``part``, where it has one) is replaced by what ``say`` returns for it.

    ``needs`` spares the search: of each set, at least one character occurs in every text that has a match.
    """

    pattern: re.Pattern[str]
    say: Saying
    needs: tuple[frozenset[str], ...]


def rule(pattern: str, say: Saying | str, *, needs: Iterable[str], ignore_case: bool = False) -> Rule:
    """A rule; ``say`` may be a template as `re.Match.expand` takes it."""
    compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    saying = say if callable(say) else (lambda match: match.expand(say))
    return Rule(compiled, saying, tuple(frozenset(characters) for characters in needs))


def apply(rules: Iterable[Rule], text: SourceText) -> SourceText:
    """The text with the rules applied in order; each replacement stands for the whole of what it replaced."""
    characters = frozenset(text.text)
    for one in rules:
        if any(characters.isdisjoint(needed) for needed in one.needs):
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


def apart(match: re.Match[str], words: str) -> str:
    """The words, with a space towards a letter or digit that touches them."""
    text, start, end = match.string, match.start(), match.end()
    left = " " if start and text[start - 1].isalnum() else ""
    right = " " if end < len(text) and text[end].isalnum() else ""
    return left + words + right

"""What a normalisation rule is: a pattern, and a function from its match to words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from .dialect import Dialect
from .source import SourceText

Saying = Callable[[re.Match[str], Dialect], str]

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DASHES = "-–—"

# Where a number begins: behind no letter, no digit, no other part of a number.
_NUMBER_START = re.compile(r"(?<!\w)(?<!\d[.,:/])\d")


@dataclass(frozen=True, slots=True)
class Rule:
    """Every match of ``pattern`` (its group ``part``, where it has one) is replaced by what ``say`` returns for it.

    ``needs`` spares the search: of each set, at least one character occurs in every text that has a match. A rule
    ``at_number`` is tried only where a number begins.
    """

    pattern: re.Pattern[str]
    say: Saying
    needs: tuple[frozenset[str], ...]
    at_number: bool
    part: str | int

    def matches(self, text: str, numbers: list[int]) -> Iterable[re.Match[str]]:
        """Matches from left to right, disjoint; ``numbers`` is where numbers begin."""
        if not self.at_number:
            return self.pattern.finditer(text)
        match = self.pattern.match
        found = [one for at in numbers if (one := match(text, at))]
        return found if len(found) < 2 else _disjoint(found)


def rule(
    pattern: str, say: Saying | str, *, needs: Iterable[str], ignore_case: bool = False, at_number: bool = False
) -> Rule:
    """A rule; ``say`` may be a template as `re.Match.expand` takes it."""
    compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    saying = say if callable(say) else (lambda match, _: match.expand(say))
    part = "part" if "part" in compiled.groupindex else 0
    return Rule(compiled, saying, tuple(frozenset(characters) for characters in needs), at_number, part)


def number_rule(pattern: str, say: Saying | str, *, needs: Iterable[str] = ()) -> Rule:
    """A rule whose matches begin with a number that no letter and no other number touches on its left."""
    return rule(pattern, say, needs=[DIGITS, *needs], at_number=True)


def _disjoint(matches: list[re.Match[str]]) -> list[re.Match[str]]:
    kept, end = [], 0
    for match in matches:
        if match.start() >= end:
            kept.append(match)
            end = match.end()
    return kept


class RuleSet:
    """Rules that are applied one after another; each sees what the earlier ones left."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        needs = {needed: 1 << bit for bit, needed in enumerate({n for one in self._rules for n in one.needs})}
        self._bits = {character: 0 for needed in needs for character in needed}
        for needed, bit in needs.items():
            for character in needed:
                self._bits[character] |= bit
        self._needed = [(one, reduce(or_, (needs[n] for n in one.needs), 0)) for one in self._rules]
        self._with = lru_cache(maxsize=512)(self._selected)

    def apply(self, text: SourceText, english: Dialect) -> SourceText:
        """The text with the rules applied in order; each replacement stands for the whole of what it replaced."""
        found = reduce(or_, map(self._bits.get, self._bits.keys() & set(text.text)), 0)
        edited = _Edited(text)
        for one in self._with(found):
            if one.at_number and not edited.numbers:
                continue
            changes = [
                (*match.span(one.part), said)
                for match in one.matches(edited.text, edited.numbers)
                if (said := one.say(match, english)) != match[one.part]
            ]
            if changes:
                edited.replace(changes)
        return edited.done()

    def _selected(self, found: int) -> tuple[Rule, ...]:
        """The rules that may match a text in which these sets of characters occur. Words bring no signs or figures."""
        return tuple(one for one, bits in self._needed if bits & found == bits)


class _Edited:
    """A text while the rules work on it: `SourceText` without the cost of a new one after each rule."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self.text = source.text
        self.numbers = _number_starts(source.text)
        self._starts: Sequence[int] = source.starts
        self._ends: Sequence[int] = source.ends

    def replace(self, changes: Sequence[tuple[int, int, str]]) -> None:
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for start, end, new in changes:
            parts += (self.text[position:start], new)
            starts += self._starts[position:start]
            starts += (self._starts[start],) * len(new)
            ends += self._ends[position:start]
            ends += (self._ends[end - 1],) * len(new)
            position = end
        self.text = "".join(parts) + self.text[position:]
        self._starts = [*starts, *self._starts[position:]]
        self._ends = [*ends, *self._ends[position:]]
        if self.numbers:
            self.numbers = _number_starts(self.text)

    def done(self) -> SourceText:
        if self._starts is self._source.starts:
            return self._source
        return SourceText(self.text, tuple(self._starts), tuple(self._ends))


def _number_starts(text: str) -> list[int]:
    return [match.start() for match in _NUMBER_START.finditer(text)]


def one_of(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def apart(match: re.Match[str], words: str) -> str:
    """The words, with a space towards a letter or digit that touches them."""
    text, start, end = match.string, match.start(), match.end()
    left = " " if start and text[start - 1].isalnum() else ""
    right = " " if end < len(text) and text[end].isalnum() else ""
    return left + words + right


def to_or_and(match: re.Match[str]) -> str:
    """What joins the ends of the range that was matched: "between 5–10" is between five *and* ten."""
    return "and" if last_word(match.string, match.start()) == "between" else "to"


def last_word(text: str, end: int) -> str:
    """The word that ends before ``text[end]``, a space or hyphen between, in small letters; "" when there is none."""
    return last_name(text, end).lower()


def last_name(text: str, end: int) -> str:
    """The same, as it is written."""
    near = text[max(end - _LONGEST_WORD, 0) : end].rstrip(" (-")
    return near[len(near.rstrip(_LETTERS)) :]


def next_word(text: str, start: int) -> str:
    """The word that begins at ``text[start]`` after one space; "" when there is none."""
    near = text[start : start + _LONGEST_WORD]
    if not near.startswith(" "):
        return ""
    return near[1 : len(near) - len(near[1:].lstrip(_LETTERS))]


_LONGEST_WORD = 24
_LETTERS = CAPITALS + CAPITALS.lower() + "'’"

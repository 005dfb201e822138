"""Pronunciations given for ranges of a text: each range becomes one token."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..text.directions import Say
from ..text.source import SourceText
from .tokens import Token

Given = tuple[int, int, str]  # a range of the text, and its phonemes


def given(text: SourceText, says: Sequence[Say], phrases: Iterable[Given]) -> list[Given]:
    """All of them as ranges of the text, in order and disjoint; ``says`` come first, the others where there is room."""
    ranges: list[Given] = []
    for start, end, phonemes in (*_placed(text, says), *phrases):
        at = bisect_left(ranges, (start, end, phonemes))
        behind_last = at == 0 or ranges[at - 1][1] <= start
        if start < end and behind_last and (at == len(ranges) or end <= ranges[at][0]):
            ranges.insert(at, (start, end, phonemes))
    return ranges


def _placed(text: SourceText, says: Sequence[Say]) -> Iterator[Given]:
    """Where the text has what is to be said so; what reaches beyond the text is left."""
    for say in says:
        yield bisect_left(text.starts, say.start), bisect_right(text.ends, say.end), say.phonemes


def cut_out(tokens: Sequence[Token], text: str, ranges: Sequence[Given]) -> list[Token]:
    """The tokens, with one for each of the ranges instead of what it covers."""
    left, cut = deque(tokens), list[Token]()
    for start, end, _ in ranges:
        while left and left[0].end <= start:
            cut.append(left.popleft())
        space = False
        if left and left[0].start < start:
            before = left.popleft()
            cut.append(_part(before, text, before.start, start))
            left.appendleft(_part(before, text, start, before.end))
        while left and left[0].start < end:
            covered = left.popleft()
            space = covered.space
            if covered.end > end:
                left.appendleft(_part(covered, text, end, covered.end))
                space = False
        cut.append(Token(text[start:end], start, end, space))
    return [*cut, *left]


def _part(token: Token, text: str, start: int, end: int) -> Token:
    """What ``token`` has of that range."""
    return replace(token, text=text[start:end], start=start, end=end, space=token.space and end == token.end)

"""Text → tokens: words, numbers and punctuation marks, each with its place. Follows spaCy's English tokenizer.

Contractions stay whole ("don't"): misaki's lexicon has them as words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import regex

WORD_LIMIT = 40  # characters of a token; no English word is longer
# Parts (words, numbers, marks) that misaki sees without a space between them: its work grows with their cube.
PARTS_LIMIT = 8

_QUOTES = '"“”«»‹›„‚`´'
_MARKS = r",:;!?¿¡()\[\]{}<>_#*&|=~。？！，、；：।"
_DASHES = "—–―"

_PLAIN = regex.compile(rf"[A-Za-z][a-z]{{0,{WORD_LIMIT - 1}}}")  # nothing to take apart
_CHUNK = regex.compile(r"(\S+)(\s*)")
_BEFORE = regex.compile(
    rf"\.\.+|…|--+|US\$|[§%+$£€¥₹{_MARKS}{_QUOTES}{_DASHES}]|-(?!\d)|['‘’](?!\p{{L}})|['‘](?=\p{{L}}+['’]$)|\p{{So}}"
)
_AFTER = regex.compile(rf"(?:\.\.+|…|--+|[+%$£€¥₹{_MARKS}{_QUOTES}{_DASHES}]|\.|-|(?<![sS])['‘’]|\p{{So}})$")
_INSIDE = regex.compile(
    rf"\.\.+|…|--+|[{_DASHES}{_QUOTES}]|\p{{So}}"
    r"|(?<=\p{Ll})\.(?=\p{Lu})"
    r"|(?<=\p{L}),(?=\p{L})"
    r"|(?<=[\p{L}\d])[:<>=/~()\[\]|;!?&+_-](?=[\p{L}\d(\[])"
)
_INITIALS = regex.compile(r"(?:\p{Lu}?\p{L}\.){2,}")
_SCRIPTS = regex.compile(r"(?:[^\p{L}]|\p{Latin})+|[\p{L}--\p{Latin}][[\p{L}\p{M}]--\p{Latin}]*", regex.V1)
_PARTS = regex.compile(  # none longer than WORD_LIMIT
    r"\p{Lu}{1,20}\p{Ll}{0,20}|\p{Ll}{1,40}|[\p{L}--\p{Latin}]{1,40}|\d{1,40}|.", regex.S | regex.V1
)
_CLOSED = regex.compile(r"[\s)\]}\"'”’»]*+")  # what may follow the last full stop of a text


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark at ``start:end`` of the text; ``space`` says whether white space follows it."""

    text: str
    start: int
    end: int
    space: bool


def tokenize(text: str, keep: Callable[[str], bool]) -> list[Token]:
    """The tokens of ``text``. What ``keep`` knows ("etc.", "C++") is never taken apart.

    Where more than `PARTS_LIMIT` parts or `WORD_LIMIT` characters are written together, a token claims a space that is
    not there.
    """
    tokens: list[Token] = []
    for chunk in _CHUNK.finditer(text):
        if _PLAIN.fullmatch(chunk[1]):
            tokens.append(Token(chunk[1], chunk.start(), chunk.end(1), bool(chunk[2])))
            continue
        parts, glued_from = 0, chunk.start()
        for start, end in _pieces(text, chunk.start(), chunk.end(1), keep):
            more = len(_PARTS.findall(text, start, end))
            if parts and (parts + more > PARTS_LIMIT or end - glued_from > WORD_LIMIT):
                tokens[-1] = replace(tokens[-1], space=True)
                parts, glued_from = 0, start
            parts += more
            tokens.append(Token(text[start:end], start, end, False))
        tokens[-1] = replace(tokens[-1], space=bool(chunk[2]))
    return tokens


def _pieces(text: str, start: int, end: int, keep: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Ranges of the tokens of ``text[start:end]``, which holds no white space."""
    after: list[tuple[int, int]] = []
    while start < end and not _whole(text, start, end, keep):
        if mark := _BEFORE.match(text, start, end):
            yield mark.span()
            start = mark.end()
        elif mark := _AFTER.search(text, max(start, end - WORD_LIMIT), end):
            after.append(mark.span())
            end = mark.start()
        else:
            yield from _split(text, start, end)
            start = end
    if start < end:
        yield start, end
    yield from reversed(after)


def _whole(text: str, start: int, end: int, keep: Callable[[str], bool]) -> bool:
    ends_sentence = text[end - 1] == "." and _CLOSED.fullmatch(text, end) is not None
    if end - start > WORD_LIMIT or ends_sentence:
        return False
    return keep(text[start:end]) or _INITIALS.fullmatch(text, start, end) is not None


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Splits at marks inside, where the script changes, and what is too long or has too many parts."""
    for mark in _INSIDE.finditer(text, start, end):
        yield from _cut(text, start, mark.start())
        yield mark.span()
        start = mark.end()
    yield from _cut(text, start, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for run in _SCRIPTS.finditer(text, start, end):
        first, parts = run.start(), 0
        for part in _PARTS.finditer(text, *run.span()):
            if parts == PARTS_LIMIT or part.end() - first > WORD_LIMIT:
                if part.start() > first:
                    yield first, part.start()
                first, parts = part.start(), 0
            parts += 1
        yield first, run.end()

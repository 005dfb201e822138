"""What stands before a full stop: an abbreviation, an item's number, or a word that ends a sentence."""

from __future__ import annotations

import re

from .stops import ABBREVIATIONS, ENDINGS, EXCLAIMING_NAMES, GERMAN_DETERMINERS, LABELS, UNITS, Stop

LONGEST_TOKEN = 24  # longer ones are no abbreviations
SURELY_A_WORD = 5  # letters in lower case; longer abbreviations are in the table

_NO_TOKEN = re.compile(r"[^\w.'’&°º\u0300-\u036f\u0900-\u0963]")  # vowel signs are no \w
# Behind a colon only the first item's: "Total: 42." is none.
_LIST_NUMBER = re.compile(
    r"(?:(?:\A[•·*-]?\s?|;\s)[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[A-Za-z])|:\s[(\[]?(?:1(?:\.1){0,3}|[AaIi]))\Z"
)
_LIST_NEAR = 19  # longer than any such number, so that \A is the segment's beginning
_OPENING = re.compile(r"(?:At|By|Around|About|Before|After|Since|Until|From|Every|In(?=\s\d))\s[\w:.\s]{1,20}\Z")
_OPENING_NEAR = 28
_SPACED = re.compile(r"(?<!\w)(?:\w{1,3}\.[ \u00a0\u202f]){1,3}\Z")
_SPACED_NEAR = 16


def stop_before(text: str, start: int, at: int) -> Stop:
    """What kind of word the stop at ``at`` follows, in the segment that began at ``start``."""
    token = token_before(text, start, at)
    if token in ENDINGS and token not in UNITS:
        return "sure"
    if len(token) >= SURELY_A_WORD and token.isalpha() and token.islower() and token not in ABBREVIATIONS:
        return "sure"
    if (len(token) == 1 or token[:1].isdecimal()) and _LIST_NUMBER.search(text[max(start, at - _LIST_NEAR) : at]):
        return "list"
    return _abbreviation(text, start, at - len(token), token)


def token_before(text: str, start: int, at: int) -> str:
    """The last word before ``at``, with the stops inside it."""
    low = max(start, at - LONGEST_TOKEN)
    token = text[max(text.rfind(" ", low, at) + 1, low) : at]
    return token if token.isalnum() else _NO_TOKEN.split(token)[-1]


def opening(text: str, start: int, at: int) -> bool:
    """Whether the time of day that ends at ``at`` opens the segment: "At 7 a.m. Bob came"."""
    return at - start < _OPENING_NEAR and _OPENING.match(text, start, at) is not None


def exclaiming(text: str, start: int, at: int) -> bool:
    """Whether the mark at ``at`` belongs to a name: Yahoo!"""
    return token_before(text, start, at) in EXCLAIMING_NAMES


def _abbreviation(text: str, start: int, begin: int, token: str) -> Stop:
    word = token.lstrip("0123456789")
    if not word.isalpha():
        elided = word.replace("’", "'").rpartition("'")[2]  # Italian: l'avv.
        word = elided if len(elided) > 1 and elided in ABBREVIATIONS else word
    if word in UNITS:
        return _unit(text, start, begin, word)
    if not word:
        return _number(text, start, begin, token)
    spaced = _SPACED.search(text[max(start, begin - _SPACED_NEAR) : begin]) if len(token) <= 3 else None
    joined = "".join(spaced.group().split()) + token if spaced is not None else word
    if (kind := ABBREVIATIONS.get(joined) or ABBREVIATIONS.get(word)) is not None:
        return kind
    if len(word) == 1 and word.isalpha():
        return _initial(text, start, begin, word)
    return "unsure" if _dotted(joined) or _dotted(word) or word.endswith("str") else "plain"


def _dotted(word: str) -> bool:
    """Whether it is made of single letters with stops between them: U.S"""
    return "." in word and all(len(part) == 1 and part.isalpha() for part in word.split("."))


def _unit(text: str, start: int, begin: int, word: str) -> Stop:
    """A word that is a unit if a number stands before it ("10 in."), else a word ("come in.")."""
    if any(character.isdecimal() for character in text[max(start, begin - 2) : begin + 1]):
        return "unit"
    return "sure" if word in ENDINGS else "unit"


def _number(text: str, start: int, begin: int, token: str) -> Stop:
    """A number is an ordinal in German behind an article, and may be a day before a month's name."""
    if len(token) > 2:
        return "plain"
    before = _word_before(text, start, begin)
    if before in GERMAN_DETERMINERS and not text[max(start, begin - 5) : begin].endswith("I am "):
        return "ordinal"
    return "day"


def _initial(text: str, start: int, begin: int, letter: str) -> Stop:
    """A letter is an initial, unless a word before it says what it is; letters without case abbreviate titles."""
    before = _word_before(text, start, begin)
    if not letter.isupper() and not letter.islower():
        return "title"
    if before.lower() in LABELS or (letter == "I" and before.islower()) or before.endswith("°"):
        return "plain"
    # French: Monsieur. It needs no more than a name behind it.
    return "title" if letter == "M" and not before[:1].isupper() else "unsure"


def _word_before(text: str, start: int, begin: int) -> str:
    before = text[max(start, begin - LONGEST_TOKEN) : begin].split()
    return before[-1].strip("\"'“‘«([„") if before and text[begin - 1 : begin].isspace() else ""

"""What the neighbours of a word say about its part of speech: the features of the homograph classifier.

A word is seen with `LEFT` tokens before it and one behind it, so that its tag is known as soon as the next word is.
Where a request may begin it is seen with two: "Record calls *to* …", but "Record sales *were* …".
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import regex

from .function_words import CLASS, NUMBERS

LEFT = 4

_START, _END = "<s>", "</s>"
_STOPS = frozenset(".!?…。？！")
_ENDING = regex.compile(  # of nouns, adjectives and verbs; the longest that fits
    r"(?:ation|ition|ment|ness|ship|able|ible|less|ical|ious|ing|ion|ity|ism|ist|ous|ive|ful|est|ate|i[sz]e|ify|age|ed|ly"
    r"|er|or|al|ic|ty|y)$"
)
_NUMBER = regex.compile(r"[-+]?[\d.,]*\d(?:st|nd|rd|th|s)?")
_OPENING = frozenset((_START, ",", ":", ";", "—", "-", "then", "next", "and", "please", "now", "first"))
_GOVERNING = frozenset(("the", "#", "1st", "be", "have", "do", "can", "to", "he", "it", "of", "let", _START))


def opens(before: str) -> bool:
    """Whether a request may begin behind ``before`` ("": the text begins), where a word is seen with two behind it."""
    word = _plain(before)
    return not word or word in _STOPS or word in _OPENING


class Neighbours:
    """One word of a text and what stands around it; ``later`` is the word after the next."""

    __slots__ = ("after", "before", "later", "text", "word")

    def __init__(self, texts: Sequence[str], i: int) -> None:
        self.text = texts[i]
        self.word = _plain(texts[i])
        before: list[str] = []
        for k in range(i - 1, i - 1 - LEFT, -1):
            word = _plain(texts[k]) if k >= 0 else _START
            if word in _STOPS or (before and before[-1] == _START):
                word = _START
            before.append(word)
        self.before = tuple(before)  # the nearest first
        self.after = texts[i + 1] if i + 1 < len(texts) else _END
        self.later = texts[i + 2] if i + 2 < len(texts) else _END

    def features(self) -> Iterator[str]:
        """Names of what is true here."""
        one, two, three, _ = self.before
        next_ = _plain(self.after)
        c1, c2, c3, d1 = _class(one), _class(two), _class(three), _class(next_)
        form = _form(self.text) + _form(self.after) + ("^" if one == _START else "")
        kind = "s" if self.word.endswith("s") and not self.word.endswith("ss") else ""
        around = f"{c1}_{d1}"
        yield "-"
        yield f"{one}_"
        yield f"_{next_}"
        yield f"{two} *_"
        yield f"{two} {one}_"
        yield f"{one}_{next_}"
        yield f"~{one[-3:]}_"
        yield f"_{next_[-3:]}~"
        yield f"_{next_[-2:]}~"
        yield f"^{form}"
        yield f"<{around}>"
        yield f"<{c1}_"
        yield f"_{d1}>"
        yield f"<{c2} {c1}_"
        yield f"<{c2} {around}>"
        yield f"<{c3} {c2} {c1}_"
        yield self._governor()
        if one in _OPENING:
            later = _class(_plain(self.later))
            yield f"^{d1} {later}"
            yield f"^_ {later}"
        if kind:
            yield f"s<{around}>"
            yield f"s<{c1}_"
            yield f"s_{d1}>"
            yield f"s<{c2} {c1}_"

    def meanings(self) -> Iterator[str]:
        """Names of what tells meanings apart, not parts of speech: learned only for the word itself."""
        yield f"={self.text}"
        for word in self.before[1:]:
            if word not in CLASS:
                yield f"{word}.."

    def _governor(self) -> str:
        for distance, word in enumerate(self.before):
            if (name := _class(word)) in _GOVERNING:
                return f"<{name}{min(distance, 2)}"
        return "<"


@functools.lru_cache(4096)
def _plain(text: str) -> str:
    """``text`` as features name it: in lower case, numbers as "#"."""
    word = text.lower().replace("’", "'")
    return "#" if word in NUMBERS or _NUMBER.fullmatch(word) else word


@functools.lru_cache(4096)
def _class(word: str) -> str:
    if (name := CLASS.get(word)) is not None:
        return name
    if not word[:1].isalpha():
        return word[:3]
    if word.endswith("'s"):
        return "'s"
    if len(word) > 4 and (ending := _ENDING.search(word)):
        return f"~{ending[0]}"
    return "~s" if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else "~"


def _form(text: str) -> str:
    if not text[:1].isupper():
        return "a"
    return "A" if len(text) > 1 and text.isupper() else "Aa"

"""Words that are written in capitals for emphasis → small letters, lest they be taken for acronyms and spelled."""

from __future__ import annotations

import re

from .dialect import Dialect
from .rules import CAPITALS, rule
from .words import words

# Function words that a dictionary of names and acronyms would spell out when they are written in capitals.
EMPHASISED = words(
    "THE AND OR BUT NOT NO YES YOU YOUR MUST NEVER ALWAYS DO DON'T CAN CAN'T CANNOT SHOULD WILL WON'T ALL ANY ONLY "
    "EVERY VERY THIS THAT THESE THOSE HERE THERE IF WHEN THEN BEFORE AFTER TO OF IN ON AT FOR FROM WITH BY IS ARE "
    "WAS WERE BE BEEN HAVE HAS HAD HE SHE WE THEY MY HIS HER OUR THEIR WHAT HOW WHY SO TOO MORE MOST LESS NONE "
    "PLEASE STOP NOW AGAIN BOTH EACH SOME MAY MIGHT SHALL COULD WOULD DOES DID AS AN"
)
ALSO_ACRONYMS = words("IT ITS US WHO ME AM OUT UP")

_LAST_WORD = re.compile(r"[A-Z'’]+(?= \Z)")
_NEXT_WORD = re.compile(r"(?<= )[A-Z'’]+")
_NEAR = 24  # characters of context; emphasised words are shorter


def _calm(match: re.Match[str], _: Dialect) -> str:
    """A function word in capitals in small letters; one that is also an acronym only beside another."""
    word, text, start, end = match.group().replace("’", "'"), match.string, match.start(), match.end()
    beside = (_LAST_WORD.search(text[max(start - _NEAR, 0) : start]), _NEXT_WORD.match(text, end + 1))
    emphasised = word in EMPHASISED or (
        word in ALSO_ACRONYMS and any(other is not None and other.group() in EMPHASISED for other in beside)
    )
    return match.group().lower() if emphasised else match.group()


EMPHASIS = (rule(r"(?<![\w'’&.-])[A-Z]{2,}(?:['’]T)?(?![\w'’&-]|\.[A-Z])", _calm, needs=[CAPITALS]),)

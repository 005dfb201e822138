"""What stands behind the end of a sentence that may be none: the next word, and who said what was quoted."""

from __future__ import annotations

import re
from typing import NamedTuple

from .stops import SAID, STARTERS

OPENERS = "\"'“‘«‹„‚([{¿¡「『（【"
_FOLLOWING = re.compile(
    rf"[^\S\n]{{1,8}}(?P<dash>[—–]\s?)?(?P<opened>[{re.escape(OPENERS)}]{{0,4}})(?P<word>[#$£€¥]?[\w'’]{{0,16}})"
)
_NAME = re.compile(r"\s{1,2}([\w.'’-]{1,20})")
MOST_NAMES = 3  # “Go!” Uncle Bob Miller said.


class Following(NamedTuple):
    """The next word ("" when a sign stands there, which is ``sign``), and whether more text may make it longer."""

    word: str
    sign: str
    opened: bool
    dash: bool
    open_ended: bool

    @property
    def lower(self) -> bool:
        """Whether it begins with a small letter."""
        return self.word[:1].islower()

    @property
    def begins_like_a_name(self) -> bool:
        """A small letter first and capitals inside: iPhone, macOS."""
        return self.lower and not self.word.islower()


def following(text: str, at: int) -> Following:
    """What begins at ``at``, behind white space, a dash, and opening quotes and brackets."""
    found = _FOLLOWING.match(text, at)
    if found is None:
        return Following("", "", opened=False, dash=False, open_ended=at >= len(text))
    end = found.end()
    return Following(
        found["word"], text[end : end + 1] if not found["word"] else text[end : end + 1].strip(),
        opened=bool(found["opened"]), dash=bool(found["dash"]), open_ended=end == len(text),
    )  # fmt: skip


def attributed(text: str, at: int, *, final: bool) -> bool | None:
    """Whether somebody is named who said what ended at ``at``; None while more text may name one."""
    for number in range(MOST_NAMES + 1):
        found = _NAME.match(text, at)
        if found is None:
            return None if not final and not text[at : at + 3].strip() and len(text) - at < 3 else False
        word, at = found[1].rstrip("."), found.end()
        if at == len(text) and not final:
            return None
        if number and word in SAID:
            return True
        if not word[:1].isupper() or (not number and word in STARTERS and word != "I"):
            return False
    return False

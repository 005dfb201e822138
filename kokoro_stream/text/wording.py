"""Words and runs of marks as they would be said: identifiers apart, laughter and stretched words in measure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ..config import Emoji
from . import identifiers
from .source import EMPTY, SourceText
from .words import words

LONGEST = 64  # characters of a word or a run of marks that is looked at as a whole; nobody waits for more
_CACHED = 8192

_LETTER = "A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
# Each token goes on as long as it can: one that touches the end of the text may still grow, every other is certain.
_TOKEN = re.compile(
    rf"(?P<smiley>[:;=]['’]?-?(?:[)(DPpOo*](?: ?\n| )?|\Z))"
    rf"|(?P<word>[‘’][nN][‘’]|[‘’]?[{_LETTER}]{{1,{LONGEST}}}|[‘’])"
    rf"|(?P<call>\(\)?)"
    rf"|(?P<exclaimed>[!?]{{1,{LONGEST}}})|(?P<dots>[.…]{{1,{LONGEST}}})|(?P<soft>[,;:]{{1,{LONGEST}}})"
    rf"|(?P<signs>[-=~*#+^<>|/\\_]{{1,{LONGEST}}}(?:(?<=[-=~*#+^<>|/\\_]{{4}}) ?\n| )?)"
)

SMILEYS = {
    ")": "smile", "(": "frown", "D": "grin", "P": "tongue out", "O": "surprise", "*": "kiss",
}  # fmt: skip
_ELIDED = words("tis twas twere til em cause round bout nuff kay tween")
_ARROWS = {r"<+[-=]{1,63}>+": "↔", r"[-=]{2,63}>+": "→", r"<+[-=]{2,63}": "←"}
MOST_SIGNS = 3  # of a run that may mean something: "---", ">>>"; longer ones are drawn

_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
MOST_STRETCHED = 4  # "AAA" is a battery and "III" a number, "NOOOO" is neither
_LAUGHTER = re.compile(r"(?P<lead>[bm]?w?u?a?)(?P<laugh>(?P<syllable>h[aeio])(?P=syllable)+)h?", re.IGNORECASE)
MOST_LAUGHS = 3
_LETTERS = words("www xxx iii aaa bbb ccc ddd")
# What a stretched word is short of, where one letter each is not enough: "goooood".
DOUBLED = {
    "god": "good", "col": "cool", "se": "see", "to": "too", "fre": "free", "lok": "look", "son": "soon", "fel": "feel",
    "wek": "week", "wel": "well", "al": "all", "helo": "hello", "tel": "tell", "cal": "call", "bal": "ball",
    "yel": "yell", "stil": "still", "wil": "will", "aw": "aww", "hm": "hmm", "sh": "shh", "br": "brr", "gr": "grr",
    "m": "mm", "z": "zzz", "uf": "uff", "bo": "boo", "wo": "woo", "wohoo": "woohoo", "agre": "agree", "swet": "sweet",
    "slep": "sleep", "kep": "keep", "dep": "deep", "met": "meet", "fod": "food", "realy": "really", "ful": "full",
    "mis": "miss", "kis": "kiss", "les": "less", "pas": "pass", "ad": "add", "of": "off", "pf": "pff", "ned": "need",
}  # fmt: skip

Drop = Callable[[int, int, str], None]
Change = tuple[int, int, str]


class Wording:
    """Rewrites words, fed in pieces of any size. Of a word that may go on only the first letter is let out.

    ``drop`` is told the source range of what is left out, and why.
    """

    def __init__(self, emoji: Emoji, drop: Drop) -> None:
        self._emoji = emoji
        self._drop = drop
        self.held = EMPTY
        self._given = 0  # characters of what is held that are out already
        self._before = "\n"  # the character in front of what is held

    def feed(self, text: SourceText) -> SourceText:
        """Take more text; return what is certain now."""
        if not text:
            return EMPTY
        return self._advance(self.held + text if self.held else text, final=False)

    def flush(self) -> SourceText:
        """Return what is held, as if the text ended here."""
        return self._advance(self.held, final=True)

    def _advance(self, text: SourceText, *, final: bool) -> SourceText:
        changes: list[Change] = []
        end, is_word, done = len(text), False, 0
        for token in _TOKEN.finditer(text.text):
            if token.end() == end and not final:
                end, is_word = token.start(), token.lastgroup == "word" and token[0][0].isalnum()
                break
            if token.start() > done:
                self._before = text.text[token.start() - 1]
            new = self._reworded(text, token)
            changes += _difference(token[0], new, token.start())
            self._before, done = new[-1:] or self._before, token.end()
        if end > done:
            self._before = text.text[end - 1]
        shown = end + is_word
        out = text[:shown].replace(changes)[self._given :] if changes else text[self._given : shown]
        self.held, self._given = text[end:], int(is_word)
        return out

    def _reworded(self, text: SourceText, token: re.Match[str]) -> str:
        """What stands in the place of a token, the white space behind it included."""
        written, before = token[0], self._before
        match token.lastgroup:
            case "word":
                return _word(written, before)
            case "smiley":
                return self._smiley(text, token)
            case "signs":
                return _signs(written, before)
            case "call":
                return "" if written == "()" and before.isalnum() else written
            case "soft":
                after = text.text[token.end() : token.end() + 1]
                return " " if len(written) > 1 and before.isalnum() and after.isalnum() else written[0]
            case "dots":
                return "…" if len(written) > 1 and "…" in written else written[:3]
        return "".join(dict.fromkeys(written))

    def _smiley(self, text: SourceText, token: re.Match[str]) -> str:
        smiley, after = token[0].rstrip(), text.text[token.end() : token.end() + 1]
        mood = SMILEYS.get(smiley[-1].upper())
        if mood is None or not self._before.isspace() or (after.isalnum() and smiley == token[0]):
            return token[0]
        behind = token[0][len(smiley) :]
        if self._emoji == "name":
            return mood + behind
        self._drop(text.starts[token.start()], text.ends[token.start() + len(smiley) - 1], "a smiley")
        return _instead(self._before, behind) if behind else ""


def _instead(before: str, after: str) -> str:
    """The white space that stays where something is left out between ``before`` and the white space ``after`` it."""
    if "\n" in after:
        return "" if before == "\n" else "\n"
    return "" if before.isspace() else " "


def _difference(old: str, new: str, start: int) -> list[Change]:
    """The change that keeps the white space the two end with, and the letter they begin with: it may be out already."""
    if old == new:
        return []
    if old[-1].isspace() and old[-1:] == new[-1:]:
        return _difference(old[:-1], new[:-1], start)
    if old[:1] == new[:1]:
        return [(start + 1, start + len(old), new[1:])] if len(old) > 1 else [(start, start + 1, new)]
    return [(start, start + len(old), new)]


def _word(word: str, before: str) -> str:
    if word[0] in "‘’":
        if before.isalnum() or len(word) == 1:
            return word
        if word[-1] in "‘’":
            return f"'{word[1]}'"
        return "’" + word[1:] if word[1:].lower() in _ELIDED or word[1].isdigit() else word
    return _plain(word)


@lru_cache(_CACHED)
def _plain(word: str) -> str:
    """A word without apostrophes as it is said."""
    parts = identifiers.apart(word)
    return _in_measure(word) if parts is None else parts


def _in_measure(word: str) -> str:
    """A word of letters without what was written for emphasis: "sooooo" is "so", "hahahaha" is "ha ha ha"."""
    if len(word) < 3 or not word.isalpha():
        return word
    if (laughter := _LAUGHTER.fullmatch(word)) is not None:
        syllable = laughter["syllable"]
        times = min(len(laughter["laugh"]) // 2, MOST_LAUGHS)
        lead = laughter["lead"] and laughter["lead"] + " "
        return lead + " ".join([syllable, *[syllable.lower()] * (times - 1)])
    longest = max((len(run[0]) for run in _STRETCHED.finditer(word)), default=0)
    if longest < (MOST_STRETCHED if word.isupper() or word in _LETTERS else 3):
        return word
    short = _STRETCHED.sub(r"\1", word)
    whole = DOUBLED.get(short.lower(), short)
    return whole if word.islower() else whole.upper() if word.isupper() else word[0] + whole[1:]


def _signs(run: str, before: str) -> str:
    """What is left of a run of signs and the white space behind it."""
    signs = run.rstrip()
    after = run[len(signs) :]
    for arrow, sign in _ARROWS.items():
        if re.fullmatch(arrow, signs):
            return sign + after
    if len(signs) <= MOST_SIGNS:
        return run
    return _instead(before, after)

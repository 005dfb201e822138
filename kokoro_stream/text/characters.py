"""Characters as everybody writes them: composed, without what cannot be seen, styled letters as plain ones.

Ranges follow Unicode 15. What is left may still hold emoji; they are `emoji`'s.
"""

from __future__ import annotations

import unicodedata

import regex

from .source import SourceText

LINE_ENDS = "\n\u2028\u2029"

# Neither spoken nor seen: controls, soft hyphens, zero-width and bidirectional marks, lone surrogates (Python strings
# have no pairs). The two joiners stay: Indic scripts, Persian and emoji need them.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\ud800-\udfff"
)
# Letters, digits and units in another dress: full width, mathematical, enclosed, ligatures, Roman numerals, squared.
_STYLED = (
    "\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2138\u2145-\u2149\u2160-\u217f"
    "\u2460-\u2473\u24b6-\u24e9\u2776-\u2793\u3300-\u33ff\u2103\u2109\ufb00-\ufb06\uff0b\uff0d\uff0f-\uff19"
    "\uff1c-\uff1e\uff20-\uff3a\uff41-\uff5a\uff05\uff04\uff06\uff03\U0001d400-\U0001d7ff\U0001f130-\U0001f149"
)
_ALIKE = {
    **dict.fromkeys("\u2010\u2011\u2043", "-"),
    **dict.fromkeys("\u2012\ufe58", "–"),
    **dict.fromkeys("\u2015\u2e3a\u2e3b", "—"),
    **dict.fromkeys("\u02bc\u02b9\u055a\uff07", "’"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u201f\u201e\u00ab\u300e\u301d\uff02", "“"),
    **dict.fromkeys("\u00bb\u300f\u301e\u301f", "”"),
    **dict.fromkeys("\u201a\u201b\u2039", "‘"),
    "\u203a": "’",
    "\u2236": ":",
    "\u2016": "|",
}
# Boxes as they are drawn with ASCII, so that a drawn table is a table and a drawn frame a rule; shades are blanks.
_BOXES = {
    **dict.fromkeys(map(chr, range(0x2500, 0x2580)), "+"),
    **dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "|"),
    **dict.fromkeys(map(chr, range(0x2580, 0x25A0)), " "),
}
_TABLE = _ALIKE | _BOXES
# Strokes, dots and rings over Latin letters that no letter of Unicode has: crossed out, or heaped up for show.
_ORNAMENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20df\u20e5-\u20f0"

_MARKS = r"\p{M}\u1160-\u11ff"  # what may belong to the character before it; vowels and finals of Hangul are letters
MOST_MARKS = 32  # of one character; no script needs more than a few
_CLUSTER = regex.compile(rf"[\p{{L}}<>=][{_MARKS}]{{0,{MOST_MARKS}}}+|.", regex.S)
_ODD = regex.compile(rf"[{_UNSEEN}{_STYLED}{_MARKS}{regex.escape(''.join(_TABLE))}\u1100-\u115f]")
_UNSEEN_ONE = regex.compile(rf"[{_UNSEEN}]+")
_STYLED_ONE = regex.compile(rf"[{_STYLED}]")
_ORNAMENT = regex.compile(rf"(?<![\p{{L}}--\p{{Latin}}])[{_ORNAMENTS}]+", regex.V1)
_MAY_COMPOSE = regex.compile(rf"[\p{{L}}<>=][{_MARKS}]{{0,{MOST_MARKS}}}\Z|[{_MARKS}]\Z")


class Characters:
    """Composes (NFC) and replaces characters, fed in pieces; what comes out keeps its source ranges."""

    def __init__(self) -> None:
        self.held = ""
        self.fed = 0  # characters in all

    def feed(self, piece: str) -> SourceText:
        """Take more text; the last letter is held until it is known whether an accent follows."""
        text = self.held + piece
        self.fed += len(piece)
        end = _composed_up_to(text)
        start, self.held = self.fed - len(text), text[end:]
        return _plain(SourceText.of(text[:end], start))

    def flush(self) -> SourceText:
        """What is held."""
        held, self.held = self.held, ""
        return _plain(SourceText.of(held, self.fed - len(held)))


def _composed_up_to(text: str) -> int:
    """Where the last character begins that may be composed with what follows, or the text's end."""
    if text.isascii():
        return len(text) - (text[-1:].isalpha() or text[-1:] in ("<", ">", "="))
    last = _MAY_COMPOSE.search(text, max(0, len(text) - MOST_MARKS - 1))
    return last.start() if last is not None else len(text)


def _plain(text: SourceText) -> SourceText:
    if text.text.isascii() and text.text.isprintable():
        return text
    if _ODD.search(text.text) is None and unicodedata.is_normalized("NFC", text.text):
        return text
    changes = []
    for cluster in _CLUSTER.finditer(text.text):
        written = cluster.group()
        if (plain := _plain_cluster(written)) != written:
            changes.append((*cluster.span(), plain))
    return text.replace(changes)


def _plain_cluster(written: str) -> str:
    if len(written) == 1 and written in _TABLE:
        return _TABLE[written]
    plain = unicodedata.normalize("NFC", _UNSEEN_ONE.sub("", written))
    plain = _STYLED_ONE.sub(lambda one: _undressed(one.group()), plain)
    return str(_ORNAMENT.sub("", plain))


def _undressed(styled: str) -> str:
    if unicodedata.category(styled) == "No":  # a number in a circle, which needs no space behind it
        return f"{unicodedata.numeric(styled):.0f} "
    return unicodedata.normalize("NFKC", styled)

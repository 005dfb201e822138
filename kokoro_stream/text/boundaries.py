"""Where a sentence or a clause ends, judged from the text around one mark.

Pure and table-driven: `judge` looks at a mark found by `MARK` and answers with a `Verdict`. A verdict other than
``hold`` never changes when more text arrives, which is what makes segmentation independent of how the text was cut.
It looks ahead no further than the next word, and words are read up to a limit, so ``hold`` never lasts long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .words import words

Kind = Literal["no", "hold", "clause", "sentence", "block"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mark is: ``end`` is one past the segment's last character; ``hold`` asks for more text."""

    kind: Kind
    end: int


# An abbreviation's kind says what may follow it. Words are written without their last full stop.
BEFORE_NAME = words("Mr Mrs Ms Mx Dr Prof Gen Sen Rep Gov Capt Cmdr Lt Col Maj Sgt Rev Hon Pres Supt Msgr Mt Ft Messrs")
INNER = words("e.g i.e eg ie cf viz vs approx ca resp incl excl al w.r.t a.k.a aka E.g I.e Cf Approx")
BEFORE_NUMBER = words(
    "no nos nr fig figs vol vols ch chap sec sect eq eqs art pp pg par ref ver est max min tel ext "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
CLOSING = words("Inc Ltd Corp Co Bros Jr Sr Esq St Ave Blvd Rd Ln Hwy Pl Sq Ph.D B.Sc M.Sc Dept Univ Assn")
SENTENCE_FINAL = words("etc a.m p.m A.M P.M")
UNSURE = "unsure"  # initials and abbreviations with inner full stops: "J.", "U.S."
ABBREVIATIONS = {
    **dict.fromkeys(BEFORE_NAME, "before-name"),
    **dict.fromkeys(INNER, "inner"),
    **dict.fromkeys(BEFORE_NUMBER | {word.capitalize() for word in BEFORE_NUMBER}, "before-number"),
    **dict.fromkeys(CLOSING, UNSURE),
    **dict.fromkeys(SENTENCE_FINAL, "final"),
}

# Words that open a sentence; after an abbreviation that may or may not end one, they decide.
STARTERS = words(
    "A An The This That These Those There Here He She It We You They I His Her Its Our Your Their My "
    "And But Or So Yet If When While Although Though Because Since As After Before Until Once "
    "In On At By For From To With Without Under Over During However Therefore Meanwhile Then Now Next Also "
    "What Who Where Why How Which Is Are Was Were Do Does Did Can Could Should Would Will May Let Please "
    "Yes No Not Some Many Most All Both Each Every Another Other I'm I've I'll It's That's There's Let's "
    "He's She's We're You're They're Don't"
)
TIME_ZONES = words("Eastern Pacific Central Mountain Atlantic Greenwich Zulu")
EXCLAIMING_NAMES = words("Yahoo Jeopardy Yum Joomla Oklahoma")
CONJUNCTIONS = words("and but or because so which while when if though although unless whereas")

STOPS = ".!?…"
WIDE_STOPS = "。！？｡।॥؟۔։።។"  # these end a sentence without a space after them
CLOSERS = "\"'”’»›)]}」』）】〉》"
OPENERS = "\"'“‘«‹([{¿¡「『（【"

MARK = re.compile(
    rf"(?P<block>\n)|(?P<wide>[{WIDE_STOPS}]+)|(?P<stop>[{re.escape(STOPS)}]+)"
    r"|(?P<wide_clause>[，、；：])|(?P<clause>[,;:])|(?P<dash>[—–-]+)"
    rf"|(?<=\s)(?P<conjunction>{'|'.join(sorted(CONJUNCTIONS))})\b"
)
MOST_CLOSERS = 8
LONGEST_TOKEN = 24  # longer ones are no abbreviations
_NO_TOKEN = re.compile(r"[^\w.'’&]")
_FOLLOWING = re.compile(rf"\s{{1,8}}[{re.escape(OPENERS)}]{{0,4}}(?P<word>[#$£€]?[\w'’]{{0,16}})")
_LIST_NUMBER = re.compile(r"(?:\A|[:;,]\s)(?:\d{1,3}|[A-Za-z])\Z")


def judge(text: str, start: int, mark: re.Match[str], *, final: bool) -> Verdict:
    """What ``mark`` (a match of `MARK` in ``text``) is for the segment that began at ``start``.

    ``final`` says that no more text will come, so nothing is held.
    """
    kind, at, end = mark.lastgroup, mark.start(), mark.end()
    if kind == "block":
        return Verdict("block", end)
    if end == len(text) and not final:
        return Verdict("hold", end)
    if kind == "conjunction":
        return Verdict("clause", at) if text[end : end + 1].isspace() else Verdict("no", end)
    if kind == "dash":
        return _dash(text, start, at, end)
    return _closed(text, start, mark, final=final)


def _dash(text: str, start: int, at: int, end: int) -> Verdict:
    """A dash is a clause mark between spaces, or when it is an em dash; within words and ranges it is not."""
    spaced = at > start and text[at - 1].isspace() and (end == len(text) or text[end].isspace())
    return Verdict("clause", end) if spaced or "—" in text[at:end] else Verdict("no", end)


def _closed(text: str, start: int, mark: re.Match[str], *, final: bool) -> Verdict:
    """A stop or clause mark together with the quotes and brackets that close after it."""
    end = mark.end()
    while end < min(len(text), mark.end() + MOST_CLOSERS) and text[end] in CLOSERS:
        end += 1
    found: Kind = "sentence" if mark.lastgroup in ("stop", "wide") else "clause"
    if end == len(text):
        return Verdict(found if final else "hold", end)
    if mark.lastgroup in ("wide", "wide_clause"):
        return Verdict(found, end)
    # Before a line's end, the line's end decides.
    if not text[end].isspace() or text[end] == "\n":
        return Verdict("no", end)
    if found == "clause":
        return Verdict(found, end)
    return _stop(text, start, mark, end, final=final)


def _stop(text: str, start: int, mark: re.Match[str], end: int, *, final: bool) -> Verdict:
    """A full stop, question mark … with white space after it: what precedes and what follows decides."""
    token = _NO_TOKEN.split(text[max(start, mark.start() - LONGEST_TOKEN) : mark.start()])[-1]
    run = mark.group()
    if run[-1] in "!?" and end == mark.end() and token not in EXCLAIMING_NAMES:
        return Verdict("sentence", end)
    kind = _abbreviation(text, start, mark.start(), token) if run == "." else None
    if kind in ("list", "before-name", "inner"):
        return Verdict("no", end)
    following = _FOLLOWING.match(text, end)
    word, at_end = (following["word"], following.end() == len(text)) if following is not None else ("", False)
    if at_end and not final and (not word or kind in (UNSURE, "final")):
        return Verdict("hold", end)
    ended = (at_end and not word) or _begins_sentence(word, after=kind)
    return Verdict("sentence" if ended else "no", end)


def _abbreviation(text: str, start: int, at: int, token: str) -> str | None:
    """Which kind of abbreviation the full stop at ``at`` belongs to; None when it is an ordinary word."""
    if _LIST_NUMBER.search(text[max(start, at - 6) : at]):
        return "list"
    if (kind := ABBREVIATIONS.get(token.lstrip("0123456789"))) is not None:
        return kind
    initial = len(token) == 1 and token.isalpha()
    dotted = len(token) > 2 and all(len(part) == 1 and part.isalpha() for part in token.split("."))
    return UNSURE if initial or dotted else None


def _begins_sentence(word: str, *, after: str | None) -> bool:
    """Whether ``word`` ("" for a sign) begins a sentence after that kind of abbreviation (None: an ordinary word)."""
    if not word or word[0].islower():
        return not word and after is None
    if after == "before-number":
        return not (word[0].isdigit() or word[0] in "#$£€")
    if after == "final":
        return word[0].isupper() and not (word in TIME_ZONES or (len(word) > 1 and word.isupper()))
    if after == UNSURE:
        return word.replace("’", "'") in STARTERS
    return True

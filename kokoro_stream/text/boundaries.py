"""Where a sentence or a clause ends, judged from the text around one mark.

Pure and table-driven: `judge` looks at a mark found by `MARK` or `SENTENCE_MARK` and answers with a `Verdict`. A
verdict other than ``hold`` never changes when more text arrives, which is what makes segmentation independent of how
the text was cut. After a word that cannot be an abbreviation one space is enough; otherwise it looks ahead as far as
the next word, or the next few behind a quotation, each read up to a limit, so ``hold`` never lasts long.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .following import Following, attributed, following
from .preceding import exclaiming, opening, stop_before, token_before
from .scripts import east_asian
from .stops import CONTRASTING, DAYS, GERMAN_MONTHS, SAID_IN_CHINESE, STARTERS, TIME_ZONES, Stop
from .words import words

Kind = Literal["no", "hold", "clause", "sentence", "block"]


class Verdict(NamedTuple):
    """What a mark is: ``end`` is one past the segment's last character; ``hold`` asks for more text."""

    kind: Kind
    end: int


CONJUNCTIONS = words("and but or because so which while when if though although unless whereas")

STOPS = ".!?…"
WIDE_STOPS = "。！？｡।॥؟۔։።។။།"  # these end a sentence without a space after them
CLAUSES = ",;:،؛"
WIDE_CLAUSES = "，、；："
DASHES = "—–-"
_IN_RUNS = re.escape(STOPS + WIDE_STOPS)
_FRENCH_SPACES = (" ", "\u00a0", "\u202f")
_GOING_ON = ".,;\n"  # signs that no sentence begins with; a line's end decides for itself

# Both sets of characters stand first, where `re` looks for them fastest.
SENTENCE_MARK = re.compile(rf"[\n:;{_IN_RUNS}](?:(?<=[{_IN_RUNS}])[{_IN_RUNS}]+)?")
MARK = re.compile(
    rf"[\n{_IN_RUNS}{re.escape(CLAUSES + WIDE_CLAUSES + DASHES)}]"
    rf"(?:(?<=[{_IN_RUNS}])[{_IN_RUNS}]+|(?<=[{DASHES}])[{DASHES}]+)?"
)
MARK_OR_CONJUNCTION = re.compile(rf"(?P<conjunction>(?<=\s)(?:{'|'.join(sorted(CONJUNCTIONS))})(?=\s))|{MARK.pattern}")

_WIDE = frozenset(WIDE_STOPS + WIDE_CLAUSES)
_QUOTES = "\"'”’»›“«‹」』"
_BRACKETS = ")]}）】〉》"
_QUOTED = frozenset(_QUOTES)
_REFERENCE = r"[¹²³⁴-⁹]|\[\d{1,3}\]"
_CLOSING = re.compile(rf"(?:[{re.escape(_QUOTES + _BRACKETS)}]|{_REFERENCE}){{0,8}}")
# “ closes in German and opens in Chinese.
_CLOSING_WIDE = re.compile(rf"[{re.escape('”’」』' + _BRACKETS)}]{{0,8}}")
_UNFINISHED_REFERENCE = re.compile(r"\[\d{0,3}\Z")
_GUILLEMET_NEAR = 400  # characters; a longer quotation closes without its space
_EMOTICON = re.compile(r"[:;]['-]?[()DPp]{1,3}")
_UNFINISHED_EMOTICON = re.compile(r"[:;]['-]?[()DPp]{0,3}\Z")
_NUMERAL = re.compile(r"[#$£€¥]?\d|[IVXLC]{2,}\Z|[VXLC]\Z")
_DIALOGUE = "—–¿¡"  # with these a speech begins
_SAID_IN_JAPANESE = "とっ"
_SAID_IN_CHINESE = re.compile(rf"[他她我它你您]\w{{0,3}}[{SAID_IN_CHINESE}]|\w{{1,4}}[{SAID_IN_CHINESE}][道着，。：]")
_SAID_LOOK = 6
_SORTS = {
    "\n": "block",
    **dict.fromkeys(STOPS + WIDE_STOPS, "stop"),
    **dict.fromkeys(CLAUSES, "clause"),
    **dict.fromkeys(WIDE_CLAUSES, "wide clause"),
    **dict.fromkeys(DASHES, "dash"),
}


def judge(text: str, start: int, mark: re.Match[str], *, final: bool) -> Verdict:
    """What ``mark`` is for the segment that began at ``start``; ``final`` says that no more text will come."""
    at, end = mark.span()
    sort = _SORTS.get(text[at], "conjunction")
    if sort == "block":
        return Verdict("block", end)
    if sort == "conjunction":
        return Verdict("clause", at)
    if end == len(text) and not final:
        return Verdict("hold", end)
    if sort == "dash":
        return _dash(text, start, at, end)
    if text[at] in ":;" and at > start and text[at - 1] == " ":
        emoticon = _emoticon(text, at, final=final)
        if emoticon is not None:
            return emoticon
    closed = _past_closers(text, start, mark, final=final)
    if closed is None:
        return Verdict("hold", end)
    if sort == "stop":
        return Verdict(_stop(text, start, mark, closed, final=final), closed)
    ends = sort == "wide clause" or closed == len(text) or _at_space(text, closed)
    return Verdict("clause" if ends else "no", closed)


def _dash(text: str, start: int, at: int, end: int) -> Verdict:
    """A dash is a clause mark between spaces, or when it is an em dash; within words and ranges it is not."""
    spaced = at > start and text[at - 1].isspace() and (end == len(text) or text[end].isspace())
    return Verdict("clause", end) if spaced or "—" in text[at:end] else Verdict("no", end)


def _emoticon(text: str, at: int, *, final: bool) -> Verdict | None:
    """An emoticon between spaces ends a sentence like a stop if a capital follows; None when there is none."""
    if not final and _UNFINISHED_EMOTICON.match(text, at) is not None:
        return Verdict("hold", at)
    found = _EMOTICON.match(text, at)
    if found is None or found.end() == len(text) or not _at_space(text, found.end()):
        return None
    after = following(text, found.end())
    if not after.word and after.open_ended and not final:
        return Verdict("hold", at)
    return Verdict("sentence" if after.word[:1].isupper() else "no", found.end())


def _past_closers(text: str, start: int, mark: re.Match[str], *, final: bool) -> int | None:
    """The end of the quotes, brackets and references that close behind a mark; None when more of them may come."""
    at, end = mark.span()
    if text[end : end + 1] != " ":
        closing = _CLOSING_WIDE if text[end - 1] in _WIDE else _CLOSING
        end = closing.match(text, end).end()  # type: ignore[union-attr]  # it also matches nothing
        if not final and (end == len(text) or _UNFINISHED_REFERENCE.match(text, end) is not None):
            return None
    behind = text[end + 1 : end + 2]
    if (behind and behind != "»") or text[end : end + 1] not in _FRENCH_SPACES:
        return end
    if not _may_close_guillemets(text, start, at):
        return end
    if not behind:
        return end if final else None
    return end + 2 if final or end + 2 < len(text) else None


def _may_close_guillemets(text: str, start: int, at: int) -> bool:
    """Whether the stop at ``at`` may be followed by a space and "»", as it is in French."""
    near = max(start, at - _GUILLEMET_NEAR)
    opened = text.rfind("«", near, at)
    return (opened >= 0 and text.find("»", opened, at) < 0) or (at > start and text[at - 1].isspace())


def _at_space(text: str, at: int) -> bool:
    """Whether white space stands there that does not end the line; before a line's end, the line's end decides."""
    return text[at].isspace() and text[at] != "\n"


def _stop(text: str, start: int, mark: re.Match[str], end: int, *, final: bool) -> Kind:
    """A full stop, question mark … that is closed at ``end``: what precedes and what follows decides."""
    run, at = mark.group(), mark.start()
    if end == len(text):
        return "sentence"
    quoted = end > mark.end() and not _QUOTED.isdisjoint(text[mark.end() : end])
    if not _WIDE.isdisjoint(run):
        return _wide(text, end, quoted=quoted, final=final)
    if not _at_space(text, end):
        unspaced = east_asian(text[end]) and (run[-1] in "!?" or east_asian(text[at - 1 : at]))
        return "sentence" if unspaced else "no"
    if end > mark.end() and at > start and text[at - 1] in "([":
        return "no"  # a remark about the word before it: (?)
    kind = _kind(text, start, mark, closed=end > mark.end())
    if kind == "sure":
        return "sentence"
    if kind in ("list", "title", "inner", "ordinal"):
        return "no"
    after = following(text, end)
    if after.open_ended and not final and _more_decides(kind, after):
        return "hold"
    if quoted and not after.opened:
        said = attributed(text, end, final=final)
        if said is not False:
            return "no" if said else "hold"
    return "sentence" if _begins_sentence(after, kind) else "no"


def _kind(text: str, start: int, mark: re.Match[str], *, closed: bool) -> Stop:
    """What the stop belongs to. Within quotes or brackets it ends a sentence less often than it seems."""
    run, at = mark.group(), mark.start()
    if run[-1] in "!?":
        if exclaiming(text, start, at):
            return "unsure"
        return "plain" if closed or _may_go_on(text, start, at, run) else "sure"
    if run != ".":
        return "plain" if run == "...." else "ellipsis"
    if at > start and text[at - 1].isspace():
        return "ellipsis" if text[at - 2 : at - 1] == "." else "plain"
    kind = stop_before(text, start, at)
    if not closed:
        return "opening" if kind == "final" and opening(text, start, at) else kind
    if kind == "list":
        return "list"  # "1.)"
    return "unsure" if kind in ("title", "inner", "unsure") else "plain"


def _may_go_on(text: str, start: int, at: int, run: str) -> bool:
    """Whether a small letter behind a mark means that the sentence goes on.

    So it does in names ("Hello, Dolly! was long"), and in dialogue with dashes ("—¿Vienes? —preguntó").
    """
    if text[start] in _DIALOGUE:
        return True
    token = token_before(text, start, at)
    return run == "!" and token[:1].isupper() and not token.isupper() and at - len(token) > start


def _more_decides(kind: Stop, after: Following) -> bool:
    """Whether the next word, which may not be complete, must be known further."""
    if not after.word:
        return True
    if after.lower:
        return kind in ("plain", "day", "unit") and not after.begins_like_a_name
    if kind == "day":
        return any(month.startswith(after.word) for month in GERMAN_MONTHS)
    if kind == "ellipsis":
        return after.word.startswith("I")
    return kind in ("final", "opening", "unsure", "number")


def _begins_sentence(after: Following, kind: Stop) -> bool:
    """Whether what follows begins a sentence after that kind of stop."""
    word = after.word
    if after.dash and kind not in ("plain", "ellipsis"):
        return False
    if not word:
        return kind in ("plain", "day", "unit", "ellipsis") and after.sign not in _GOING_ON
    if after.lower:
        item = len(word) == 1 and after.sign == ")"
        return (after.begins_like_a_name or item) and kind in ("plain", "day", "unit")
    if kind == "number":
        return _NUMERAL.match(word) is None and not (len(word) == 1 and after.sign) and word not in DAYS
    if kind == "unit":
        return not word[0].isdecimal()
    if kind == "final":
        return word[0].isupper() and not (word in TIME_ZONES or word in DAYS or (len(word) > 1 and word.isupper()))
    if kind == "unsure":
        return word.replace("’", "'") in STARTERS and not (len(word) == 1 and after.sign == ".")
    if kind == "opening":
        return word in CONTRASTING
    if kind == "day":
        return word not in GERMAN_MONTHS
    return kind != "ellipsis" or word.replace("’", "'").partition("'")[0] != "I"


def _wide(text: str, end: int, *, quoted: bool, final: bool) -> Kind:
    """A stop of a script without spaces: it ends the sentence, unless it ends a quotation that the sentence goes on."""
    if not quoted:
        return "sentence"
    look = text[end : end + _SAID_LOOK]
    if look[0] in _SAID_IN_JAPANESE or look[0] in WIDE_CLAUSES:
        return "no"
    if _SAID_IN_CHINESE.match(look) is not None:
        return "no"
    return "hold" if len(look) < _SAID_LOOK and look.isalpha() and not final else "sentence"

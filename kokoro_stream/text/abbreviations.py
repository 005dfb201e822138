"""Titles, abbreviations and shorthands → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .places import STREETS
from .rules import last_word, one_of, rule
from .stops import STARTERS
from .words import words

# Before a name.
TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Messrs": "Messieurs", "Dr": "Doctor", "Drs": "Doctors", "Prof": "Professor",
    "Profs": "Professors", "St": "Saint", "Ste": "Sainte", "Mt": "Mount", "Mts": "Mountains", "Ft": "Fort",
    "Gen": "General", "Sen": "Senator", "Sens": "Senators", "Rep": "Representative", "Reps": "Representatives",
    "Gov": "Governor", "Capt": "Captain", "Cmdr": "Commander", "Cdr": "Commander", "Lt": "Lieutenant",
    "Col": "Colonel", "Maj": "Major", "Sgt": "Sergeant", "Cpl": "Corporal", "Pvt": "Private", "Adm": "Admiral",
    "Brig": "Brigadier", "Rev": "Reverend", "Revd": "Reverend", "Fr": "Father", "Msgr": "Monsignor",
    "Hon": "Honorable", "Pres": "President", "Supt": "Superintendent", "Insp": "Inspector", "Det": "Detective",
    "Amb": "Ambassador", "Atty": "Attorney", "Sec": "Secretary", "Treas": "Treasurer", "Dir": "Director",
}  # fmt: skip
TITLES_WITHOUT_STOP = "Mr|Mrs|Dr|Prof|Mt|Sgt|Lt|Capt|Revd"
PERSONS = words("Dr Drs Prof Gen Sen Rep Gov Capt Lt Col Sgt Rev Pres Det Insp")  # behind "the" they need no name
OWNING = words("the a my your his her our their this that another")
# After a name.
SUFFIXES = {
    "Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation", "Co": "Company",
    "Bros": "Brothers", "Dept": "Department", "Univ": "University", "Assn": "Association", "Apt": "Apartment",
    "Bldg": "Building", "Esq": "Esquire", "Intl": "International", "Natl": "National", "Mfg": "Manufacturing",
    "Inst": "Institute", "Hosp": "Hospital", "Fl": "Floor", **STREETS,
}  # fmt: skip
# Anywhere, in any case; keyed without the last full stop.
PHRASES = {
    "e.g": "for example", "i.e": "that is", "etc": "et cetera", "vs": "versus", "approx": "approximately",
    "a.k.a": "also known as", "w.r.t": "with respect to", "cf": "compare", "ca": "circa", "incl": "including",
    "excl": "excluding", "resp": "respectively", "max": "maximum", "min": "minimum", "govt": "government",
    "ph.d": "PhD", "viz": "namely", "avg": "average", "qty": "quantity", "misc": "miscellaneous", "temp": "temperature",
    "esp": "especially", "usu": "usually", "orig": "originally", "dept": "department", "mgmt": "management",
    "assoc": "associate", "asst": "assistant", "tel": "telephone", "pop": "population",
    "wt": "weight", "ed": "edition", "p.a": "per annum",
    "corp": "corporate", "intl": "international", "attn": "attention", "prof": "professor", "ltd": "limited",
    "b.i.d": "twice a day", "t.i.d": "three times a day", "q.i.d": "four times a day", "p.r.n": "as needed",
}  # fmt: skip
AFTER_A_NUMBER = words("min ft")  # there they are units
WORDS_TOO = words("max min temp pop ed corp prof")  # at a sentence's end these are words or names: "Al", "Ed"
# Before a number, in any case; keyed without the full stop.
COUNTERS = {
    "no": "number", "nos": "numbers", "fig": "figure", "figs": "figures", "vol": "volume", "vols": "volumes",
    "ch": "chapter", "chs": "chapters", "chap": "chapter", "sec": "section", "eq": "equation", "p": "page",
    "pp": "pages", "pg": "page",
    "ver": "version", "v": "version", "art": "article", "ext": "extension", "est": "established", "op": "opus",
    "ep": "episode",
    "para": "paragraph", "pt": "part", "rm": "room", "c": "circa", "b": "born", "d": "died", "l": "line", "ll": "lines",
    "vers": "verses", "ser": "series", "app": "appendix", "ref": "reference", "tab": "table", "apt": "apartment",
    "ste": "suite", "hwy": "highway", "rte": "route", "rt": "route", "rtes": "routes",
}  # fmt: skip
FIGURES_ONLY = words("c b d v l p est")  # before figures only, not before a Roman numeral
# Without full stops, as written.
SHORTHANDS = {
    "vs": "versus", "w/o": "without", "w/": "with", "n/a": "not applicable", "N/A": "not applicable",
    "eg": "for example", "ie": "that is", "etc": "et cetera", "b/c": "because", "c/o": "care of", "y/o": "year old",
    "yo": "year old", "aka": "also known as", "approx": "approximately", "a/c": "A C", "p/e": "P E", "P/E": "P E",
    "s/he": "he or she", "he/she": "he or she", "she/he": "she or he", "him/her": "him or her", "his/her": "his or her",
    "his/hers": "his or hers", "himself/herself": "himself or herself", "and/or": "and or", "yes/no": "yes or no",
    "she/her": "she her", "he/him": "he him", "they/them": "they them",
}  # fmt: skip

_SLASHED = frozenset(written for written in SHORTHANDS if "/" in written and written not in ("w/", "y/o"))
_NUMBER_FOLLOWS = re.compile(r"\s?(?:#|\d|[IVXLC]{2,}\b|[VXLC]\b)")
_YEAR_FOLLOWS = re.compile(r" ?\d")
_NUMBER_PRECEDES = re.compile(r"[\d½¼¾][ -]?\Z")
_NAME_FOLLOWS = re.compile(r" (?:(?!(?:Apt|Suite|Ste|Unit|N|S|E|W|NE|NW|SE|SW)\b)[A-Z]|1st\b|2nd\b)")
_NAME_PRECEDES = re.compile(r"(?:\A|\s)[A-Z\d][\w.'’&-]*,? \Z")
_NOTHING_FOLLOWS = re.compile(r"[\s\"'”’»)\]]*\Z")
_NEXT = re.compile(r" ([A-Za-z'’]{1,16})")
_NEAR = 24  # characters of context; names are shorter


def _abbreviation(match: re.Match[str], _: Dialect) -> str:
    """A word with its full stop: what it is depends on what stands before and behind it."""
    word, text, end = match["word"], match.string, match.end()
    if (counter := COUNTERS.get(word.lower())) is not None and _counts(word, text, end):
        return (counter.capitalize() if word[0].isupper() else counter) + ("" if text[end] == " " else " ")
    if word in AFTER_A_NUMBER and _NUMBER_PRECEDES.search(text[max(match.start() - 2, 0) : match.start()]):
        return match.group()
    if (phrase := PHRASES.get(word.lower())) is not None and not _is_word(word, text, end):
        return _closing(match, phrase[0].upper() + phrase[1:] if word[0].isupper() else phrase)
    if word in TITLES and _names(word, match):
        return TITLES[word]
    if word in PERSONS and last_word(text, match.start()) in OWNING:
        return _closing(match, TITLES[word])
    if word in SUFFIXES and (
        word not in TITLES or _NAME_PRECEDES.search(text[max(match.start() - _NEAR, 0) : match.start()])
    ):
        return _closing(match, SUFFIXES[word])
    return match.group()


def _counts(word: str, text: str, end: int) -> bool:
    if len(word) == 1 and word.isupper():  # an initial
        return False
    follows = _YEAR_FOLLOWS if word in FIGURES_ONLY else _NUMBER_FOLLOWS
    return follows.match(text, end) is not None


def _is_word(word: str, text: str, end: int) -> bool:
    """Whether the full stop is the sentence's: "the max.", "Ask Al." """
    return word.lower() in WORDS_TOO and (word[0].isupper() or _NOTHING_FOLLOWS.match(text, end) is not None)


def _names(word: str, match: re.Match[str]) -> bool:
    """Whether a name follows; "on Main St. He left" has a street and a new sentence."""
    text, start, end = match.string, match.start(), match.end()
    if word in ("Mr", "Mrs", "Dr") and text.startswith((" and ", " & ", " or "), end):
        return True
    if not _NAME_FOLLOWS.match(text, end):
        return False
    following = _NEXT.match(text, end)
    place = word in SUFFIXES and _NAME_PRECEDES.search(text[max(start - _NEAR, 0) : start]) is not None
    return not (place and following is not None and following[1].replace("’", "'") in STARTERS)


def _closing(match: re.Match[str], words: str) -> str:
    """The words, with a full stop if the abbreviation's own was also the sentence's."""
    text, end = match.string, match.end()
    following = _NEXT.match(text, end)
    ends = _NOTHING_FOLLOWS.match(text, end) or (following is not None and following[1].replace("’", "'") in STARTERS)
    return words + "." if ends else words


def _shorthand(match: re.Match[str], _: Dialect) -> str:
    written = match.group().rstrip()
    return SHORTHANDS[written.lstrip()] + (" " if written == "w/" else "")


ABBREVIATIONS = (
    rule(r"et al\b(?<!\wet al)\.?(?=[,;:)]| [a-z(\d])", "et al", needs=["e"]),
    rule(r"\b(?<!\d )[A-Z][\w'’.-]{1,24} (?P<part>v\.?)(?= [A-Z][a-z])", "versus", needs=["v"]),
    rule(r"(?<![\w.@/])(?P<word>[A-Za-z]{1,6}(?:\.[A-Za-z]{1,2}){0,2})\.(?![A-Za-z])", _abbreviation, needs=["."]),
    rule(
        rf"(?<![\w./@-])(?:{one_of(_SLASHED)})(?![\w./-])|(?<![\w/])w/ ?(?=\w)|(?<=\d) ?y/o\b", _shorthand, needs=["/"]
    ),
    rule(
        rf"\b(?:{one_of({*SHORTHANDS} - _SLASHED - {'yo'})})\b(?![./@-])(?<![./@-]\w\w)(?<!/etc)(?<!slash etc)",
        _shorthand,
        needs=["vecap"],
    ),
    rule(r"(?<=\d)yo\b", _shorthand, needs=["y"]),
    rule(rf"\b(?:{TITLES_WITHOUT_STOP})(?= (?:and |& )?[A-Z])", lambda m, _: TITLES[m.group()], needs=["MDPSLCR"]),
    rule(r"St(?= [A-Z][a-z])(?<!\wSt)", "Saint", needs=["S"]),
    rule(r"\b(?:Hwy|Rte)(?= \d)", lambda m, _: COUNTERS[m.group().lower()].capitalize(), needs=["HR"]),
)

"""Titles, places, abbreviations, Roman numerals, emphasis in capitals → words."""

from __future__ import annotations

import re

from .numbers import cardinal, ordinal, roman
from .rules import CAPITALS, rule
from .words import words

# Before a name.
TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor", "St": "Saint", "Mt": "Mount",
    "Ft": "Fort", "Gen": "General", "Sen": "Senator", "Rep": "Representative", "Gov": "Governor", "Capt": "Captain",
    "Cmdr": "Commander", "Lt": "Lieutenant", "Col": "Colonel", "Maj": "Major", "Sgt": "Sergeant", "Rev": "Reverend",
    "Hon": "Honorable", "Pres": "President",
}  # fmt: skip
TITLES_WITHOUT_STOP = "Mr|Mrs|Ms|Dr|Prof|Mt"
# After a name.
PLACES = {
    "St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Dr": "Drive", "Ln": "Lane", "Hwy": "Highway",
    "Pkwy": "Parkway", "Sq": "Square", "Apt": "Apartment", "Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated",
    "Ltd": "Limited", "Corp": "Corporation", "Co": "Company", "Bros": "Brothers", "Dept": "Department",
    "Univ": "University", "Assn": "Association",
}  # fmt: skip
# Anywhere, in any case; keyed without the last full stop.
PHRASES = {
    "e.g": "for example", "i.e": "that is", "etc": "et cetera", "vs": "versus", "approx": "approximately",
    "a.k.a": "also known as", "w.r.t": "with respect to", "cf": "compare", "ca": "circa", "incl": "including",
    "excl": "excluding", "resp": "respectively", "max": "maximum", "min": "minimum", "govt": "government",
    "ph.d": "PhD",
}  # fmt: skip
# Before a number, in any case; keyed without the full stop.
COUNTERS = {
    "no": "number", "nos": "numbers", "fig": "figure", "figs": "figures", "vol": "volume", "ch": "chapter",
    "sec": "section", "eq": "equation", "p": "page", "pp": "pages", "ver": "version", "art": "article",
    "ext": "extension", "est": "established",
}  # fmt: skip
# Without full stops, as written.
SHORTHANDS = {
    "vs": "versus", "w/o": "without", "w/": "with", "n/a": "not applicable", "eg": "for example", "ie": "that is",
    "etc": "et cetera",
}  # fmt: skip

NUMBERED = (
    "Chapter|chapter|Part|part|Act|Scene|Section|section|Volume|volume|Book|War|Phase|Type|Class|Article|Appendix|"
    "Figure|Table|Title|Tier|Step|Level|Stage|Bowl|Grade|Unit|Module|Annex"
)
REIGNING = (
    "Henry|Louis|Charles|George|Elizabeth|Edward|Richard|James|William|Philip|Napoleon|Benedict|Francis|Paul|Pius|"
    "Catherine|Nicholas|Alexander|Frederick|Ivan|Peter|Mary|Felipe|Ramesses|Leo|Gregory|Innocent"
)
# Function words that a dictionary of names and acronyms would spell out when they are written in capitals.
EMPHASISED = words(
    "THE AND OR BUT NOT NO YES YOU YOUR MUST NEVER ALWAYS DO DON'T CAN CAN'T CANNOT SHOULD WILL WON'T ALL ANY ONLY "
    "EVERY VERY THIS THAT THESE THOSE HERE THERE IF WHEN THEN BEFORE AFTER TO OF IN ON AT FOR FROM WITH BY IS ARE "
    "WAS WERE BE BEEN HAVE HAS HAD HE SHE WE THEY MY HIS HER OUR THEIR WHAT HOW WHY SO TOO MORE MOST LESS NONE "
    "PLEASE STOP NOW AGAIN BOTH EACH SOME MAY MIGHT SHALL COULD WOULD DOES DID AS AN"
)
ALSO_ACRONYMS = words("IT ITS US WHO ME AM OUT UP")

_NUMBER_FOLLOWS = re.compile(r"\s?(?:#|\d|[IVXLC]{2,}\b|[VXLC]\b)")
_NAME_FOLLOWS = re.compile(r" (?!(?:Apt|Suite|Ste|Unit|N|S|E|W|NE|NW|SE|SW)\b)[A-Z]")
_NAME_PRECEDES = re.compile(r"(?:\A|\s)[A-Z\d][\w.'’&-]*,? \Z")
_NOTHING_FOLLOWS = re.compile(r"[\s\"'”’»)\]]*\Z")
_LAST_WORD = re.compile(r"[A-Z'’]+(?= \Z)")
_NEXT_WORD = re.compile(r"(?<= )[A-Z'’]+")
_NEAR = 24  # characters of context; names and emphasised words are shorter


def _abbreviation(match: re.Match[str]) -> str:
    """A word with its full stop: what it is depends on what stands before and behind it."""
    word, text, start, end = match["word"], match.string, match.start(), match.end()
    if (phrase := PHRASES.get(word.lower())) is not None:
        return _closing(match, phrase[0].upper() + phrase[1:] if word[0].isupper() else phrase)
    if (counter := COUNTERS.get(word.lower())) is not None and _NUMBER_FOLLOWS.match(text, end):
        return (counter.capitalize() if word[0].isupper() else counter) + ("" if text[end] == " " else " ")
    if word in TITLES and _NAME_FOLLOWS.match(text, end):
        return TITLES[word]
    if word in PLACES and (word not in TITLES or _NAME_PRECEDES.search(text[max(start - _NEAR, 0) : start])):
        return _closing(match, PLACES[word])
    return match.group()


def _closing(match: re.Match[str], words: str) -> str:
    """The words, with a full stop if the abbreviation's own was also the sentence's."""
    return words + "." if _NOTHING_FOLLOWS.match(match.string, match.end()) else words


def _regnal(match: re.Match[str]) -> str:
    value = roman(match["part"])
    return f"the {ordinal(str(value))}" if value else match["part"]


def _numbered(match: re.Match[str]) -> str:
    value = roman(match["part"])
    return cardinal(str(value)) if value else match["part"]


def _shorthand(match: re.Match[str]) -> str:
    written = match.group().rstrip()
    return SHORTHANDS[written] + (" " if written == "w/" else "")


def _calm(match: re.Match[str]) -> str:
    """A function word in capitals in small letters; one that is also an acronym only beside another."""
    word, text, start, end = match.group().replace("’", "'"), match.string, match.start(), match.end()
    beside = (_LAST_WORD.search(text[max(start - _NEAR, 0) : start]), _NEXT_WORD.match(text, end + 1))
    emphasised = word in EMPHASISED or (
        word in ALSO_ACRONYMS and any(other is not None and other.group() in EMPHASISED for other in beside)
    )
    return match.group().lower() if emphasised else match.group()


ABBREVIATIONS = (
    rule(r"(?<![\w.@/])(?P<word>[A-Za-z]{1,6}(?:\.[A-Za-z]{1,2}){0,2})\.(?![A-Za-z])", _abbreviation, needs=["."]),
    rule(r"\b(?:w/o|n/a|vs|eg|ie|etc)(?![\w./])|\bw/ ?(?=\w)", _shorthand, needs=[]),
    rule(rf"\b(?:{TITLES_WITHOUT_STOP})(?= [A-Z])", lambda m: TITLES[m.group()], needs=["MDP"]),
    rule(
        r"(?<=[A-Za-z\d] )(?:Ave|Blvd|Rd|Ln|Hwy|Pkwy|St)(?=$|[,;:)]| [a-z])",
        lambda m: PLACES[m.group()],
        needs=["ABRLHPS"],
    ),
    rule(
        rf"\b(?:{REIGNING}) (?P<part>[IVX]{{2,}}|V|X|I(?=['’]| (?:of|was|and|ruled|had|died)\b))\b",
        _regnal,
        needs=["IVX"],
    ),
    rule(rf"\b(?:{NUMBERED}) (?P<part>[IVXLC]+)\b", _numbered, needs=["IVXLC"]),
    rule(r"\b[A-Z][a-z]{2,} (?P<part>I{2,3}|IV|VI{1,3}|IX|XI{0,3}|XI?V)\b", _numbered, needs=["IVX"]),
    rule(r"(?<![\w'’&.-])[A-Z]{2,}(?:['’]T)?(?![\w'’&-]|\.[A-Z])", _calm, needs=[CAPITALS]),
)

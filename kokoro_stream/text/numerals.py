"""Roman numerals → words, where a name, a title or a heading shows that they are numerals."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import roman
from .rules import last_name, one_of, rule
from .words import words

# Before a numeral; a single letter is one only behind a capitalised word ("Chapter X", but "class X").
NUMBERED = words(
    "Chapter Part Act Scene Section Volume Book War Phase Type Class Article Appendix Figure Table Title Tier Step "
    "Level "
    "Stage Grade Unit Module Annex Division Schedule Corps Amendment Season Episode Factor Canto Bowl Apollo Saturn "
    "Fantasy Mark Mk Opus Vatican Quest Superbowl WrestleMania Sonnet Psalm Psalms"
)
PAGES = words("page pages")  # with small numerals
RULERS = words("King Queen Pope Emperor Empress Tsar Tsarina Czar Kaiser Prince Princess Sultan Pharaoh Duke Shah")
REIGNING = words(
    "Henry Louis Charles George Elizabeth Edward Richard James William Philip Napoleon Benedict Francis Paul Pius "
    "Catherine Nicholas Alexander Frederick Ivan Peter Mary Felipe Ramesses Ramses Leo Gregory Innocent Wilhelm "
    "Friedrich Clement Urban Ferdinand Otto Haakon Harald Carl Gustav Christian Leopold Albert Joseph Umberto Victor "
    "Darius Xerxes Ptolemy Cleopatra Amenhotep Thutmose Seti Mehmed Selim Murad Boniface Sixtus Julius Constantine "
    "Justinian Emmanuel Margrethe"
)
GIVEN = words("John Robert Thomas David Michael Walter Frank Samuel Martin Thurston Hank Davis Harold Cornelius Howard")
# Behind "Part I", "Chapter I": somebody says "I", after all.
SPEAKING = (
    "am|have|had|will|would|can|could|do|did|think|thought|know|like|liked|love|loved|want|need|see|saw|wrote|read|"
    "enjoyed|hate|play|played|said|say|just|really"
)
# In front of a numeral these are no names: "the IV drip", "type II".
NO_NAMES = words(
    "the an a this that her his its my our your their via by start started get got give gave insert on with and"
)

_SMALL = r"(?P<part>i{2,3}|iv|vi{1,3}|ix|xi{1,3}|xi?v|xvi{1,3}|xix|xx)"
_PART = r"(?P<part>[IVXL]{2,9}|C{1,3}[XL][IVXL]{0,8}|[IVX])"
# An "I" or "X" after a name is a numeral before these, or before a mark.
_ONE_FOLLOWS = (
    r"(?=['’]s\b|[.,;:)!?]|$"
    r"| (?:of|was|and|ruled|reigned|had|died|became|is|or|in|at|to|by|from|who|would|granted|took|made|won)\b)"
)

_WARS = {"WWI": "1", "WWII": "2", "WWIII": "3"}


def _cardinal(match: re.Match[str], english: Dialect) -> str:
    value = roman(match["part"].upper())
    return english.cardinal(str(value)) if value else match["part"]


def _ordinal(match: re.Match[str], english: Dialect) -> str:
    value = roman(re.sub("st$|nd$|rd$|th$", "", match["part"]))
    return english.ordinal(str(value)) if value else match["part"]


def _regnal(match: re.Match[str], english: Dialect) -> str:
    return f"the {_ordinal(match, english)}" if roman(match["part"]) else match["part"]


def _numbered(match: re.Match[str], english: Dialect) -> str:
    name = last_name(match.string, match.start())
    plain = name.capitalize() not in NUMBERED and name not in NUMBERED
    unlikely = len(match["part"]) == 1 and name.islower()
    return match["part"] if plain or unlikely else _cardinal(match, english)


def _small(match: re.Match[str], english: Dialect) -> str:
    """``Scene iii``, ``page xi``; only behind what is numbered, as "vi" and "xx" are other things too."""
    name = last_name(match.string, match.start()).lower()
    return _cardinal(match, english) if name in PAGES or name.capitalize() in NUMBERED else match["part"]


def _sequel(match: re.Match[str], english: Dialect) -> str:
    return match["part"] if match["name"].lower() in NO_NAMES else _cardinal(match, english)


def _year(match: re.Match[str], english: Dialect) -> str:
    value = roman(match["part"])
    return english.year(str(value)) if 1500 <= value <= 2100 else match["part"]


NUMERALS = (
    # King Charles III · Henry VIII · Elizabeth I was
    rule(
        rf"\b(?:(?:{one_of(RULERS)}) (?:[A-Z][a-z]+ ){{1,2}}|(?:{one_of(REIGNING)}) )"
        rf"(?P<part>[IVX]{{2,8}}|V|X{_ONE_FOLLOWS}|I{_ONE_FOLLOWS})(?![\w-])",
        _regnal,
        needs=["IVX"],
    ),
    rule(rf"\b(?:{one_of(REIGNING)}) the (?P<part>[IVX]{{1,8}})\b", _ordinal, needs=["IVX"]),
    rule(rf"\b(?:{one_of(GIVEN)}) (?:[A-Z]\. )?[A-Z][a-z]+,? (?P<part>II|III|IV)\b", _regnal, needs=["I"]),
    # Chapter IV · Part I · World War II · Super Bowl LVIII
    rule(rf"(?<=[a-zA-Z] ){_PART}\b(?!['’&]|[-.][A-Z]| (?:{SPEAKING})\b)", _numbered, needs=["IVXLC"]),
    rule(rf"(?<=[a-z] ){_SMALL}\b(?!['’-]|\.\w)", _small, needs=["ivx"]),
    rule(r"\b[Tt]he (?P<part>[IVX]{1,6}(?:st|nd|rd|th)?) (?=[Cc]entur)", _ordinal, needs=["IVX"]),
    rule(r"\bWW(?:I{1,3}|[123])\b", lambda m, e: f"World War {e.cardinal(_WARS.get(m[0], m[0][2:]))}", needs=["W"]),
    # Rocky IV
    rule(
        r"\b(?P<name>[A-Z][A-Za-z]+) (?P<part>I{2,3}|IV|VI{1,3}|IX|XI{1,3}|XI?V|XVI{1,3}|XIX|XX)\b(?!['’-]|\.\w)",
        _sequel,
        needs=["IVX"],
    ),
    # MMXXIV
    rule(r"(?<![\w-])(?P<part>M{1,3}[MCDXLIV]{2,12})(?![\w-])", _year, needs=["M"]),
)

"""Numbers that name things, not count them: rooms, flights, ports, standards, models → pairs or digits."""

from __future__ import annotations

import re
from itertools import pairwise

from .dialect import Dialect
from .numbers import letters, plural, spelled
from .rules import CAPITALS, DIGITS, last_name, last_word, next_word, number_rule, one_of, rule
from .words import words
from .years import COUNTED

# In front of the number, in any case: it is said digit by digit.
BY_DIGIT = words("pin zip zipcode postcode passcode password extension ext account isbn ssn serial otp chmod routing")
# In front of "code" or "number": digit by digit too, when there are enough digits.
KEPT_SECRET = words(
    "verification access security confirmation tracking account order ticket case reference invoice claim policy "
    "member routing door gate entry authentication login unlock booking reservation card license serial promo"
)
FEWEST_KEPT = 4  # digits; shorter ones are said as numbers
# In front of the number, in any case: it is said in pairs, "four oh four".
IN_PAIRS = words(
    "room suite flight boeing airbus route highway hwy interstate exit gate bus rtx gtx rx ryzen radeon xeon porsche "
    "bmw "
    "peugeot error http status port iso rfc ieee ansi form channel terminal apartment apt unit platform train psalm "
    "psalms xbox nokia commodore atari intel sony canon nikon audi mazda formula studio bldg building epa "
    "proposition section tower locker cabin ward lufthansa cessna code fahrenheit"
)
# Behind the number: so are roads, errors of HTTP, and the plans of the American tax code.
IN_PAIRS_BEFORE = words("freeway highway interstate expressway exchange")
HTTP = r"(?:30[0-8]|4[0-3]\d|451|50[0-8]|511)"
ERRORS = words("error errors response status page redirect code Forbidden Unauthorized Not Bad Service Gateway Too")
FEWEST_TURNS = 3  # from letters to digits or back
SIZES = frozenset({144, 240, 360, 480, 540, 720, 1080, 1440, 2160, 4320})  # lines of a picture

_ARTICLES = words("a an the two three and or boeing")  # in front of "747"
_NEAR = 8  # characters of context: space and signs in front of a number
_AREA_CODE = re.compile(r"\b[Aa]rea code:?\s?\Z")
_CALLED = frozenset({"code", "number", "no", "is"})  # may stand between: "ZIP code is 90210", "room number 204"
_SECRET = re.compile(r"(?P<name>\w+) (?:code|number|no|#)(?: is)?[ :#.]{0,3}\Z", re.IGNORECASE)


def _name(match: re.Match[str]) -> str:
    """The word that says what the number names: "room" in "Room 204", "zip" in "ZIP code: 90210"."""
    text = match.string
    near = text[max(match.start() - _NEAR, 0) : match.start()]
    end = match.start() - len(near) + len(near.rstrip(" #:."))
    word = last_name(text, end)
    between = word.lower() in _CALLED or (len(word) == 2 and word.isupper())  # "Flight UA 837"
    return last_word(text, end - len(word)) or word.lower() if between else word.lower()


def _coded(match: re.Match[str], english: Dialect) -> str:
    digits, name, text = match["digits"], _name(match), match.string
    if name in BY_DIGIT or (name == "area" and _AREA_CODE.search(text[max(match.start() - 16, 0) : match.start()])):
        return spelled(digits) + (f" {match['letters']}" if match["letters"] else "")
    if digits == "101" and last_name(text, match.start()).istitle() and next_word(text, match.end()) not in COUNTED:
        return english.pairs(digits)  # "Math 101"
    secret = _SECRET.search(text[max(match.start() - 40, 0) : match.start()]) if len(digits) >= FEWEST_KEPT else None
    if secret is not None and secret["name"].lower() in KEPT_SECRET:
        return spelled(digits) + (f" {match['letters']}" if match["letters"] else "")
    if name in IN_PAIRS and 3 <= len(digits) <= 4 and next_word(text, match.end()) not in COUNTED:
        return english.pairs(digits) + (f" {match['letters']}" if match["letters"] else "")
    return match.group()


def _address(match: re.Match[str], english: Dialect) -> str:
    said = " dot ".join(map(english.pairs, re.findall(r"\d+", match["host"])))
    if match["mask"]:
        said += f" slash {english.cardinal(match['mask'])}"
    return said + (f" port {english.pairs(match['port'])}" if match["port"] else "")


def _plan(match: re.Match[str], english: Dialect) -> str:
    """``401(k)`` → four oh one K; ``501(c)(3)`` → five oh one C three."""
    number = f" {english.cardinal(match['number'])}" if match["number"] else ""
    return f"{english.pairs(match['digits'])} {match['letter'].upper()}{number}"


def _screen(match: re.Match[str], english: Dialect) -> str:
    return f"{english.pairs(match['width'])} by {english.pairs(match['height'])}"


def _model(match: re.Match[str], english: Dialect) -> str:
    """Letters with three or four digits: ``A320`` → A three twenty; longer prefixes are words (``Nasdaq-100``)."""
    name, digits = match["name"], match["digits"]
    if match["many"]:
        return f"{name} {plural(english.pairs(digits))}"
    return f"{name} {english.pairs(digits)}{' ' if match.string[match.end() : match.end() + 1].isalpha() else ''}"


def _thousands(digits: str, english: Dialect) -> str:
    """``13900`` → thirteen nine hundred; ``8700`` → eighty seven hundred."""
    return f"{english.cardinal(digits[:2])} {english.pairs(digits[2:])}" if len(digits) > 4 else english.pairs(digits)


def _mixed(match: re.Match[str], _: Dialect) -> str:
    """A long word in which letters and digits take turns names a thing: ``1Z999AA101`` is spelled."""
    turns = sum(a.isdecimal() != b.isdecimal() for a, b in pairwise(match.group()))
    return letters(match.group()) if turns >= FEWEST_TURNS else match.group()


def _series(match: re.Match[str], english: Dialect) -> str:
    """``a 747``, ``the 787s``, ``Boeing 787-9`` → seven forty seven, seven eighty sevens, seven eighty seven nine."""
    if not match["many"] and last_word(match.string, match.start()) not in _ARTICLES:
        return match.group()
    said = english.pairs(match["digits"]) + (f" {english.cardinal(match['variant'])}" if match["variant"] else "")
    return plural(said) if match["many"] else said


CODES = (
    rule(r"\b(?=[A-Z]{0,9}\d)(?=\d{0,9}[A-Z])[A-Z\d]{8,40}\b", _mixed, needs=[DIGITS, CAPITALS]),
    rule(r"\b0x(?P<digits>[0-9A-Fa-f]{1,64})\b", lambda m, _: f"hex {letters(m['digits'])}", needs=["x", "0"]),
    rule(r"\b0b(?P<digits>[01]{1,64})\b", lambda m, _: f"binary {spelled(m['digits'])}", needs=["b", "01"]),
    rule(r"\bU\+(?P<digits>[0-9A-Fa-f]{4,6})\b", lambda m, _: f"U plus {letters(m['digits'])}", needs=["U", "+"]),
    number_rule(
        r"(?P<host>(?:\d{1,3}(?:\.| dot )){3}\d{1,3})(?!\.?\d)(?:/(?P<mask>\d{1,2})\b)?(?::(?P<port>\d{1,5})\b)?",
        _address,
        needs=["."],
    ),
    rule(r"\blocalhost:(?P<port>\d{2,5})\b", lambda m, e: f"localhost port {e.pairs(m['port'])}", needs=[":"]),
    number_rule(
        r"\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?![\w-])",
        lambda m, _: ", ".join(map(spelled, m.group().split(m["gap"]))),
    ),
    number_rule(
        r"(?P<zip>\d{5})-(?P<more>\d{4})(?![\w-])",
        lambda m, _: f"{spelled(m['zip'])}, {spelled(m['more'])}",
        needs=["-"],
    ),
    number_rule(r"(?<!-)(?P<digits>\d{2,16})(?P<letters>[A-Z]{1,2})?(?![\w%°]|[.,:/-]\d| million| billion)", _coded),
    # Q1–Q3
    rule(
        r"\b(?P<letter>[A-Z])\d{1,3}(?P<part>\s?[-–—]\s?)(?=(?P=letter)\d{1,3}\b)",
        " to ",
        needs=[DIGITS, CAPITALS, "-–—"],
    ),
    # Models of one maker with letters behind: 7800X3D, i7-12700K
    number_rule(
        r"(?P<digits>\d{4,5})(?P<letters>X3D|XTX?|X|Ti|KF|KS|HX|HS|HQ|U|GE|GT)\b",
        lambda m, e: f"{_thousands(m['digits'], e)} {m['letters']}",
        needs=["XTKHUG"],
    ),
    rule(
        r"(?<=[A-Za-z]\d-)(?P<digits>\d{4,5})(?P<letters>[A-Z]{1,3})\b",
        lambda m, e: f"{_thousands(m['digits'], e)} {m['letters']}",
        needs=["-", CAPITALS],
    ),
    number_rule(r"(?P<digits>401|403|457|501)\((?P<letter>[a-z])\)(?:\((?P<number>\d)\))?", _plan, needs=["("]),
    number_rule(r"401(?P<k>[kK])\b", lambda m, _: "four oh one K", needs=["kK"]),
    number_rule(
        r"802\.(?P<n>11|3|1)(?P<x>[a-zA-Z]*)",
        lambda m, e: f"eight oh two dot {e.cardinal(m['n'])} {m['x'].upper()}".strip(),
        needs=["."],
    ),
    rule(
        r"\b(?P<name>[HGX])\.(?P<digits>\d{3,4})\b",
        lambda m, e: f"{m['name']} dot {e.pairs(m['digits'])}",
        needs=["HGX", "."],
    ),
    rule(
        r"(?P<name>[A-Z](?<![\w$£€#.@/].)[A-Z]{0,4})-?(?P<digits>\d{3,4})(?P<many>s\b)?(?![\d%]|[.,]\d|-\d)",
        _model,
        needs=[DIGITS, CAPITALS],
    ),
    number_rule(rf"(?P<part>\d{{3,4}}) (?:{one_of(IN_PAIRS_BEFORE)})\b", lambda m, e: e.pairs(m["part"])),
    number_rule(rf"(?P<part>{HTTP}) (?:{one_of(ERRORS)})\b", lambda m, e: e.pairs(m["part"]), needs=["345"]),
    rule(
        r"\bCVE-(?P<year>\d{4})-(?P<number>\d{4,7})\b",
        lambda m, e: f"CVE {e.year(m['year'])}, {spelled(m['number'])}",
        needs=["-", "C"],
    ),
    number_rule(r"(?P<digits>7[0-8]7)(?:-(?P<variant>[1-9](?:00)?))?(?P<many>s?)\b(?![.,-]\d)", _series, needs=["7"]),
    number_rule(r"(?P<part>\d{3,4}) [Bb]lock\b", lambda m, e: e.pairs(m["part"]), needs=["Bb"]),
    number_rule(r"(?P<width>\d{3,4})\s?[x×]\s?(?P<height>\d{3,4})(?!\d|[.,]\d)", _screen, needs=["x×"]),
    number_rule(
        rf"(?P<lines>{one_of(map(str, SIZES))})(?P<kind>[pi])\b",
        lambda m, e: f"{e.pairs(m['lines'])} {m['kind']}",
        needs=["pi"],
    ),
)

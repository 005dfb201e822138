"""Fractions, scores, versions, ratios, ranges, ordinals and all other numbers → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import FRACTION_SIGNS, NUMBER, plural, spelled
from .rules import DASHES, DIGITS, apart, last_word, next_word, number_rule, one_of, rule, to_or_and
from .words import words

SET_PHRASES = {
    ("24", "7"),
    ("9", "11"),
    ("50", "50"),
    ("20", "20"),
    ("60", "40"),
    ("80", "20"),
    ("7", "11"),
    ("70", "30"),
    ("10", "4"),
}
FRACTION_DENOMINATORS = frozenset(range(2, 21)) | {32, 64, 100, 1000}
SCORE_DENOMINATORS = frozenset({10, 100})
RATED = words("stars star rating ratings points votes reviewers doctors dentists players correct marks")
VERSIONED = words(
    "version versions release ver python node js java ubuntu debian fedora ios ipados macos android go rust ruby php "
    "django "
    "flask rails laravel kubernetes cuda postgres postgresql mysql chrome firefox typescript react angular vue swift "
    "kotlin "
    "scala perl lua julia pytorch tensorflow numpy linux kernel docker terraform npm pip gcc llvm unity blender "
    "windows "
    "vulkan opengl bluetooth usb http tls hdmi pcie spring bootstrap gradle maven cmake minecraft"
)
STAGES = words("alpha beta rc dev preview pre snapshot SNAPSHOT stable lts LTS final nightly")
# Behind "10x", which then is said as it is written; behind any other word it is ten times.
LETTERED = words(
    "is was and or to of from by in on for with at if when then equals plus minus times term terms coefficient "
    "engineer engineers developer developers programmer programmers zoom lens optical telephoto"
)
# In front of two numbers with a hyphen: a result, not a range.
SCORING = words(
    "won win wins lost lose loses beat beating drew tied draw score scored leads led lead leading ahead behind "
    "result ended finished winning"
)
RECORDS = words("record season start overall")
_RECORD_FOLLOWS = re.compile(r" (?:this|last|on the|for the|in the) (?:season|year)\b")
BEFORE_RECORDS = words("went going go")
# In front of two numbers with a stroke: one of so many.
STEPPED = words("step page slide part question level day episode task round phase lesson exercise chapter stage week")

_DASH = r"(?:\s?[–—]\s?|-)"


def _slashed(match: re.Match[str], english: Dialect) -> str:
    top, bottom, whole = match["top"], match["bottom"], match["whole"]
    if (top, bottom) in SET_PHRASES and not whole:
        return f"{english.cardinal(top)} {english.cardinal(bottom)}"
    if last_word(match.string, match.start()) in STEPPED and not whole:
        return f"{english.number(top)} of {english.cardinal(bottom)}"
    if "." in top:
        return f"{english.number(top)} out of {english.cardinal(bottom)}"
    if not whole and _rated(top, bottom, next_word(match.string, match.end())):
        return f"{english.cardinal(top)} out of {english.cardinal(bottom)}"
    proper = 0 < int(top) < int(bottom) or (bottom == "2" and int(top) % 2)
    if int(bottom) in FRACTION_DENOMINATORS and proper:
        return english.amount(f"{whole or ''}{' ' if whole else ''}{top}/{bottom}")
    before = f"{english.cardinal(whole)} " if whole else ""
    pressure = 80 <= int(top) <= 250 and 40 <= int(bottom) <= 140  # blood pressure
    said = english.pairs if pressure else english.cardinal
    return f"{before}{said(top)} over {said(bottom)}"


def _rated(top: str, bottom: str, following: str) -> bool:
    return following in RATED or (int(bottom) in SCORE_DENOMINATORS and top not in ("1", "3") and following != "of")


def _points(digits: str, english: Dialect, between: str = " point ") -> str:
    return between.join(english.cardinal(part) for part in digits.split("."))


def _version(match: re.Match[str], english: Dialect) -> str:
    named = last_word(match.string, _before_signs(match)) in VERSIONED
    return _points(match.group(), english) if named else match.group()


def _versions(match: re.Match[str], english: Dialect) -> str:
    named = last_word(match.string, _before_signs(match)) in VERSIONED
    return " to ".join(_points(one, english) for one in re.findall(r"[\d.]+", match[0])) if named else match.group()


def _before_signs(match: re.Match[str]) -> int:
    """Where the name ends in "Python>=3.10"."""
    near = match.string[max(match.start() - 4, 0) : match.start()]
    return match.start() - len(near) + len(near.rstrip(" ≥≤=<>~^v"))


def _scientific(match: re.Match[str], english: Dialect) -> str:
    minus = "minus " if match["minus"] else ""
    return f"{english.number(match['amount'])} times ten to the {minus}{english.ordinal(match['exponent'])}"


def _range(match: re.Match[str], english: Dialect) -> str:
    a, b, text = match["a"], match["b"], match.string
    first, second = english.number(a), english.number(b)
    if (
        next_word(text, match.end()) in RECORDS
        or _RECORD_FOLLOWS.match(text, match.end())
        or last_word(text, match.start()) in BEFORE_RECORDS
    ):
        return f"{first} and {second}"
    if last_word(text, match.start()) in SCORING and english.british:
        return f"{first if a != '0' else 'nil'} {second if b != '0' else 'nil'}"
    if (a, b) in SET_PHRASES or (a == b and "-" in match.group()):
        return f"{first} {second}"
    return f"{first} {to_or_and(match)} {second}"


def _spaced_hyphen(match: re.Match[str], english: Dialect) -> str:
    """With spaces around it a hyphen takes away, but between rising numbers before a word it is a range."""
    rising = float(match["a"].replace(",", "")) < float(match["b"].replace(",", ""))
    link = to_or_and(match) if rising and next_word(match.string, match.end()) else "minus"
    return f"{english.number(match['a'])} {link} {english.number(match['b'])}"


def _groups(match: re.Match[str], english: Dialect) -> str:
    """Several numbers with hyphens: a code when it is long, else a formation or a countdown."""
    groups = match.group().split("-")
    if sum(map(len, groups)) >= 9:
        return ", ".join(map(spelled, groups))
    return " ".join(map(english.cardinal, groups))


def _agent(match: re.Match[str], english: Dialect) -> str:
    """``49ers`` → forty niners."""
    said = english.cardinal(match["n"])
    return said + ("n" if said.endswith("ten") else "") + match["ending"][said.endswith("e") :]


FIGURES = (
    number_rule(r"(?P<n>\d{1,3})(?P<ending>ers?)\b", _agent, needs=["e"]),
    number_rule(
        rf"(?P<amount>{NUMBER})[eE](?:\+|(?P<minus>[-−]))?(?P<exponent>\d{{1,3}})\b", _scientific, needs=["eE"]
    ),
    number_rule(
        r"(?P<a>\d{1,2})x(?P<b>\d{1,2})s\b",
        lambda m, e: f"{e.cardinal(m['a'])} by {plural(e.cardinal(m['b']))}",
        needs=["x"],
    ),
    rule(r"(?<=\d)(?:x| x )(?=\d)", " by ", needs=[DIGITS, "x"]),
    number_rule(
        rf"(?:(?P<from>{NUMBER})x?{_DASH})?(?P<n>{NUMBER})x"
        rf"(?=/[a-z]{{2}}| (?!(?:{one_of(LETTERED)})\b)[a-z]+\b(?! ?=))",
        lambda m, e: (f"{e.number(m['from'])} {to_or_and(m)} " if m["from"] else "") + f"{e.number(m['n'])} times",
        needs=["x"],
    ),
    number_rule(
        rf"(?:(?P<whole>\d++)(?:\s|-)?)?(?P<sign>[{''.join(FRACTION_SIGNS)}])",
        lambda m, e: e.amount((m["whole"] or "") + m["sign"]),
        needs=["".join(FRACTION_SIGNS)],
    ),
    rule(
        rf"(?<!\w)[{''.join(FRACTION_SIGNS)}]",
        lambda m, e: apart(m, e.amount(m.group())),
        needs=["".join(FRACTION_SIGNS)],
    ),
    number_rule(rf"(?P<a>{NUMBER})x?{_DASH}(?P<b>{NUMBER})x\b", lambda m, e: f"{_range(m, e)} x", needs=["x"]),
    number_rule(r"24/7/365", lambda m, e: "twenty four seven three sixty five", needs=["/"]),
    number_rule(
        r"\d{1,3}(?:/\d{1,3}){2,9}(?![\d/])", lambda m, e: " ".join(map(e.cardinal, m.group().split("/"))), needs=["/"]
    ),
    number_rule(
        r"(?:(?P<whole>\d{1,4})[ -])?(?P<top>\d{1,4}(?:\.\d{1,2})?)[/⁄](?P<bottom>[1-9]\d{0,3})(?![\d/]|[.,]\d)",
        _slashed,
        needs=["/⁄"],
    ),
    rule(rf"(?<=\d)-(?=(?:{one_of(STAGES)})(?![a-z]))", " ", needs=[DIGITS, "-"]),
    number_rule(r"\d{1,4}(?:-\d{1,12}){2,10}(?![\w-])", _groups, needs=["-"]),
    number_rule(r"\d{1,3}\.\d{1,3}\s?[-–—]\s?\d{1,3}\.\d{1,3}(?![\w.])", _versions, needs=[".", DASHES]),
    number_rule(r"\d++(?:\.\d++)++(?! (?:million|billion|percent))", _version, needs=["."]),
    rule(
        r"\b[vV](?:ersion)?\.?\s?(?P<digits>\d++(?:\.\d++)*+)",
        lambda m, e: f"version {_points(m['digits'], e)}",
        needs=[DIGITS, "vV"],
    ),
    number_rule(r"\d++(?:\.\d++){2,}", lambda m, e: _points(m.group(), e), needs=["."]),
    number_rule(
        r"(?P<a>\d++(?:\.\d++)?):(?P<b>\d++(?:\.\d++)?)(?::(?P<c>\d++))?(?![\d:])",
        lambda m, e: " to ".join(e.number(part) for part in m.group().split(":")),
        needs=[":"],
    ),
    number_rule(rf"(?P<a>{NUMBER})\s-\s(?P<b>{NUMBER})(?![\w%-]| ?=)", _spaced_hyphen, needs=["-"]),
    number_rule(
        rf"(?P<a>{NUMBER})[-–−](?P<b>{NUMBER})(?= ?=)",
        lambda m, e: f"{e.number(m['a'])} minus {e.number(m['b'])}",
        needs=["="],
    ),
    number_rule(rf"(?P<a>{NUMBER}){_DASH}(?P<b>{NUMBER})(?![\w-])", _range, needs=[DASHES]),
    rule(
        r"(?<=\d)(?:st|nd|rd|th)(?P<part>\s?[-–—/]\s?)(?=\d{1,4}(?:st|nd|rd|th)\b)",
        lambda m, _: " to ",
        needs=["tdh", DASHES + "/"],
    ),
    rule(
        r"(?<![\w.,])(?P<n>(?>\d{1,3}(?:,\d{3})++|\d++))(?:st|nd|rd|th|ˢᵗ|ⁿᵈ|ʳᵈ|ᵗʰ)(?![a-z])",
        lambda m, e: e.ordinal(m["n"]),
        needs=[DIGITS, "tdhᵗᵈʰ"],
    ),
)

LEFT_NUMBERS = (
    rule(r"(?<![\w)])[-−](?=\.?\d)", "minus ", needs=[DIGITS, "-−"]),
    rule(r"\.(?<![\d.]\.)\d++", lambda m, e: apart(m, e.number(m.group())), needs=[DIGITS, "."]),
    rule(NUMBER, lambda m, e: apart(m, e.number(m.group())), needs=[]),  # digits of any script
)

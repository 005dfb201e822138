"""Quantities, lengths in feet and inches, angles, large numbers cut short → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import AMOUNT, FRACTION_SIGNS, NUMBER, NUMBER_WORDS
from .rules import DIGITS, last_word, next_word, number_rule, one_of, rule, to_or_and
from .units import ALONE, ALONE_BEHIND, ALSO_ALONE, NO_WORDS, POWERS, SHAPES, SPACED, TOUCHING, UNITS
from .words import words

COUNTS = {
    "K": "thousand", "k": "thousand", "M": "million", "mn": "million", "B": "billion", "bn": "billion",
    "T": "trillion", "tn": "trillion",
}  # fmt: skip
PICTURE_WIDTHS = frozenset({"2", "4", "5", "6", "8", "16"})  # "4K" is a screen, not four thousand
# Behind a number with a letter: the letter is one ("a 10K run").
RUNS = words("run race walk marathon fun every training gold video footage screen display monitor TV resolution")
# In front of a number with a letter: the letter is one.
LABELS = words(
    "apt apartment unit seat row gate room suite class grade form flat section door platform building block no number "
    "exit figure table question step part episode type model class chapter exercise"
)
DIRECTIONS = {"N": "north", "S": "south", "E": "east", "W": "west"}
INCH_FOLLOWS = "tall|wide|long|deep|high|thick|in diameter|across|by|x|×|screen|display|monitor|laptop|TV|tablet"
# What is sold or named by its measure: "40 lb. bag", "100 W bulb".
MEASURED = words(
    "bag bottle box jar tub tank drive disk card stick battery bulb charger cable screen monitor display lens pipe "
    "pole rope ladder tile wrench steak burger race radius limit delay timeout tin can pack packet carton jug pot "
    "sachet fillet portion serving dose tablet capsule dumbbell kettlebell plate relay dash sprint hurdles freestyle "
    "backstroke medley zone laptop phone TV SSD HDD lumen font walk drive ride flight session call "
    "nap workout timer break layover window gym service warm-up cooldown incline loop trail hike swim commute"
)
# What follows "a 5 km …" when the quantity stands alone; anything else is what measures so much.
_ALONE_BEFORE = words(
    "or and to in on at for from per is was of with than more less away long wide tall high deep apart as if"
)

_NEAR = 40  # characters of context; more adjectives than that are not written in a row
PORTIONED = words("g kg mg ml mL l L cl oz lb lbs")  # two lengths make an area
# What came before describes the same noun: "a 2-core, 4GB machine".
_QUOTES = re.compile(r'(?<!\d)"')  # those behind a number may be inches
_ADJECTIVES = re.compile(r"\b(?:an?|the|this|another) (?:[\w.]+-\w+, )+\Z")

_EITHER = one_of(UNITS.keys() - TOUCHING - SPACED)
_UNIT = rf"(?:\s(?P<spaced>{_EITHER}|{one_of(SPACED)})|(?P<hyphen>-)?(?P<touching>{_EITHER}|{one_of(TOUCHING)}))"
_POWER = r"(?P<power>[²³]|\^[23]|(?<=[cmkd]m)[23]|(?<=\dm)[23]|(?<=\d m)[23]|(?<=in)[23]|(?<=ft)[23])?"
# Per so many: "8 L/100 km", and of doses "100 mg/5 mL"; "3 Tbsp/45 ml" are two amounts.
_SO_MANY = r"(?P<so_many>100 ?|(?:(?<=mg/)|(?<=mcg/))\d{1,3} ?)?"
_PER = (
    rf"(?:\s?/\s?{_SO_MANY}(?!(?:{one_of(NUMBER_WORDS)})\b)"  # those of another quantity, which has been read already
    r"(?P<per>[A-Za-zµ]+)(?P<per_power>[²³]|\^[23]|(?<=[cmkd]m)[23]|(?<=/m)[23])?)?"
)
_STOP = r"(?:(?<=[a-z])\.(?= [a-z\d(]|[,;:)]))?"

_MEASURE = rf"(?:\s?(?P<shape>sq|cu)\b\.?)?{_UNIT}{_POWER}{_PER}(?![\w²³]){_STOP}"


def _quantity(match: re.Match[str], english: Dialect) -> str:
    unit, start = match["spaced"] or match["touching"], match.start()
    if match.string[start - 1 : start] == "-" and match.string[start - 2 : start - 1].isalpha():  # "B-52s", "omega-3s"
        return match.group()
    amount, until = match["amount"], match["until"]
    one, many = UNITS[unit]
    name = one if (not until and _is_one(amount)) or _describes(match) else many
    if power := match["power"] or match["shape"]:
        name = f"{POWERS.get(power) or SHAPES[power]} {name}"
    if match["per"]:
        name += " per " + _per(match, english)
    said = english.amount(amount) + (f" {to_or_and(match)} {english.amount(until)}" if until else "")
    return f"{said} {english.spelling(name)}"


def _per(match: re.Match[str], english: Dialect) -> str:
    per, power = match["per"], match["per_power"]
    one, many = UNITS.get(per, (per, per))
    name = f"{POWERS[power]} {one}" if power else one
    return f"{english.cardinal(so_many.strip())} {many}" if (so_many := match["so_many"]) else name


def _is_one(amount: str) -> bool:
    """Whether one follows the amount: 1 and parts of one."""
    part = amount in FRACTION_SIGNS or re.fullmatch(r"\d+[/⁄]\d+", amount)
    return amount == "1" or bool(part)


def _describes(match: re.Match[str]) -> bool:
    """Whether the quantity belongs to the noun behind it: "a 5 km run", "a 16-GB card"."""
    if match["hyphen"]:
        return True
    following = next_word(match.string, match.end())
    if following in MEASURED or following.removesuffix("s") in MEASURED:
        return True
    text, start = match.string, match.start()
    described = last_word(text, start) in ("a", "an", "another") or _ADJECTIVES.search(
        text[max(start - _NEAR, 0) : start]
    )
    return bool(described) and following != "" and following not in _ALONE_BEFORE


def _lone_unit(match: re.Match[str], english: Dialect) -> str:
    unit, _, per = match.group().partition("/")
    power = POWERS.get(per[-1:]) if per[:-1] in UNITS else None
    name = UNITS[unit][1]
    if per:
        per = per[:-1] if power else per
        name += f" per {power + ' ' if power else ''}{UNITS[per][0]}"
    return english.spelling(name)


def _feet_inches(match: re.Match[str], english: Dialect) -> str:
    said = _counted(match["feet"], "foot", "feet", english)
    return f"{said} {_counted(match['inches'], 'inch', 'inches', english)}"


def _counted(amount: str, one: str, many: str, english: Dialect) -> str:
    return f"{english.amount(amount)} {one if _is_one(amount) else many}"


def _inches(match: re.Match[str], english: Dialect) -> str:
    if match["mark"] == '"' and len(_QUOTES.findall(match.string, max(match.start() - 200, 0), match.start())) % 2:
        return match.group()  # a quotation ends here
    following = next_word(match.string, match.end())
    describes = following in MEASURED or last_word(match.string, match.start()) in ("a", "an", "the") or match["hyphen"]
    many = "inch" if describes else "inches"
    if until := match["until"]:
        return f"{english.amount(match['amount'])} {to_or_and(match)} {english.amount(until)} {many}"
    return _counted(match["amount"], "inch", many, english)


def _area(match: re.Match[str], english: Dialect) -> str:
    unit = "foot" if next_word(match.string, match.end()) else "feet"
    return f"{english.cardinal(match['width'])} by {english.cardinal(match['length'])} {unit}"


def _angle(match: re.Match[str], english: Dialect) -> str:
    said = _counted(match["degrees"], "degree", "degrees", english)
    if match["minutes"]:
        said += " " + _counted(match["minutes"], "minute", "minutes", english)
    if match["seconds"]:
        said += " " + _counted(match["seconds"], "second", "seconds", english)
    return f"{said} {DIRECTIONS[match['direction']]}" if match["direction"] else said


def _count(match: re.Match[str], english: Dialect) -> str:
    amount, scale = match["amount"], match["scale"]
    text, end = match.string, match.end()
    before, after = last_word(text, match.start()), next_word(text, end)
    letter = before in LABELS or (
        scale in "Kk" and (amount in PICTURE_WIDTHS or after in RUNS or text[end : end + 1] == "-")
    )
    letter = letter or (scale in "Kk" and not after and before in ("a", "the", "my", "your", "first"))  # "ran a 10K"
    return f"{english.number(amount)} {scale.upper() if letter else COUNTS[scale]}"


def _temperature(match: re.Match[str], english: Dialect) -> str:
    if last_word(match.string, match.start()) in LABELS:
        return match.group()
    return english.number(match["amount"]) + (" degrees Celsius" if match["scale"] == "C" else " degrees Fahrenheit")


def _stone(match: re.Match[str], english: Dialect) -> str:
    return f"{english.number(match['amount'])} stone" if english.british else match.group()


QUANTITIES = (
    # 5'10" · 5 ft 10 in · 6' tall · 27"
    number_rule(
        r"(?P<feet>\d{1,2})(?:['′’]\s?(?P<inches>\d{1,2}(?:½|\.\d)?)(?:\"|″|''|”|(?=[\s.,;)]|$)))",
        _feet_inches,
        needs=["'′’"],
    ),
    number_rule(
        r"(?P<from>\d{1,3})['′’]?\s?[-–]\s?(?P<until>\d{1,3})['′’](?= (?:tall|wide|long|deep|high)\b)",
        lambda m, e: f"{e.cardinal(m['from'])} to {e.cardinal(m['until'])} feet",
        needs=["'′’", "-–"],
    ),
    number_rule(
        r"(?P<feet>\d{1,3})[\s-]?(?:ft|foot|feet)\b\.?,?[\s-]?"
        r"(?P<inches>\d{1,2}(?:½|\.\d| 1/2)?)[\s-]?(?:in|inch|inches)\b(?:\.(?= [a-z]|,))?",
        _feet_inches,
        needs=["f"],
    ),
    number_rule(
        r"(?P<degrees>\d++(?:\.\d++)?)\s?°\s?(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s?['′’]\s?)?(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s?[\"″”]\s?)?"
        r"(?:(?P<direction>[NSEW])\b)?(?! ?[CF]\b)(?<![°\s])",
        _angle,
        needs=["°"],
    ),
    number_rule(
        rf"(?P<amount>{NUMBER})(?:['’](?=[ -](?:tall|wide|long|deep|high))|′)",
        lambda m, e: _counted(m["amount"], "foot", "feet", e),
        needs=["'′’"],
    ),
    number_rule(
        rf"(?P<amount>{AMOUNT})(?:\s?[-–—]\s?(?P<until>{AMOUNT}))?(?P<hyphen>-)?(?P<mark>[\"″])(?!\w)",
        _inches,
        needs=['"″'],
    ),
    # a 12'x14' room
    number_rule(
        r"(?P<width>\d{1,3})['′’]\s?[x×]\s?(?P<length>\d{1,3})['′’](?!\w)",
        _area,
        needs=["'′’", "x×"],
    ),
    number_rule(
        rf"(?P<amount>{AMOUNT})(?P<hyphen>[\s-])in"
        rf"(?:\.(?= [a-z(=]|[,;)])|(?= (?:{INCH_FOLLOWS})\b|-(?:{INCH_FOLLOWS})\b))(?P<mark>)",
        lambda m, e: _counted(m["amount"], "inch", "inch" if m["hyphen"] == "-" else "inches", e),
        needs=["i"],
    ),
    number_rule(
        r"(?P<amount>\d++(?:\.\d)?) ?st(?:(?= ?\d{1,2}(?:\.\d)? ?lbs?\b)|(?<!1st)(?=[.,;)]|$))",
        _stone,
        needs=["s"],
    ),
    # 2 x 400 g: so many of them
    number_rule(
        rf"\d{{1,3}}(?P<part> [x×] )(?=\d[\d.,/]{{0,6}}[ -]?(?:{one_of(PORTIONED)})(?!\w))", " times ", needs=["x×"]
    ),
    # 1 c. of milk
    number_rule(
        rf"(?P<amount>{AMOUNT}) c\.(?= [a-z])", lambda m, e: _counted(m["amount"], "cup", "cups", e), needs=["c"]
    ),
    # 10 cm x 15 cm: the sign between two measures
    rule(
        r"(?<=[\dcmtn\"″'′])(?<![a-z]{3})(?P<sign>\s?[x×]\s?)"
        r"(?=\d[\d.,/]{0,6} ?(?:cm|mm|m|in|ft|km|inch|\"|″|'|′)(?!\w))",
        " by ",
        needs=[DIGITS, "x×"],
    ),
    number_rule(
        rf"{AMOUNT}\s?(?:{_EITHER})(?P<part>\s?[-–—]\s?)(?=\d[\d.,/]{{0,12}}\s?(?:{_EITHER})(?!\w))",
        lambda m, _: f" {to_or_and(m)} ",
        needs=["-–—"],
    ),
    number_rule(rf"(?P<amount>{AMOUNT})(?:\s?[-–—]\s?(?P<until>{AMOUNT}))?{_MEASURE}", _quantity),
    rule(
        rf"(?<!\w)(?P<amount>[{''.join(FRACTION_SIGNS)}])(?P<until>){_MEASURE}",
        _quantity,
        needs=["".join(FRACTION_SIGNS)],
    ),
    number_rule(r"(?P<amount>\d{2,3}(?:\.\d)?)(?P<scale>[CF])\b(?!\+|#|-\d)", _temperature, needs=["CF"]),
    number_rule(rf"(?P<amount>{NUMBER})(?P<scale>{one_of(COUNTS)})\b", _count, needs=["KkMmBbTt"]),
    rule(rf"(?<![\w/&-])(?:{one_of(ALONE)})(?![\w/²³&-])", _lone_unit, needs=["/hkM"]),
    rule(
        rf"\b(?:{one_of(ALONE_BEHIND)}) (?P<part>{one_of(ALSO_ALONE)})(?![\w/&-])",
        lambda m, e: e.spelling(UNITS[m["part"]][1]),
        needs=["BgmL"],
    ),
    # per lb
    rule(
        rf"\b(?:per|every) (?P<part>{one_of(NO_WORDS)})(?![\w/&-])",
        lambda m, e: e.spelling(UNITS[m["part"]][0]),
        needs=["p", "r"],
    ),
    # 93 million mi · ten to the sixth kg
    rule(
        rf"(?:illion|thousand|hundred|[a-z]th) (?P<part>{one_of(NO_WORDS)})(?![\w/&-])",
        lambda m, e: e.spelling(UNITS[m["part"]][1]),
        needs=[DIGITS],
    ),
)

"""Sums of money → words."""

from __future__ import annotations

import re

from .numbers import ALONE, NUMBER, cardinal, number
from .rules import DIGITS, apart, one_of, rule

# sign → one, many, one hundredth, many hundredths
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₿": ("bitcoin", "bitcoins", "hundredth", "hundredths"),
}
SIGNS = "".join(CURRENCIES)
DOLLARS = {
    "US": "U.S. ", "CA": "Canadian ", "C": "Canadian ", "AU": "Australian ", "A": "Australian ", "NZ": "New Zealand ",
    "HK": "Hong Kong ", "S": "Singapore ", "R": "Brazilian ",
}  # fmt: skip
SCALES = {
    "k": "thousand", "K": "thousand", "thousand": "thousand", "grand": "thousand",
    "m": "million", "mn": "million", "M": "million", "MM": "million", "million": "million",
    "b": "billion", "bn": "billion", "B": "billion", "billion": "billion",
    "t": "trillion", "tn": "trillion", "T": "trillion", "trillion": "trillion",
}  # fmt: skip
PER = {"mo": "month", "yr": "year", "wk": "week", "hr": "hour", "h": "hour", "min": "minute", "sec": "second"}

_MINUS = r"(?P<minus>(?<![\w)])[-−–])?"
_SCALE = rf"(?:\s?(?P<scale>{one_of(SCALES)})\b)?"


def _money(match: re.Match[str]) -> str:
    one, many, cent, cents = CURRENCIES[match["sign"]]
    minus = "minus " if match["minus"] else ""
    country = DOLLARS.get(match["country"] or "", "")
    amount, until = match["amount"], match["until"]
    whole, _, part = amount.partition(".")
    if match["scale"] or until or len(part) not in (0, 2):
        to = f" to {number(until)}" if until else ""
        scale = f" {SCALES[match['scale']]}" if match["scale"] else ""
        return f"{minus}{number(amount)}{to}{scale} {country}{many}"
    said = []
    if int(whole.replace(",", "")) or not int(part or 0):
        said.append(f"{cardinal(whole)} {country}{one if whole == '1' else many}")
    if int(part or 0):
        said.append(f"{cardinal(part.lstrip('0'))} {cent if int(part) == 1 else cents}")
    return minus + " and ".join(said)


def _per(match: re.Match[str]) -> str:
    return f"{match['unit']} per {PER.get(match['per'], match['per'])}"


MONEY = (
    rule(
        rf"{_MINUS}(?P<country>\b(?:{one_of(DOLLARS)})(?=\$))?(?P<sign>[{SIGNS}])\s?(?P<amount>{NUMBER})"
        rf"(?:\s?(?:[-–]|to)\s?[{SIGNS}]?(?P<until>{NUMBER}))?{_SCALE}",
        _money,
        needs=[DIGITS, SIGNS],
    ),
    rule(
        rf"{_MINUS}{ALONE}(?P<country>)(?P<amount>{NUMBER})(?P<until>)(?P<scale>)\s?(?P<sign>[{SIGNS}])(?!\s?\d)",
        _money,
        needs=[DIGITS, SIGNS],
    ),
    rule(
        rf"\b(?P<unit>{one_of({name for names in CURRENCIES.values() for name in names})})\s?/\s?(?P<per>[A-Za-z]+)",
        _per,
        needs=["/"],
    ),
    rule(rf"[{SIGNS}](?![A-Za-z_])", lambda m: apart(m, CURRENCIES[m.group()][1]), needs=[SIGNS]),
)

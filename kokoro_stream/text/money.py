"""Sums of money → words."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import NUMBER, plural
from .rules import DIGITS, apart, last_word, next_word, number_rule, one_of, rule
from .words import words
from .years import MULTITUDES

Currency = tuple[str, str, str, str]  # one, many, one hundredth, many hundredths
# sign → currency
CURRENCIES: dict[str, Currency] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₽": ("ruble", "rubles", "kopeck", "kopecks"),
    "₺": ("lira", "lira", "kurush", "kurush"),
    "₴": ("hryvnia", "hryvnias", "kopiyka", "kopiykas"),
    "₪": ("shekel", "shekels", "agora", "agorot"),
    "₫": ("dong", "dong", "hao", "hao"),
    "₦": ("naira", "naira", "kobo", "kobo"),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "฿": ("baht", "baht", "satang", "satang"),
    "₿": ("bitcoin", "bitcoins", "hundredth", "hundredths"),
}
# code → currency; a code may stand before or after its number
CODES: dict[str, Currency] = {
    "USD": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "NZD": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "SGD": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "EUR": CURRENCIES["€"],
    "GBP": CURRENCIES["£"],
    "JPY": CURRENCIES["¥"],
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "RMB": ("yuan", "yuan", "fen", "fen"),
    "INR": CURRENCIES["₹"],
    "KRW": CURRENCIES["₩"],
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "SEK": ("Swedish krona", "Swedish kronor", "ore", "ore"),
    "NOK": ("Norwegian krone", "Norwegian kroner", "ore", "ore"),
    "DKK": ("Danish krone", "Danish kroner", "ore", "ore"),
    "PLN": ("zloty", "zlotys", "grosz", "groszy"),
    "MXN": ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
    "BRL": ("Brazilian real", "Brazilian reais", "centavo", "centavos"),
    "ZAR": ("rand", "rand", "cent", "cents"),
    "RUB": CURRENCIES["₽"],
    "TRY": CURRENCIES["₺"],
    "BTC": ("bitcoin", "bitcoin", "", ""),
    "ETH": ("ether", "ether", "", ""),
    "R$": ("real", "reais", "centavo", "centavos"),
    "kr": ("krona", "kronor", "", ""),
    "Rs": CURRENCIES["₹"],
    "Rs.": CURRENCIES["₹"],
}
SIGNS = "".join(CURRENCIES)
# In front of a dollar sign.
DOLLARS = {
    "US": "U.S. ", "CA": "Canadian ", "C": "Canadian ", "CDN": "Canadian ", "AU": "Australian ", "A": "Australian ",
    "NZ": "New Zealand ", "HK": "Hong Kong ", "S": "Singapore ", "NT": "New Taiwan ",
}  # fmt: skip
SCALES = {
    "k": "thousand", "K": "thousand", "thousand": "thousand", "grand": "thousand",
    "m": "million", "mn": "million", "M": "million", "MM": "million", "million": "million", "mil": "million",
    "b": "billion", "bn": "billion", "B": "billion", "billion": "billion",
    "t": "trillion", "tn": "trillion", "T": "trillion", "trillion": "trillion",
}  # fmt: skip
PER = {
    "mo": "month", "yr": "year", "y": "year", "wk": "week", "hr": "hour", "h": "hour", "min": "minute", "sec": "second",
    "GB": "gigabyte", "MB": "megabyte", "kWh": "kilowatt hour", "lb": "pound", "oz": "ounce", "gal": "gallon",
    "sq": "square", "ft": "foot", "mi": "mile", "pp": "person", "ea": "each",
    "kg": "kilogram", "km": "kilometer", "L": "liter", "l": "liter",
}  # fmt: skip
# What follows "a $5 …" when the sum stands alone; anything else is what costs so much: "a five dollar coffee".
_ARTICLES = words("a an another")
_ALONE = frozenset({""}) | words("or and to in on at for from per a an is was of with than more less")

_DECIMAL_COMMA = r"\d{1,3}(?:\.\d{3})*+,\d\d(?!,?\d)"  # 1.249,50
_SUM = rf"(?:{_DECIMAL_COMMA}|{NUMBER}|\.\d\d?(?!\d))"
_SCALE = rf"(?:[\s-]?(?P<scale>{one_of(SCALES)})\b(?!['’.]\w))?"
_UNTIL = rf"(?:(?P<scaled>k|K|m|M|bn|B)?(?P<to>\s?[-–—]\s?|\sto\s)(?:[A-Z]{{1,3}})?[{SIGNS}]?(?P<until>{NUMBER}))?"


def _money(match: re.Match[str], english: Dialect) -> str:
    one, many, cent, cents = CODES["USD"] if match["code"] == "USD" else CURRENCIES[match["sign"]]
    if match["sign"] == "$" and match["country"]:
        one, many = DOLLARS[match["country"]] + one, DOLLARS[match["country"]] + many
    if _costs(match):
        many, cents = one, cent
    return _sum(match, (one, many, cent, cents), english)


def _coded(match: re.Match[str], english: Dialect) -> str:
    return _sum(match, CODES[match["code"]], english)


def _behind(match: re.Match[str], english: Dialect) -> str:
    return _sum(match, CURRENCIES[match["sign"]], english)


def _sum(match: re.Match[str], currency: Currency, english: Dialect) -> str:
    one, many, cent, cents = map(english.spelling, currency)
    amount, until, scale = match["amount"], match["until"], match["scale"]
    if re.fullmatch(_DECIMAL_COMMA, amount):
        amount = amount.replace(".", "").replace(",", ".")
    whole, _, part = amount.partition(".")
    if scale or until or len(part) not in (0, 2) or not cent:
        said = english.number(amount)
        if until:
            scaled = match["scaled"] if match["scaled"] and SCALES[match["scaled"]] != SCALES.get(scale or "") else None
            link = "and" if last_word(match.string, match.start()) == "between" else "to"
            said += f"{' ' + SCALES[scaled] if scaled else ''} {link} {english.number(until)}"
        return (
            f"{said}{' ' + SCALES[scale] if scale else ''} {one if amount == '1' and not scale and not until else many}"
        )
    pieces = []
    if int(whole.replace(",", "").replace(" ", "") or 0) or not int(part or 0):
        pieces.append(f"{english.cardinal(whole)} {one if whole == '1' else many}")
    if int(part or 0):
        pieces.append(f"{english.cardinal(part.lstrip('0'))} {cent if int(part) == 1 else cents}")
    return " and ".join(pieces)


def _costs(match: re.Match[str]) -> bool:
    """Whether the sum describes what follows it: "a $5 coffee", "a $3 million house"."""
    if match.string.startswith("-a-", match.end()):
        return True
    following = next_word(match.string, match.end())
    return last_word(match.string, match.start()) in _ARTICLES and following not in _ALONE


def _per(match: re.Match[str], english: Dialect) -> str:
    per = PER.get(match["per"], match["per"])
    return f"{match['unit']} {'each' if per == 'each' else 'per ' + english.spelling(per)}"


def _many(match: re.Match[str], english: Dialect) -> str:
    multitude = MULTITUDES.get(match["n"])
    return f"{multitude} of {CURRENCIES[match['sign']][1]}" if multitude else plural(english.cardinal(match["n"]))


_NAMES = {name for names in (*CURRENCIES.values(), *CODES.values()) for name in names if name}
MONEY = (
    # $100s of · in $20s
    rule(
        rf"(?P<sign>[{SIGNS}])(?P<n>\d{{1,3}}(?:,\d{{3}}){{0,2}}|\d{{4,6}})s\b",
        _many,
        needs=[DIGITS, SIGNS, "s"],
    ),
    rule(rf"\b(?P<code>{one_of(CODES)})\s?(?P<amount>{_SUM}){_UNTIL}{_SCALE}", _coded, needs=[DIGITS, "UDBPRTHSNLKRk"]),
    rule(
        rf"(?:\b(?P<country>{one_of(DOLLARS)})(?=\$))?(?P<sign>[{SIGNS}])\s?(?P<amount>{_SUM})"
        rf"{_UNTIL}{_SCALE}(?: (?P<code>USD)\b)?",
        _money,
        needs=[DIGITS, SIGNS],
    ),
    number_rule(
        rf"(?P<amount>{_SUM})(?P<scaled>)(?P<until>){_SCALE}\s?(?P<sign>[{SIGNS}])(?!\s?\d)", _behind, needs=[SIGNS]
    ),
    number_rule(
        rf"(?P<amount>{_SUM})(?:(?P<scaled>)\s?[-–]\s?(?P<until>{NUMBER}))?{_SCALE}\s?(?P<code>{one_of(CODES)})(?!\w)",
        _coded,
        needs=["UDBPRTHSNLKRk"],
    ),
    rule(rf"\b(?P<unit>{one_of(_NAMES)})\s?/\s?(?P<per>[A-Za-z]{{1,20}})\b", _per, needs=["/"]),
    rule(
        r"(?P<amount>\d++)\s?¢",
        lambda m, e: f"{e.cardinal(m['amount'])} cent{'s' if m['amount'] != '1' else ''}",
        needs=["¢"],
    ),
    rule(rf"[{SIGNS}](?![A-Za-z_])", lambda m, _: apart(m, CURRENCIES[m.group()][1]), needs=[SIGNS]),
)

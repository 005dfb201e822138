"""Quantities with units → words."""

from __future__ import annotations

import re

from .numbers import ALONE, NUMBER, cardinal, number
from .rules import DIGITS, one_of, rule
from .words import words

# Regular names: many are one with an "s".
_NAMES = {
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "µm": "micrometer", "μm": "micrometer",
    "nm": "nanometer", "m": "meter", "mi": "mile", "yd": "yard", "ha": "hectare",
    "kg": "kilogram", "g": "gram", "mg": "milligram", "µg": "microgram", "μg": "microgram", "mcg": "microgram",
    "lb": "pound", "lbs": "pound", "oz": "ounce",
    "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter",
    "gal": "gallon", "qt": "quart", "tsp": "teaspoon", "tbsp": "tablespoon",
    "B": "byte", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte",
    "kb": "kilobit", "Kb": "kilobit", "Mb": "megabit", "Gb": "gigabit",
    "ns": "nanosecond", "µs": "microsecond", "μs": "microsecond", "us": "microsecond", "ms": "millisecond",
    "s": "second", "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour",
    "hrs": "hour", "d": "day", "wk": "week", "mo": "month", "yr": "year", "yrs": "year",
    "mW": "milliwatt", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt",
    "Wh": "watt hour", "kWh": "kilowatt hour", "MWh": "megawatt hour", "mAh": "milliamp hour", "mA": "milliamp",
    "mV": "millivolt", "V": "volt", "kV": "kilovolt", "Ω": "ohm", "kΩ": "kiloohm",
    "cal": "calorie", "kcal": "kilocalorie", "J": "joule", "kJ": "kilojoule", "N": "newton",
    "Pa": "pascal", "kPa": "kilopascal", "hPa": "hectopascal", "px": "pixel", "MP": "megapixel", "dB": "decibel",
    "°": "degree",
}  # fmt: skip
# unit → one, many
UNITS: dict[str, tuple[str, str]] = {
    **{unit: (name, name + "s") for unit, name in _NAMES.items()},
    "%": ("percent", "percent"),
    "ft": ("foot", "feet"),
    "sq ft": ("square foot", "square feet"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "mph": ("mile per hour", "miles per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "fps": ("frame per second", "frames per second"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "dpi": ("dot per inch", "dots per inch"),
    "psi": ("pound per square inch", "pounds per square inch"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "Kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "USD": ("U.S. dollar", "U.S. dollars"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
    "JPY": ("yen", "yen"),
}
# After a space these are as often a word, a name or a variable; touching a number they are units.
TOUCHING = words("d l N J us cal mo ha")
SPACED = frozenset({"B"})  # "7B" is seven billion
POWERS = {"²": "square", "2": "square", "³": "cubic", "3": "cubic"}

COUNTS = {"K": "thousand", "k": "thousand", "M": "million", "B": "billion", "bn": "billion", "T": "trillion"}
PICTURE_WIDTHS = frozenset({"2", "4", "8", "16"})  # "4K" is a screen, not four thousand

_EITHER = one_of(UNITS.keys() - TOUCHING - SPACED)
_UNIT = rf"(?:\s(?P<spaced>{_EITHER}|{one_of(SPACED)})|-?(?P<touching>{_EITHER}|{one_of(TOUCHING)}))"
_POWER = r"(?P<power>[²³]|(?<=[cmk]m)[23]|(?<=\dm)[23]|(?<=\d m)[23])?"
_PER = r"(?:/(?P<per>[A-Za-z]+))?"


def _quantity(match: re.Match[str]) -> str:
    one, many = UNITS[match["spaced"] or match["touching"]]
    name = one if match["amount"] == "1" and not match["until"] else many
    if match["power"]:
        name = f"{POWERS[match['power']]} {name}"
    if per := match["per"]:
        name += f" per {UNITS[per][0] if per in UNITS else per}"
    until = f" to {number(match['until'])}" if match["until"] else ""
    return f"{'minus ' if match['minus'] else ''}{number(match['amount'])}{until} {name}"


def _feet_inches(match: re.Match[str]) -> str:
    feet, inches = match["feet"], match["inches"]
    said = f"{cardinal(feet)} {'foot' if feet == '1' else 'feet'}"
    return f"{said} {cardinal(inches)} {'inch' if inches == '1' else 'inches'}"


def _count(match: re.Match[str]) -> str:
    amount, scale = match["amount"], match["scale"]
    if scale == "K" and amount in PICTURE_WIDTHS:
        return f"{number(amount)} K"
    return f"{number(amount)} {COUNTS[scale]}"


QUANTITIES = (
    rule(rf"{ALONE}(?P<feet>\d++)['′]\s?(?P<inches>\d{{1,2}})(?:\"|″|''|”)", _feet_inches, needs=[DIGITS, "'′"]),
    rule(
        rf"(?P<minus>(?<![\w)])[-−–])?{ALONE}(?P<amount>{NUMBER})%?(?:\s?[-–]\s?(?P<until>{NUMBER}))?"
        rf"{_UNIT}{_POWER}{_PER}(?![\w²³])",
        _quantity,
        needs=[DIGITS],
    ),
    rule(
        rf"\b(?P<touching>USD|EUR|GBP|JPY) ?(?P<amount>{NUMBER})(?P<minus>)(?P<until>)(?P<power>)(?P<per>)(?P<spaced>)",
        _quantity,
        needs=[DIGITS, "UEGJ"],
    ),
    rule(rf"{ALONE}(?P<amount>{NUMBER})(?P<scale>{one_of(COUNTS)})\b", _count, needs=[DIGITS, "KkMBbT"]),
)

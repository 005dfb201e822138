"""What the caller's markup means: the values of SSML elements, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..phonemes.vocabulary import VOCABULARY
from .ipa import from_ipa
from .words import words

MOST_BREAK_MS = 10_000
RATES = (0.5, 2.0)  # the speeds that a voice can be asked for
MOST_OPEN = 8  # elements with a rate within one another
MOST_PHONEMES = 200
MOST_ALIAS = 200

OBEYED = words("break prosody phoneme sub say-as")
STRUCTURE = words("speak p s emphasis")
UNSUPPORTED = words("voice audio lang mark lexicon lookup desc token w media-group par seq amazon:effect")

_STRENGTHS = {"none": 0, "x-weak": 100, "weak": 200, "medium": 400, "strong": 700, "x-strong": 1000}
_NAMED_RATES = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_TIME = re.compile(r"\+?(\d{1,5}(?:\.\d{1,3})?)(ms|s)")
_RATE = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{1,3})?)(%?)")
_CURRENCIES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_DATE_ORDERS = {"mdy", "dmy", "ymd"}


class MarkupError(ValueError):
    """Markup that cannot be obeyed; says why. What it was about is spoken as if it were not there."""


def break_ms(attributes: Mapping[str, str]) -> int:
    """Milliseconds of ``<break time="300ms"/>`` or ``<break strength="weak"/>``."""
    if (time := attributes.get("time")) is not None:
        found = _TIME.fullmatch(time.strip())
        milliseconds = float(found[1]) * (1000 if found[2] == "s" else 1) if found else -1
        if not 0 <= milliseconds <= MOST_BREAK_MS:
            raise MarkupError(f'<break>: time={time!r} is not between "0ms" and "{MOST_BREAK_MS // 1000}s"')
        return round(milliseconds)
    strength = attributes.get("strength", "medium")
    if strength not in _STRENGTHS:
        raise MarkupError(f"<break>: strength={strength!r} is not one of {', '.join(_STRENGTHS)}")
    return _STRENGTHS[strength]


def rate_factor(attributes: Mapping[str, str]) -> float:
    """What ``<prosody rate="slow">`` (or "120%", "+20%", "1.2") multiplies the speed by."""
    if strange := sorted(attributes.keys() - {"rate"}):
        raise MarkupError(f"<prosody>: only rate is supported, not {', '.join(strange)}")
    rate = attributes.get("rate", "")
    factor = _NAMED_RATES.get(rate, 0.0)
    if not factor and (found := _RATE.fullmatch(rate.strip())) is not None:
        number = float(found[2]) / (100 if found[3] else 1)
        factor = 1 + number if found[1] == "+" else 1 - number if found[1] == "-" else number
    low, high = RATES
    if not low <= factor <= high:
        raise MarkupError(f"<prosody>: rate={rate!r} is neither a name like slow nor between {low:.0%} and {high:.0%}")
    return factor


def element_phonemes(attributes: Mapping[str, str]) -> str:
    """Of ``<phoneme alphabet="ipa" ph="…">``; without an alphabet it is IPA, as in SSML."""
    alphabet = attributes.get("alphabet", "ipa").lower()
    if alphabet not in ("ipa", "kokoro", "misaki", "x-kokoro"):
        raise MarkupError(f"<phoneme>: alphabet={alphabet!r} is not one of ipa, kokoro")
    written = attributes.get("ph", "")
    return checked_phonemes(from_ipa(written) if alphabet == "ipa" else written)


def checked_phonemes(written: str) -> str:
    """The phonemes with single spaces between words. Raises `MarkupError` for what no model has learned."""
    phonemes = " ".join(written.split())
    if not 0 < len(phonemes) <= MOST_PHONEMES:
        raise MarkupError(f"phonemes: between 1 and {MOST_PHONEMES} are needed")
    if strange := sorted(set(phonemes) - VOCABULARY.keys()):
        raise MarkupError(f"phonemes: {' '.join(map(repr, strange))} are not in the vocabulary")
    return phonemes


def alias(attributes: Mapping[str, str]) -> str:
    """What ``<sub alias="…">`` says instead."""
    said = " ".join(attributes["alias"].split())
    if not 0 < len(said) <= MOST_ALIAS:
        raise MarkupError(f"<sub>: alias needs between 1 and {MOST_ALIAS} characters")
    return said


def said_as(attributes: Mapping[str, str], content: str) -> str:
    """How ``<say-as interpret-as="…">content</say-as>`` is written for the stages behind to say it so."""
    kind = attributes.get("interpret-as", "")
    if kind in ("characters", "spell-out", "verbatim", "letters"):
        return " ".join(character.upper() if len(character.upper()) == 1 else character for character in content)
    if kind in ("digits", "telephone"):
        return _digit_by_digit(content)
    if kind in ("cardinal", "number") and (number := content.replace(",", "").strip()).isdecimal():
        return f"{int(number):,}"
    if kind == "ordinal" and content.strip().isdecimal():
        return _ordinal(int(content))
    if kind == "date":
        return _date(content.strip(), attributes.get("format", ""))
    if kind == "currency":
        return _currency(content.strip())
    if kind in ("cardinal", "number", "ordinal", "time", "fraction", "unit", "address", "text"):
        return content
    raise MarkupError(f"<say-as>: interpret-as={kind!r} is not supported")


def _digit_by_digit(content: str) -> str:
    groups = re.findall(r"\+|\d+|[^\d+\s().-]+", content)
    return ", ".join("plus" if group == "+" else " ".join(group) if group.isdigit() else group for group in groups)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _date(content: str, order: str) -> str:
    """In the order that nobody reads otherwise."""
    parts = re.findall(r"\d+", content)
    if order not in _DATE_ORDERS or len(parts) != 3 or max(map(len, parts)) > 4:
        return content
    by_name = dict(zip(order, parts, strict=True))
    if len(by_name["y"]) != 4:
        return content
    return f"{by_name['y']}-{int(by_name['m']):02}-{int(by_name['d']):02}"


def _currency(content: str) -> str:
    found = re.fullmatch(r"(?P<a>[A-Z]{3})?\s*(?P<amount>[\d.,]+)\s*(?P<b>[A-Z]{3})?", content)
    sign = _CURRENCIES.get(found["a"] or found["b"] or "") if found else None
    return f"{sign}{found['amount']}" if found and sign else content

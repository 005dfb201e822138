"""How numbers are said in American and in British English."""

from __future__ import annotations

import re
from functools import lru_cache

from num2words import num2words

from .numbers import FRACTION_SIGNS, MIXED, spelled

LONGEST_QUANTITY = 15  # beyond trillions nobody follows; longer numbers are read digit by digit
_SCALES = ("", " thousand", " million", " billion", " trillion")
_SEPARATORS = str.maketrans("", "", ",_ ")
_BRITISH_ENDINGS = {"meter": "metre", "liter": "litre", "ruble": "rouble"}
_SPELLING = re.compile("|".join(_BRITISH_ENDINGS))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


class Dialect:
    """American English, or British, which says "one hundred and five". Words are joined by spaces, never by hyphens."""

    def __init__(self, *, british: bool) -> None:
        self.british = british

    def cardinal(self, digits: str) -> str:
        """``1,249`` → one thousand two hundred forty nine; ``007`` → zero zero seven."""
        digits = digits.translate(_SEPARATORS)
        if len(digits) > LONGEST_QUANTITY or (len(digits) > 1 and int(digits[0]) == 0):
            return spelled(digits)
        value = int(digits)
        return _below_thousand(value, self.british) if value < 1000 else self._large(value)

    def ordinal(self, digits: str) -> str:
        """``21`` → twenty first; zeros in front do not count."""
        digits = digits.translate(_SEPARATORS)
        words = self.cardinal(digits.lstrip("0") or "0")
        start, _, last = words.rpartition(" ")
        if (said := _ORDINALS.get(last)) is None:
            said = last[:-1] + "ieth" if last.endswith("y") else last + "th"
        return f"{start} {said}" if start else said

    def year(self, digits: str) -> str:
        """``1905`` → nineteen oh five; ``2005`` → two thousand five; ``09`` → oh nine."""
        if len(digits) == 2 and digits[0] == "0":
            return f"oh {spelled(digits[1])}"
        if len(digits) != 4 or digits[0] == "0" or (digits[1:3] == "00" and digits[3] != "0"):
            return self.cardinal(digits)
        return self.pairs(digits)

    def pairs(self, digits: str) -> str:
        """As numbers that are names are said: ``404`` → four oh four, ``747`` → seven forty seven."""
        left, right = digits[:-2], digits[-2:]
        if not 3 <= len(digits) <= 4 or digits[0] == "0" or digits[1:] == "000":
            return self.cardinal(digits)
        if right == "00":
            return f"{self.cardinal(left)} hundred"
        return f"{self.cardinal(left)} {'oh ' + spelled(right[1]) if right[0] == '0' else self.cardinal(right)}"

    def number(self, text: str) -> str:
        """A number as `NUMBER` matches it, or its decimal part alone: ``3.14`` → three point one four."""
        whole, point, part = text.partition(".")
        words = self.cardinal(whole) if whole else ""
        return f"{words} point {spelled(part)}".strip() if point else words

    def amount(self, text: str) -> str:
        """A number as `AMOUNT` matches it: ``1 1/2`` → one and a half."""
        mixed = MIXED.fullmatch(text)
        if mixed is None:
            return self.number(text)
        if mixed["sign"]:
            top, bottom = FRACTION_SIGNS[mixed["sign"]]
            part = self.fraction(str(top), str(bottom))
        else:
            part = self.fraction(mixed["top"], mixed["bottom"])
        if not mixed["whole"]:
            return part
        return f"{self.cardinal(mixed['whole'])} and " + (f"a{part[3:]}" if part.startswith("one ") else part)

    def fraction(self, top: str, bottom: str) -> str:
        """``3``, ``4`` → three quarters; a ``bottom`` of 0 or 1 is no part."""
        if int(bottom) < 2:
            return f"{self.cardinal(top)} over {self.cardinal(bottom)}"
        many = int(top) != 1
        if int(bottom) == 2:
            return f"{self.cardinal(top)} {'halves' if many else 'half'}"
        part = "quarter" if int(bottom) == 4 else self.ordinal(bottom)
        return f"{self.cardinal(top)} {part}{'s' if many else ''}"

    def spelling(self, name: str) -> str:
        """The name of a unit as it is spelled here: ``kilometers`` → kilometres."""
        return _SPELLING.sub(lambda match: _BRITISH_ENDINGS[match.group()], name) if self.british else name

    def _large(self, value: int) -> str:
        groups = f"{value:,}".split(",")
        said = [
            _below_thousand(int(group), self.british) + scale
            for group, scale in zip(groups, reversed(_SCALES[: len(groups)]), strict=True)
            if int(group)
        ]
        if self.british and 0 < int(groups[-1]) < 100:
            said.insert(-1, "and")
        return " ".join(said)


@lru_cache(maxsize=2000)
def _below_thousand(value: int, british: bool) -> str:
    words: str = num2words(value).replace("-", " ")
    return words if british else words.replace(" and ", " ")


AMERICAN = Dialect(british=False)
BRITISH = Dialect(british=True)

"""How one language writes and says a number."""

from __future__ import annotations

import re

from .grammar import Grammar

LONGEST_QUANTITY = 15  # digits; nobody follows a longer number, so it is read digit by digit


class Numerals:
    """Reads numbers as they are written in one language; `number` is the pattern of one, atomic for linear time."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        integer = rf"(?>\d{{1,3}}(?:[{re.escape(grammar.groups)}]{grammar.group}){{1,5}}+(?!\d)|\d++)"
        self._integer = re.compile(integer)
        # As English writes it ("1,234.56") where no other reading is left; then as the language does.
        english = r"\d{1,3}(?:,\d{3}){1,5}+\.\d++|\d{1,3}(?:,\d{3}){2,5}+(?![\d.])"
        self.number = rf"(?>{english}|{integer}(?:[.,]\d++)?+)"

    def count(self, digits: str) -> str:
        """A whole number; digit by digit when it is no quantity (007)."""
        if len(digits) > LONGEST_QUANTITY or (len(digits) > 1 and int(digits[0]) == 0):
            return self.spell(digits)
        return self._grammar.cardinal(int(digits))

    def spell(self, digits: str) -> str:
        """Digit by digit."""
        return " ".join(self._grammar.cardinal(int(digit)) for digit in digits)

    def say(self, written: str, noun: str = "") -> str:
        """A number as `number` matches it, as it is said before ``noun``."""
        whole, mark, part = self.parts(written)
        words = self.count(whole)
        if not mark:
            return self._grammar.agree(words, noun)
        return f"{words} {self._grammar.marks[mark]} {self._decimals(part)}"

    def count_of(self, words: str, name: str) -> str:
        """A number in words with what it counts: ``un millón``, ``euros`` → un millón de euros."""
        grammar = self._grammar
        if words.rpartition(" ")[2] not in grammar.counted_with_of:
            return f"{words} {name}"
        return f"{words}{grammar.elided_of if grammar.elided_of and name[0] in 'aeiouyéh' else grammar.of}{name}"

    def is_one(self, written: str) -> bool:
        """Whether what is counted is a single one."""
        whole, mark, _ = self.parts(written)
        return not mark and len(whole) == 1 and int(whole) == 1

    def parts(self, written: str) -> tuple[str, str, str]:
        """``1.234,5`` → 1234, the decimal mark, 5."""
        last = max(written.rfind(","), written.rfind("."))
        mark = written[last] if last >= 0 else ""
        part = written[last + 1 :]
        grouped = mark == "," and len(part) == 3 and last <= 3 and (part.endswith("00") or self._grammar.comma_groups)
        if not mark or self._integer.fullmatch(written) or written.count(mark) > 1 or (grouped and written[0] != "0"):
            return _digits(written), "", ""
        return _digits(written[:last]), mark, part

    def _decimals(self, part: str) -> str:
        significant = len(str(int(part))) if int(part) else 0
        if not self._grammar.pairs or len(part) > 2 or not significant:
            return self.spell(part)
        return f"{self.spell(part[:-significant])} {self.count(part[-significant:])}".strip()


def _digits(written: str) -> str:
    return "".join(character for character in written if character.isdecimal())

"""The rules of one language, in the order in which they apply; each sees what the earlier ones left."""

from __future__ import annotations

from ..source import SourceText
from .calendar import calendar
from .figures import figures
from .grammar import Grammar
from .numerals import Numerals
from .quantities import quantities
from .ranks import ranks, typed_degrees
from .rules import apply
from .writing import signs, writing


class Normalizer:
    """Text of one language → the same in words. Each word keeps the source span of what was written."""

    def __init__(self, grammar: Grammar) -> None:
        numerals = Numerals(grammar)
        self._rules = (
            *writing(grammar),
            *calendar(grammar, numerals),
            *(typed_degrees(grammar) if grammar.after_degrees else ()),
            *quantities(grammar, numerals),
            *ranks(grammar),
            *figures(grammar, numerals),
            *signs(grammar),
        )

    def __call__(self, text: SourceText) -> SourceText:
        """The text in words."""
        return apply(self._rules, text)

"""Numbers, dates, money, units, abbreviations and signs → the words that are said for them, in US English.

The rules are tables, one topic a file, applied in this order; a rule sees what the earlier ones left. A new rule is
one line in its table, with a case in the test's table.
"""

from __future__ import annotations

from .abbreviations import ABBREVIATIONS
from .calendar import CALENDAR
from .figures import FIGURES, LEFT_NUMBERS, TELEPHONE
from .money import MONEY
from .rules import apply
from .signs import SYMBOLS, WRITTEN
from .source import SourceText
from .units import QUANTITIES

RULES = (
    *WRITTEN, *TELEPHONE, *CALENDAR, *ABBREVIATIONS, *MONEY, *QUANTITIES, *FIGURES, *SYMBOLS, *LEFT_NUMBERS,
)  # fmt: skip


def normalize(text: SourceText) -> SourceText:
    """The text in words. Each word keeps the source span of what was written; only signs that nobody says are lost."""
    return apply(RULES, text)

"""Numbers, dates, money, units, abbreviations and signs → the words that are said for them, US or British.

The rules are tables, one topic a file, applied in this order; a rule sees what the earlier ones left. A new rule is
one line in its table, with a case in the tests' tables.
"""

from __future__ import annotations

from .abbreviations import ABBREVIATIONS
from .calendar import CALENDAR
from .capitals import EMPHASIS
from .clock import CLOCK
from .codes import CODES
from .dialect import AMERICAN, BRITISH
from .figures import FIGURES, LEFT_NUMBERS
from .money import MONEY
from .notations import NOTATIONS
from .numerals import NUMERALS
from .places import PLACES
from .quantities import QUANTITIES
from .rules import RuleSet
from .signs import EXPONENTS, POWERS_OF_FIGURES, SIGNED, SYMBOLS
from .source import SourceText
from .telephone import TELEPHONE
from .web import HYPHENS, WEB
from .years import YEARS

RULES = RuleSet((
    *WEB, *NOTATIONS, *TELEPHONE, *SIGNED, *CALENDAR, *CLOCK, *PLACES, *ABBREVIATIONS, *CODES, *YEARS, *NUMERALS,
    *MONEY, *POWERS_OF_FIGURES, *QUANTITIES, *FIGURES, *HYPHENS, *EXPONENTS, *SYMBOLS, *EMPHASIS, *LEFT_NUMBERS,
))  # fmt: skip


def normalize(text: SourceText, *, british: bool = False) -> SourceText:
    """The text in words. Each word keeps the source span of what was written; only signs that nobody says are lost."""
    return RULES.apply(text, BRITISH if british else AMERICAN)

"""Signs and symbols → words; a sign that nobody says is left out."""

from __future__ import annotations

import re

from .dialect import Dialect
from .numbers import NUMBER_WORDS
from .rules import DIGITS, apart, last_word, one_of, rule
from .years import counts

# Said wherever they stand.
SIGNS = {
    "+=": "plus equals", "-=": "minus equals", "*=": "times equals",
    "&": "and", "&&": "and", "||": "or", "=": "equals", "==": "equals", "===": "equals", "!=": "is not equal to",
    "≠": "is not equal to", "<=": "is at most", ">=": "is at least", "≤": "is at most", "≥": "is at least",
    "≈": "is about", "≅": "is congruent to", "≡": "is equivalent to", "∝": "is proportional to",
    "≪": "is much less than",
    "≫": "is much greater than", "×": "times", "÷": "divided by", "±": "plus or minus", "∓": "minus or plus",
    "⋅": "times", "√": "the square root of", "∛": "the cube root of", "∞": "infinity", "→": "to", "->": "to",
    "=>": "to", "⇒": "implies", "⟹": "implies", "⟶": "to", "←": "from", "<-": "from", "↔": "to and from",
    "⇔": "if and only if", "↑": "up", "↓": "down", "∀": "for all", "∃": "there exists", "∈": "in", "∉": "not in",
    "⊂": "is a subset of", "⊆": "is a subset of", "∪": "union", "∩": "intersection", "∅": "the empty set", "∧": "and",
    "∨": "or", "¬": "not", "∑": "the sum of", "∏": "the product of", "∫": "the integral of", "∂": "partial",
    "∇": "nabla", "∴": "therefore", "∵": "because", "∠": "angle", "⊥": "is perpendicular to", "∥": "is parallel to",
    "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "°": "degrees", "§": "section", "§§": "sections",
    "¢": "cents", "№": "number", "%": "percent", "‰": "per thousand", "©": "copyright", "♯": "sharp", "♭": "flat",
}  # fmt: skip
# Greek letters that stand alone are symbols.
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "gamma", "Δ": "delta", "Θ": "theta",
    "Λ": "lambda", "Ξ": "xi", "Π": "pi", "Σ": "sigma", "Φ": "phi", "Ψ": "psi", "Ω": "omega", "ϕ": "phi", "∆": "delta",
}  # fmt: skip
# Said between two operands.
OPERATORS = {
    "*": "times", "**": "to the power of", "^": "to the power of", "<": "is less than", ">": "is greater than",
    "+": "plus", "-": "minus", "−": "minus", "–": "minus", "/": "divided by",
}  # fmt: skip
COMPARISONS = {
    "<": "less than ", ">": "more than ", "~": "about ", "∼": "about ", "≈": "about ", "≤": "at most ",
    "≥": "at least ",
    "<=": "at most ", ">=": "at least ",
}  # fmt: skip
# So much "per" one of these: "steps/day", "reps/set"; not between two of them ("day/night").
PERIODS = {
    "day": "day", "d": "day", "night": "night", "week": "week", "wk": "week", "month": "month", "mo": "month",
    "year": "year", "yr": "year", "hour": "hour", "hr": "hour", "h": "hour", "minute": "minute", "min": "minute",
    "second": "second", "sec": "second", "s": "second", "person": "person", "serving": "serving", "set": "set",
    "km": "kilometer", "mi": "mile", "mile": "mile", "user": "user", "child": "child", "adult": "adult", "dose": "dose",
    "session": "session", "game": "game", "page": "page", "head": "head", "household": "household", "item": "item",
}  # fmt: skip
POWERS = {"2": "squared", "3": "cubed"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", DIGITS)
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", DIGITS)
UNSAID = "*_|~^\\<>`{}[]™®•·†‡¶#@/$+="

_WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z.]\.?\Z")
_LETTERS = "".join(GREEK)


def _power(match: re.Match[str], english: Dialect) -> str:
    minus, exponent = "minus " if match["minus"] else "", match["exponent"].translate(SUPERSCRIPTS)
    return apart(match, POWERS.get(minus + exponent) or f"to the {minus}{english.ordinal(exponent)}")


def _exponent(match: re.Match[str], english: Dialect) -> str:
    minus, exponent = "minus " if match["minus"] else "", match["exponent"]
    said = "to the n" if exponent == "n" else f"to the {minus}{english.ordinal(exponent)}"
    after = " " if match.string[match.end() : match.end() + 1].isalnum() else ""
    return f" {said if minus else POWERS.get(exponent, said)}{after}"


def _charge(match: re.Match[str], english: Dialect) -> str:
    count = f" {english.cardinal(match['count'].translate(SUPERSCRIPTS))}" if match["count"] else ""
    return f"{count} {'plus' if match['sign'] == '⁺' else 'minus'}".strip()


def _operator(match: re.Match[str], _: Dialect) -> str:
    if match["sign"] == "/" and (_WORD_BEFORE.search(match.string, max(match.start() - 3, 0), match.start())):
        return " slash "
    return f" {OPERATORS[match['sign']]} "


def _per(match: re.Match[str], english: Dialect) -> str:
    """``steps/day`` → steps per day, behind what is counted; ``day/night`` is left alone."""
    text, start = match.string, match.start()
    counted = last_word(text, start)
    many = text[start - 1].isdecimal() or counts(counted) or counted in NUMBER_WORDS
    many = many or last_word(text, start - len(counted)) == "per"  # "milligrams per kilogram/day"
    return f" per {english.spelling(PERIODS[match['per']])}" if many else match.group()


def _left_out(match: re.Match[str], _: Dialect) -> str:
    text, start, end = match.string, match.start(), match.end()
    return " " if text[max(start - 1, 0)].isalnum() and text[end : end + 1].isalnum() else ""


SIGNED = (
    rule(
        r"(?:^|(?<=[\s(\[{=<>≈~≤≥*/,:±“\"'‘|]))(?<!\d )(?<!\d['′’])[-−–](?=[$£€¥]?\.?\d)(?!\d{3}-\d{4})",
        "minus ",
        needs=[DIGITS, "-−–"],
    ),
    rule(r"(?<![\w)])(?<![\w)] )\+(?=[$£€]?\.?\d)", "plus ", needs=["+"]),
    rule(
        r"(?<![\w)])(?:[<>]=|[<>~∼≈≤≥]|(?<![\w)] )(?:[<>]=|[<>~∼≈≤≥]) )(?=[\d$£€.])",
        lambda m, _: COMPARISONS[m.group().strip()],
        needs=["<>~∼≈≤≥"],
    ),
)
POWERS_OF_FIGURES = (rule(r"(?<=\d)\^\{?(?P<minus>-)?(?P<exponent>\d{1,3})\}?(?![\w.])", _exponent, needs=["^"]),)
EXPONENTS = (
    # Charges of ions: Na⁺ · Ca²⁺
    rule(
        r"(?<=[A-Za-z\d₀-₉)])(?P<count>[²³⁴])?(?P<sign>[⁺⁻])(?![⁰¹²³⁴-⁹])",
        lambda m, e: apart(m, _charge(m, e)),
        needs=["⁺⁻"],
    ),
    # Isotopes: ¹⁴C
    rule(
        r"(?<![\w)])[⁰¹²³⁴-⁹]{1,3}(?=[A-Z])",
        lambda m, e: apart(m, e.cardinal(m.group().translate(SUPERSCRIPTS))),
        needs=["⁰¹²³⁴⁵⁶⁷⁸⁹"],
    ),
    rule(r"(?<=[\w)])(?P<minus>⁻)?(?P<exponent>[⁰¹²³⁴-⁹]{1,6})", _power, needs=["⁰¹²³⁴⁵⁶⁷⁸⁹"]),
    rule(r"(?<=[\w)])ⁿ", " to the n", needs=["ⁿ"]),
    rule(
        r"(?<=[\w)])(?:\^|\*\*)(?P<exponent>[23])(?![\w.])",
        lambda m, _: apart(m, POWERS[m["exponent"]]),
        needs=["^*", "23"],
    ),
    rule(r"(?<=[\w)])\^\{?(?P<minus>-)?(?P<exponent>\d{1,3}|n)\}?(?![\w.])", _exponent, needs=["^"]),
    rule(r"[₀-₉]+", lambda m, e: apart(m, e.cardinal(m.group().translate(SUBSCRIPTS))), needs=["₀₁₂₃₄₅₆₇₈₉"]),
)
SYMBOLS = (
    rule(r"(?<=[\dn)])!(?= ?[=+*/×÷<>≈)−-]| is\b)", " factorial", needs=["!"]),
    rule(
        r"(?:(?<=['’]s)|(?<=\bis)|(?<=\bare)|(?<=\bwas)) (?P<part>(?:≈|≤|≥|~)\s?)",
        lambda m, _: COMPARISONS[m["part"].strip()],
        needs=["≈≤≥~"],
    ),
    rule(r"(?<=\d)[ -]?[★⭐]", " star", needs=["★⭐"]),
    rule(r"\b(?:A|B|AB|O)(?P<part>[-−])(?= (?:blood|type|donor|and|or)\b)", " negative", needs=["-−", "ABO"]),
    rule(r"\b(?:A|B|AB|O)(?P<part>\+)(?= (?:blood|type|donor)\b)", " positive", needs=["+", "ABO"]),
    rule(r"(?<![\w)])\+(?=\d)", "plus ", needs=["+"]),
    rule(r"(?<=[\w\])])\+\+(?!\w)", " plus plus", needs=["+"]),
    rule(rf"(?<=[a-z\d])\s?/\s?(?P<per>{one_of(PERIODS)})\b", _per, needs=["/"]),
    rule(r"(?<=[\w%)])\+(?=[\s.,;:!?)\"'’”]|$)", " plus", needs=["+"]),
    rule(r"(?<![\w-])(?P<grade>[A-DF])[-−](?=[\s.,;:!?)]|$)", r"\g<grade> minus", needs=["-−"]),
    rule(
        r"(?<=[\w)])\s(?P<sign>\*\*?|[<>+^/−]|-(?=\s\d)|(?<=\d\s)-|–(?=\s\d+ =))\s(?=[\w($£€√])",
        _operator,
        needs=["*<>+^/−-–"],
    ),
    rule(r"(?<=[\da-z)])(?P<sign>\*\*?|[<>+^])(?=[\da-z($£€])", _operator, needs=["*<>+^"]),
    rule(r"(?<=\d)(?P<sign>[-−–])(?=\d+ ?=)", _operator, needs=["-−–", "="]),
    rule(rf"(?<![Ͱ-Ͽ])[{_LETTERS}](?![Ͱ-Ͽ])", lambda m, _: apart(m, GREEK[m.group()]), needs=[_LETTERS]),
    rule(one_of(SIGNS), lambda m, _: apart(m, SIGNS[m.group()]), needs=["".join(SIGNS)]),
    rule(r"(?<=[a-z])\((?P<s>e?s)\)", r"\g<s>", needs=["("]),
    rule(r"\b(?P<a>[A-Z])/(?P<b>[A-Z])\b", r"\g<a> \g<b>", needs=["/"]),
    rule(r"\b(?P<a>[a-z]|\d{1,6})/(?P<b>[a-z]|\d{1,6})\b", r"\g<a> over \g<b>", needs=["/"]),
    rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", " slash ", needs=["/"]),
    rule(r"(?<=[\w:])\\(?=\w)", " backslash ", needs=["\\"]),
    rule(rf"(?:(?<=\s)|^)[{re.escape(UNSAID)}]++(?:\s++|$)", "", needs=[UNSAID]),
    rule(rf"[{re.escape(UNSAID)}]+", _left_out, needs=[UNSAID]),
)

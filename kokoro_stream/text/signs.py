"""Signs and symbols, mail addresses and dotted names → words; a sign that nobody says is left out."""

from __future__ import annotations

import re

from .addresses import spoken_host, spoken_url
from .numbers import cardinal, ordinal
from .rules import DIGITS, apart, one_of, rule

# Said wherever they stand.
SIGNS = {
    "&": "and", "=": "equals", "==": "equals", "===": "equals", "!=": "is not equal to", "≠": "is not equal to",
    "<=": "is at most", ">=": "is at least", "≤": "is at most", "≥": "is at least", "≈": "is about",
    "×": "times", "÷": "divided by", "±": "plus or minus", "√": "the square root of", "∞": "infinity",
    "→": "to", "->": "to", "=>": "to", "⇒": "implies", "←": "from", "↔": "to and from", "°": "degrees",
    "§": "section", "∑": "the sum of", "∈": "in", "¢": "cents", "№": "number", "%": "percent", "‰": "per thousand",
    "π": "pi",
}  # fmt: skip
# Said between two operands.
OPERATORS = {
    "*": "times", "**": "to the power of", "^": "to the power of", "<": "is less than", ">": "is greater than",
    "+": "plus", "-": "minus", "−": "minus", "/": "divided by",
}  # fmt: skip
COMPARISONS = {"<": "less than ", ">": "more than ", "~": "about ", "≈": "about ", "≤": "at most ", "≥": "at least "}
NOTES = {"#": "sharp", "♯": "sharp", "♭": "flat", "++": "plus plus"}
POWERS = {"2": "squared", "3": "cubed"}
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", DIGITS)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", DIGITS)
UNSAID = "*_|~^\\<>`{}[]™®©•·†‡¶#@/$+="


def _mail(match: re.Match[str]) -> str:
    local = match["local"].replace(".", " dot ").replace("+", " plus ").replace("-", " dash ").replace("_", " ")
    return f"{local} at {spoken_host(match['host'])}"


def _power(match: re.Match[str]) -> str:
    minus, exponent = "minus " if match["minus"] else "", match["exponent"].translate(SUPERSCRIPTS)
    return apart(match, POWERS.get(minus + exponent) or f"to the {minus}{ordinal(exponent)}")


def _formula(match: re.Match[str]) -> str:
    return " ".join([*match["element"], "two", *match["rest"]])


def _operator(match: re.Match[str]) -> str:
    return f" {OPERATORS[match['sign']]} "


def _left_out(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    return " " if text[max(start - 1, 0)].isalnum() and text[end : end + 1].isalnum() else ""


WRITTEN = (
    rule(r"\b(?:https?|ftp)://[^\s<>\"]*[\w/]", lambda m: spoken_url(m.group()), needs=["/"]),
    rule(r"\b(?P<host>localhost|\d++(?:\.\d++){3}):(?P<port>\d{2,5})\b", r"\g<host> port \g<port>", needs=[":"]),
    rule(r"(?:\bmailto:)?\b(?P<local>\w[\w.+-]{0,63})@(?P<host>[\w-]++(?:\.[\w-]++)+)", _mail, needs=["@"]),
    rule(r"(?<![\w@])@(?=\w)", "at ", needs=["@"]),
    rule(
        r"(?<![\w.@-])(?:[A-Za-z_]\w*(?:[.-]\w+)*\.)(?:[a-z]\w+|com|COM)(?!\w)",
        lambda m: spoken_host(m.group()),
        needs=["."],
    ),
    rule(r"(?<![\w.])\.(?=[A-Za-z]{2,})", "dot ", needs=["."]),
    rule(r"\b(?P<element>CO|H|SO|NO|CH)[2₂](?P<rest>O?)\b", _formula, needs=["2₂"]),
    rule(r"[₀-₉]+", lambda m: apart(m, cardinal(m.group().translate(SUBSCRIPTS))), needs=["₀₁₂₃₄₅₆₇₈₉"]),
    rule(r"(?<![\w#])#(?=\d)", "number ", needs=["#"]),
    rule(r"(?<![\w#])#(?=[A-Za-z])", "hashtag ", needs=["#"]),
    rule(r"\b(?P<name>[A-GJ])(?P<sign>[#♯♭]|\+\+)(?!\w)", lambda m: f"{m['name']} {NOTES[m['sign']]}", needs=["#♯♭+"]),
    # Between a name or a number and the other, a hyphen is not heard: "GPT-4", "2024-Q1".
    rule(r"(?:(?<=[A-Za-z]{2})|(?<=[A-Z]))-(?=\d)|(?<=\d)-(?=[A-Za-z])", " ", needs=[DIGITS, "-"]),
    rule(r"\bAT&T\b", "A T and T", needs=["&"]),
)

SYMBOLS = (
    rule(r"(?<=[\w)])(?P<minus>⁻)?(?P<exponent>[⁰¹²³⁴-⁹]+)", _power, needs=["⁰¹²³⁴⁵⁶⁷⁸⁹"]),
    rule(r"(?<![\w)])\+(?=\d)", "plus ", needs=["+"]),
    rule(r"(?<=\d)\+(?=[\s.,;:!?)]|$)", " plus", needs=["+"]),
    rule(
        r"(?<![\w)])(?:[<>~≈≤≥]|(?<![\w)] )[<>~≈≤≥] )(?=[\d$£€])",
        lambda m: COMPARISONS[m.group()[0]],
        needs=["<>~≈≤≥"],
    ),
    rule(r"(?<=[\w)])\s(?P<sign>\*\*?|[<>+^/−]|-(?=\s\d)|(?<=\d\s)-)\s(?=[\w($£€])", _operator, needs=["*<>+^/−-"]),
    rule(r"(?<=[\da-z)])(?P<sign>\*\*?|[<>+^])(?=[\da-z($£€])", _operator, needs=["*<>+^"]),
    rule(one_of(SIGNS), lambda m: apart(m, SIGNS[m.group()]), needs=["".join(SIGNS)]),
    rule(r"\b(?P<and>[Aa]nd)/(?P<or>or)\b", r"\g<and> \g<or>", needs=["/"]),
    rule(r"\b(?P<a>[A-Z])/(?P<b>[A-Z])\b", r"\g<a> \g<b>", needs=["/"]),
    rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", " slash ", needs=["/"]),
    rule(r"(?<=\w)\\(?=\w)", " backslash ", needs=["\\"]),
    rule(rf"(?:(?<=\s)|^)[{re.escape(UNSAID)}]++(?:\s++|$)", "", needs=[UNSAID]),
    rule(rf"[{re.escape(UNSAID)}]+", _left_out, needs=[UNSAID]),
)

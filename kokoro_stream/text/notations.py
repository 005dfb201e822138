"""What is written in a notation of its own: formulas of chemistry, chess, keys, functions, verses of the Bible."""

from __future__ import annotations

import re

from .dialect import Dialect
from .rules import DIGITS, number_rule, one_of, rule
from .words import words

# Symbols of the elements that LLMs write; those of two letters are said letter by letter.
ELEMENTS = words(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Ti Cr Mn Fe Co Ni Cu Zn As Br Ag Sn I Ba Pt Au Hg Pb U"
)
FORMULAS = words("NaCl HCl KCl NaOH KOH HBr HF NaF LiF ZnO MgO CaO FeO CuO AgCl KBr NaI HI CO NaClO")
PIECES = {"K": "king", "Q": "queen", "R": "rook", "B": "bishop", "N": "knight"}
CHECKS = {"+": " check", "#": " checkmate", "": ""}
KEYS = {
    "Ctrl": "Control", "Cmd": "Command", "Alt": "Alt", "Shift": "Shift", "Option": "Option", "Opt": "Option",
    "Fn": "Function",
    "Win": "Windows", "Super": "Super", "Meta": "Meta", "Command": "Command", "Control": "Control", "CTRL": "Control",
    "CMD": "Command", "ctrl": "control", "cmd": "command", "⌘": "Command", "⌥": "Option", "Windows": "Windows",
}  # fmt: skip
KEY_NAMES = {"Esc": "Escape", "Del": "Delete", "Ins": "Insert", "PgUp": "Page Up", "PgDn": "Page Down"}
BOOKS = words(
    "Genesis Exodus Leviticus Numbers Deuteronomy Joshua Judges Ruth Samuel Kings Chronicles Ezra Nehemiah Esther Job "
    "Psalm Psalms Proverbs Ecclesiastes Isaiah Jeremiah Lamentations Ezekiel Daniel Hosea Joel Amos Obadiah Jonah "
    "Micah "
    "Nahum Habakkuk Zephaniah Haggai Zechariah Malachi Matthew Mark Luke John Acts Romans Corinthians Galatians "
    "Ephesians Philippians Colossians Thessalonians Timothy Titus Philemon Hebrews James Peter Jude Revelation Surah "
    "Quran Gita"
)
NUMBERED_BOOKS = words("Samuel Kings Chronicles Corinthians Thessalonians Timothy Peter John")
PLACES = {"1": "First", "2": "Second", "3": "Third"}

_DOWN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", DIGITS)
_SYMBOL = re.compile(r"([A-Z][a-z]?)([\d₀-₉]*)")
_KEY = rf"(?:{one_of(KEYS)})"


def _formula(match: re.Match[str], english: Dialect) -> str:
    """``Fe2O3`` → F E two O three; what is not made of elements only is left alone."""
    parts = _SYMBOL.findall(match.group())
    elements = {element for element, _ in parts}
    if not elements <= ELEMENTS or not (elements & {"H", "O"} or any(len(element) == 2 for element in elements)):
        return match.group()
    said = (
        " ".join([*element.upper(), *([english.cardinal(count.translate(_DOWN))] if count else [])])
        for element, count in parts
    )
    return " ".join(said)


def _move(match: re.Match[str], english: Dialect) -> str:
    piece = PIECES.get(match["piece"] or "", "")
    start, square = match["start"] or "", match["square"]
    takes = "takes " if match["takes"] else ""
    start = start.upper() if start.isalpha() else english.number(start)
    said = f"{piece} {start} {takes}{square[0].upper()} {english.cardinal(square[1])}"
    return " ".join(said.split()) + CHECKS[match["check"]]


def _key(match: re.Match[str], _: Dialect) -> str:
    said = [KEYS.get(key) or KEY_NAMES.get(key, key) for key in match.group().split("+")]
    return " ".join(said)


def _verse(match: re.Match[str], english: Dialect) -> str:
    chapter, verse = english.cardinal(match["chapter"]), english.cardinal(match["verse"])
    until = f" to {english.cardinal(match['until'])}" if match["until"] else ""
    return f"{match['book']} {chapter} {verse}{until}"


NOTATIONS = (
    rule(rf"(?<![\w+⌘⌥])(?:{_KEY}\+)(?:{_KEY}\+){{0,3}}(?:[A-Za-z]+\d?\d?|\d)(?!\w)", _key, needs=["+"]),
    rule(
        rf"\b(?P<book>{one_of(BOOKS)}) (?P<chapter>\d{{1,3}}):(?P<verse>\d{{1,3}})"
        r"(?:[-–](?P<until>\d{1,3}))?(?![\d:])",
        _verse,
        needs=[DIGITS, ":"],
    ),
    number_rule(rf"(?P<part>[123]) (?={one_of(NUMBERED_BOOKS)}\b)", lambda m, _: PLACES[m["part"]]),
    rule(
        r"(?<![\w#@$&./-])(?=[A-Za-z]{0,6}[\d₀-₉])(?:[A-Z][a-z]?[\d₀-₉]{0,3}){2,8}(?!\w)(?<![A-Z]\d\d\d)",
        _formula,
        needs=[DIGITS + "₀₁₂₃₄₅₆₇₈₉"],
    ),
    rule(rf"\b(?:{one_of(FORMULAS - {'CO', 'HI', 'HF'})})\b", _formula, needs=["NHKLZMCFA"]),
    rule(r"(?<![\w.])\d{1,3}(?P<part>\.{1,3})(?=[KQRBN]?[a-h]?x?[a-h][1-8]\b)", ". ", needs=[".", DIGITS]),
    rule(
        r"(?P<piece>[KQRBN])(?<![\w.].)(?P<start>[a-h]|[1-8])?(?P<takes>x)?(?P<square>[a-h][1-8])(?P<check>[+#]?)(?!\w)",
        _move,
        needs=["KQRBN", "abcdefgh"],
    ),
    rule(
        r"(?<![\w.])(?P<piece>)(?P<start>[a-h])(?P<takes>x)(?P<square>[a-h][1-8])(?P<check>[+#]?)(?!\w)",
        _move,
        needs=["x", "12345678"],
    ),
    rule(r"\bO-O-O\b", "castles queenside", needs=["O"]),
    rule(r"\bO-O\b", "castles kingside", needs=["O"]),
    rule(r"\b(?P<f>[fghOPT])\((?P<x>[a-zA-Z]|\d|n log n|log n|n[²³]|n\^[23])\)", r"\g<f> of \g<x>", needs=["("]),
)

"""Where text may be cut that has no stops: between words, and in scripts without spaces where a phrase may begin."""

from __future__ import annotations

import re
import unicodedata

from .words import words

_JOINERS = "\u200c\u200d\u17d2\u1039"  # and the signs that stack the next consonant in Khmer and Burmese
_THAI_AND_LAO_BEFORE = "เแโใไເແໂໃໄ"  # vowels that are written before their consonant
_THAI_AND_LAO_AFTER = "ะาำๅๆฯະາຳໆฺ"
_CLOSE_TO_THE_LEFT = "的了着过過们們吗嗎呢吧々ゝゞヽヾーっッゃゅょャュョァィゥェォぁぃぅぇぉん"
# Particles after which a Japanese or Chinese phrase is complete, and Thai words with which one begins.
_PARTICLES = "はがをにともへでねよ了吗嗎呢吧"
_THAI_CONNECTIVES = ("และ", "แต่", "หรือ", "ที่", "ซึ่ง", "เพราะ", "ถ้า", "เมื่อ", "แล้ว", "โดย", "จึง")

_CLAUSE_END = re.compile(r"[.!?…,;:،؛—–)](?=\s)|[，、；：。！？।—]")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\s+([^\W\d_]{1,12})(?=\s)")
# A phrase begins with these, so a cut before them is better than one before another word, and far better than behind.
_OPENING_CLAUSES = words("and but or because so which while when if though although unless whereas that who where")
_OPENING_PHRASES = words(
    "to of in on at for from with by into about as than the a an is are was were has have will can"
)

CONNECTIVE, PHRASE, WORD, SYLLABLE, CHARACTER, NEVER = 5, 4, 3, 2, 1, 0


def east_asian(character: str) -> bool:
    """Whether it is a Han character or kana, around which no spaces are written."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def best_cut(text: str, start: int, limit: int) -> int:
    """Where to cut text that grew too long: after a clause, before a phrase, between words, else characters.

    Of the best places the last is taken; a clause may end in the last two thirds, anything else in the last half. A
    word is cut only when there is none before it. Nothing behind the character at ``limit`` is looked at.
    """
    third, half = start + (limit - start) // 3, (start + limit) // 2
    clauses = [found.end() for found in _CLAUSE_END.finditer(text, third, limit + 1) if third < found.end() <= limit]
    if clauses:
        return clauses[-1]
    spaces = [found.start() for found in _SPACES.finditer(text, start + 1, limit + 1)]
    if spaces and spaces[-1] > half:
        return max((at for at in spaces if at > half), key=lambda at: (_before_word(text, at, limit), at))
    best = max(range(half + 1, limit + 1), key=lambda at: (_within_word(text, at, limit), at), default=limit)
    return spaces[-1] if spaces and _within_word(text, best, limit) < SYLLABLE else best


def _before_word(text: str, at: int, limit: int) -> int:
    follows = _WORD.match(text, at, limit + 1)
    if follows is None:
        return WORD
    if follows[1] in _OPENING_CLAUSES:
        return CONNECTIVE
    return PHRASE if follows[1] in _OPENING_PHRASES else WORD


def _within_word(text: str, at: int, limit: int) -> int:
    """How good a place for a cut is that lies between two characters which no space divides."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M" or after in _JOINERS or before in _JOINERS:
        return NEVER
    if "\u0e00" <= after <= "\u0eff":
        return _thai_or_lao(text, at, limit)
    if (east_asian(before) or east_asian(after)) and after not in _CLOSE_TO_THE_LEFT and before not in "的の":
        if before in _PARTICLES and not _is_hiragana(after):
            return PHRASE
        return SYLLABLE if not _is_katakana(before) or not _is_katakana(after) else CHARACTER
    return CHARACTER


def _thai_or_lao(text: str, at: int, limit: int) -> int:
    before, after = text[at - 1], text[at]
    if before in _THAI_AND_LAO_BEFORE or after in _THAI_AND_LAO_AFTER:
        return NEVER
    if text.startswith(_THAI_CONNECTIVES, at, limit + 1):
        return CONNECTIVE
    return SYLLABLE if after in _THAI_AND_LAO_BEFORE else CHARACTER


def _is_hiragana(character: str) -> bool:
    return "\u3040" <= character <= "\u309f"


def _is_katakana(character: str) -> bool:
    return "\u30a0" <= character <= "\u30ff"

"""Part-of-speech tags, as far as pronunciation depends on them.

Misaki's lexicon tells "a record" from "to record" by Penn Treebank tags. Marks, numbers and function words are tagged
by their form and their neighbours; words with several pronunciations by `homographs`. All other words get the empty
tag, which misaki takes for "any".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

from . import homographs
from .function_words import BE, DETERMINERS, OBJECTS, PREPOSITIONS
from .function_words import words as words_of
from .tokens import Token

Variants = Callable[[str], frozenset[str]]

_MARKS = {
    **dict.fromkeys(".!?。？！", "."),
    **dict.fromkeys(",，、", ","),
    **dict.fromkeys(";:—–―…；：", ":"),
    **dict.fromkeys("([{", "-LRB-"),
    **dict.fromkeys(")]}", "-RRB-"),
    **dict.fromkeys("“«„", "``"),
    **dict.fromkeys("”»", "''"),
    **dict.fromkeys("$£€", "$"),
    "#": "#",
    "/": "SYM",
    "%": "NN",
    "&": "CC",
    "+": "SYM",
    "@": "SYM",
}
_OPENING = frozenset("([{—–-/")  # a quotation mark after one of these opens
_BECOMING = words_of("get gets got getting gotten become becomes became seem seems grow grew very so too quite")
_STOPS = frozenset((".", ",", ":", "``", "''", "-LRB-", "-RRB-"))
_DASHES_OR_DOTS = regex.compile(r"--+|\.\.+")
_NUMBER = regex.compile(r"[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)")
_SPELLED = regex.compile(r"[\p{L}\p{N}]")
_NUMBER_WORD = regex.compile(
    r"one|two|three|four(?:teen)?|five|fifteen|(?:six|seven|eigh|nine)t?(?:een|y)?|ten|eleven|twelve|thirteen|twenty|"
    r"thirty|forty|fifty|hundred|thousand|[mbtr]+illion"
)
_FIXED = {"the": "DT", "an": "DT", "to": "TO", "by": "IN", "vs": "IN", "vs.": "IN", "i": "PRP"}
# Words in capitals that misaki would spell where they are tagged as nouns: those that people write so for emphasis,
# and those that are always acronyms.
_EMPHASIZED = words_of("AH AM AS BE DA HE HI HM HMM IN IS ME OF OH OR ACT ADD AID DAB DEW RIP SOB POW")
_ACRONYMS = words_of("ID US LED SIM")
_SAID_OF_THAT = frozenset(
    ("is", "was", "has", "had", "will", "would", "can", "could", "isn't", "wasn't", "won't", "might", "may", "means")
)


def tag(tokens: Sequence[Token], variants: Variants) -> list[str]:
    """One Penn tag, or "", for each token. ``variants(word)`` names the tags that change the word's pronunciation.

    A tag depends on a few tokens before its own, and on as many behind it as `LOOK_AHEAD` says.
    """
    tags = [_of_form(tokens, i) for i in range(len(tokens))]
    texts = [token.text for token in tokens]
    # Words as the tables below have them; "" where a mark ends the clause.
    words = ["" if form in _STOPS else text.lower().replace("’", "'") for text, form in zip(texts, tags, strict=True)]
    for i, text in enumerate(texts):
        if not tags[i]:
            tags[i] = _of_function_word(text, words, tags, i) or _of_homograph(texts, words, i, variants)
    return tags


def _of_form(tokens: Sequence[Token], i: int) -> str:
    text = tokens[i].text
    glued_left = i > 0 and not tokens[i - 1].space
    if text == "-":
        return "HYPH" if glued_left and not tokens[i].space else ":"
    if text in ('"', "'", "‘", "’"):
        closes = glued_left and tokens[i - 1].text not in _OPENING
        return "''" if closes or i == len(tokens) - 1 else "``"
    if text in _MARKS:
        return _MARKS[text]
    if _DASHES_OR_DOTS.fullmatch(text):
        return ":"
    if _NUMBER.fullmatch(text):
        return "CD"
    return "" if _SPELLED.search(text) else "NFP"


def _of_function_word(text: str, words: Sequence[str], tags: Sequence[str], i: int) -> str:
    """Words that misaki treats specially, and number words after which a currency may still come."""
    word, before, after, later = words[i], *_neighbours(words, i)
    if word in _FIXED and (text, after) != ("VS", "code"):
        return _FIXED[word]
    if _NUMBER_WORD.fullmatch(word):
        return "CD"
    match word:
        case "a":  # the letter, not the article
            capital = text == "A" and i > 0 and before != "" and not after.isupper()
            return "NN" if not after or capital else "DT"
        case "am":
            return "NN" if text == "AM" or (i > 0 and tags[i - 1] == "CD") else "VBP"
        case "in":
            return "IN" if after else "RP"
        case "that":
            spoken_of = after in _SAID_OF_THAT and before in ("", "and", "but", "so", "because", "if")
            return "DT" if not after or not before or before in PREPOSITIONS or spoken_of else "IN"
        case "used":
            accustomed = not later or later in DETERMINERS | OBJECTS or later.endswith("ing") or before in _BECOMING
            return "VBD" if after == "to" and (before not in BE or accustomed) else "VBN"
    return ""


def _of_homograph(texts: Sequence[str], words: Sequence[str], i: int, variants: Variants) -> str:
    text, word = texts[i], words[i]
    if len(text) > 1 and text.isupper() and variants(text):
        return "" if text in _EMPHASIZED or _shouted(texts, i) else "NN"
    if word.endswith("'s") and len(variants(word[:-2])) > 1:
        return "NN"
    keys = variants(word) - {"None"}
    return homographs.tag(texts, i, word, keys) if keys else ""


def _shouted(texts: Sequence[str], i: int) -> bool:
    """Whether "IT" stands among capitals, as in "DO IT NOW": there it is no acronym."""
    if texts[i] in _ACRONYMS:
        return False
    around = [text for text in (*texts[max(0, i - 1) : i], *texts[i + 1 : i + 2]) if text[:1].isalpha()]
    return bool(around) and all(text.isupper() for text in around)


def _neighbours(words: Sequence[str], i: int) -> tuple[str, str, str]:
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    return before, after, words[i + 2] if i + 2 < len(words) else ""

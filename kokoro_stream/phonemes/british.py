"""American phonemes → British ones, for names: the regular differences between the two, as a table.

It makes 54 % of the capitalised words that both of misaki's gold dictionaries hold exactly British and gets 11 % of
their phonemes wrong, where the American ones are 25 % off. Words that follow no rule have a British entry of their own.
"""

from __future__ import annotations

import regex

_VOWELS = "AIOQWYaeiouæɑɒɔəɛɜɪʊʌᵊᵻ"
_LETTERS = frozenset("aeiouy")
_COLOURING = frozenset(
    "ktdnszvʤʧ"
)  # consonants after which an unstressed e or i keeps its colour: "Nantucket", "Elias"
_NEXT_IS_VOWEL = rf"(?=[ˈˌ]?[{_VOWELS}])"
_NO_VOWEL_NEXT = rf"(?![ˈˌ]?[{_VOWELS}])"

# In this order. What the spelling decides has been settled before.
_RULES = tuple(
    (regex.compile(american), british)
    for american, british in (
        ("T", "t"),  # butter
        ("ᵻ", "ɪ"),  # roses
        (rf"([ɑɔɜ])ɹ{_NEXT_IS_VOWEL}", r"\1ːɹ"),  # Maria, Laura
        (rf"([ɑɔɜɛ])ɹ{_NO_VOWEL_NEXT}", r"\1ː"),  # Carl, George, Kirk, Blair
        (rf"([ɪʊ])ɹ{_NO_VOWEL_NEXT}", r"\1ə"),  # Pierce, Ruhr
        (rf"əɹ{_NO_VOWEL_NEXT}", "ə"),  # Peter
        ("i(?=[əOᵊ])", "ɪ"),  # Julia, Mario
        ("(?<=[ˈˌ])i", "iː"),  # Pete
        ("u", "uː"),  # Luke
        ("O", "Q"),  # Joe
        ("æ", "a"),  # Pat
        ("ɔ(?=[fsθŋɡ])", "ɒ"),  # Ross
        ("ɔ(?!ː)", "ɔː"),  # Paul
    )
)


def british(word: str, american: str) -> str:
    """How a British speaker says ``word``, which an American says as ``american``."""
    phonemes = "".join(_by_spelling(word.lower(), american, place) for place in range(len(american)))
    for pattern, replacement in _RULES:
        phonemes = pattern.sub(replacement, phonemes)
    before, stress, after = phonemes.partition("ˈ")
    return before + stress + after.replace("ˌ", "")  # misaki's British dictionaries mark none behind the main one


def _by_spelling(word: str, american: str, place: int) -> str:
    """One symbol, British where that depends on the letter it is written with."""
    symbol, after = american[place], american[place + 1 : place + 2]
    stressed = american[place - 1 : place] in ("ˈ", "ˌ")
    last = place == len(american) - 1
    before_vowel = after == "ɹ" and american[place + 2 : place + 3] in frozenset(_VOWELS + "ˈˌ")
    match symbol:
        case "ɑ" if after != "ɹ":  # Tom, Chicago, Montana
            return "ɒ" if _letter(word, american, place) == "o" else "ɑː" if stressed or last else "a"
        case "ə" if after in _COLOURING and american[place - 1 : place] != "i":
            return "ɪ" if _letter(word, american, place) in ("e", "i", "y") else "ə"
        case "ɛ" if before_vowel:  # Gary, Terry, Mary
            return {"a": "a", "e": "ɛ"}.get(_letter(word, american, place), "ɛː")
        case "ɪ" if before_vowel:  # Cyril, Vera
            return "ɪ" if _letter(word, american, place) in ("i", "y") else "ɪə"
        case "ʊ" if before_vowel:  # Zürich
            return "ʊə"
        case "i" if after and not stressed and after not in "əOᵊ":  # Hollywood
            return "ɪ"
    return symbol


def _letter(word: str, phonemes: str, place: int) -> str:
    """The vowel letter nearest to where ``phonemes[place]`` would be written."""
    at = place / max(1, len(phonemes) - 1) * (len(word) - 1)
    vowels = [i for i, letter in enumerate(word) if letter in _LETTERS]
    return word[min(vowels, key=lambda i: abs(i - at))] if vowels else ""

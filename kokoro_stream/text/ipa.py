"""The International Phonetic Alphabet → the symbols of Kokoro's vocabulary."""

from __future__ import annotations

import re
import unicodedata

# Diphthongs and affricates are one symbol each; what has none is written with its nearest.
SYMBOLS = {
    "eɪ": "A", "aɪ": "I", "ɔɪ": "Y", "aʊ": "W", "oʊ": "O", "əʊ": "Q",
    "tʃ": "ʧ", "dʒ": "ʤ", "ʦ": "ʦ", "tɕ": "ʨ", "dʑ": "ʥ",
    "ɝ": "ɜɹ", "ɚ": "əɹ", "r": "ɹ", "g": "ɡ", "ɫ": "l", "ʍ": "w", "'": "ˈ", "ɵ": "ʊ", "ʉ": "u", "ɘ": "ə", "ɱ": "m",
}  # fmt: skip
_UNSAID = re.compile("[.‿͜͡|ˑ̯̥̬̚-]")
_SYLLABIC = re.compile("([lmnɹ])\u0329")
_SYMBOL = re.compile("|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True)))
# The International alphabet marks the syllable, Kokoro its vowel.
_STRESS = re.compile("([ˈˌ])([^AIOQWYaeiouyæɐɑɒɔəɚɛɜɞɤɨɪʊʌøœɯᵊᵻˈˌ ]{1,6})(?=[AIOQWYaeiouyæɐɑɒɔəɚɛɜɞɤɨɪʊʌøœɯᵊᵻ])")


def from_ipa(written: str) -> str:
    """``təˈmeɪtoʊ`` → ``təmˈAtO``; symbols that are no phonemes stay, for somebody to complain of."""
    plain = _UNSAID.sub("", unicodedata.normalize("NFD", written).replace("ç", "ç"))
    plain = _SYLLABIC.sub("ᵊ\\1", plain)
    plain = _SYMBOL.sub(lambda found: SYMBOLS[found[0]], plain)
    return _STRESS.sub("\\2\\1", plain)

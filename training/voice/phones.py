"""Kokoro's phoneme symbols as the teacher's phones, and the teacher's phone times as durations of symbols.

The student reads what misaki writes; the teacher (Festival, phone set "radio") is made to say exactly that. So each
word's symbols are parsed into phones here, the teacher speaks the phones, and the time of each phone is handed back to
the symbols it came from. No aligner, no rewriting: the student sees every spelling that misaki uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PAUSE = "pau"
STRESS = "ˈˌ"
LENGTH = "ː"

# Longest first. Each entry: symbols → phones that share their time evenly.
PHONES: dict[str, tuple[str, ...]] = {
    # r-coloured and long vowels (American and British spellings)
    "ɜɹ": ("er",),
    "əɹ": ("er",),
    "ɚ": ("er",),
    "ɜː": ("er",),
    "ɜ": ("er",),
    "iː": ("iy",),
    "uː": ("uw",),
    "ɑː": ("aa",),
    "ɔː": ("ao",),
    "ɛː": ("eh", "r"),
    "ɪə": ("ih", "ax"),
    "iə": ("iy", "ax"),
    "ʊə": ("uh", "ax"),
    # diphthongs
    "A": ("ey",),
    "I": ("ay",),
    "W": ("aw",),
    "Y": ("oy",),
    "O": ("ow",),
    "Q": ("ow",),
    # vowels
    "i": ("iy",),
    "u": ("uw",),
    "ɪ": ("ih",),
    "ᵻ": ("ih",),
    "ɨ": ("ih",),
    "ʊ": ("uh",),
    "ɛ": ("eh",),
    "e": ("eh",),
    "ə": ("ax",),
    "ɐ": ("ax",),
    "ᵊ": ("ax",),
    "ʌ": ("ah",),
    "æ": ("ae",),
    "a": ("ae",),
    "ɑ": ("aa",),
    "ɒ": ("aa",),
    "ɔ": ("ao",),
    "o": ("ow",),
    # consonants
    "ʧ": ("ch",),
    "ʤ": ("jh",),
    "θ": ("th",),
    "ð": ("dh",),
    "ʃ": ("sh",),
    "ʒ": ("zh",),
    "ŋ": ("ng",),
    "ɹ": ("r",),
    "r": ("r",),
    "ɾ": ("t",),
    "T": ("t",),
    "ʔ": ("t",),
    "ɡ": ("g",),
    "h": ("hh",),
    "x": ("k",),
    "j": ("y",),
    "ɫ": ("l",),
    "ɬ": ("l",),
    **{letter: (letter,) for letter in "bdfklmnpstvwz"},
}
VOWELS = frozenset(["aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"])
SINGLE_ONSETS = "b ch d dh f g hh jh k l m n p r s sh t th v w y z zh"
ONSETS = frozenset(
    f"""{SINGLE_ONSETS} b-l b-r b-y d-r d-w f-l f-r f-y g-l g-r g-w hh-y k-l k-r k-w k-y m-y p-l p-r p-y s-f s-k s-l
    s-m s-n s-p s-t s-w sh-r t-r t-w th-r v-y s-k-r s-k-w s-p-l s-p-r s-t-r""".split()
)

# A punctuation mark of ours → what the teacher's phrasing understands.
PUNCTUATION = {",": ",", ";": ";", ":": ":", ".": ".", "!": "!", "?": "?", "…": ",", "—": ",", ")": ","}
SILENT = frozenset('"(“”') | PUNCTUATION.keys()


@dataclass(frozen=True, slots=True)
class Unit:
    """Phones that come from ``symbols[first:last]`` of a chunk; ``stressed`` applies to its vowel."""

    phones: tuple[str, ...]
    first: int
    last: int
    stressed: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two spaces: ``units`` to be spoken and the punctuation that follows them ("" for none).

    ``first``/``last`` is its range in the whole phoneme string. A chunk of punctuation alone has no units.
    """

    units: tuple[Unit, ...]
    punctuation: str
    first: int
    last: int

    @property
    def phones(self) -> list[str]:
        """All phones in order."""
        return [phone for unit in self.units for phone in unit.phones]


def parse(phonemes: str) -> list[Chunk]:
    """Split a phoneme string at its spaces and read each part. Raises KeyError for a symbol the teacher cannot say."""
    chunks, start = [], 0
    for part in phonemes.split(" "):
        if part:
            chunks.append(_chunk(part, start))
        start += len(part) + 1
    return chunks


def _chunk(part: str, offset: int) -> Chunk:
    units: list[Unit] = []
    punctuation, stressed, position = "", False, 0
    while position < len(part):
        symbol = part[position]
        if symbol in STRESS:
            stressed = True
        elif symbol in SILENT:
            if units or symbol in ",.!?;:—…":
                punctuation = PUNCTUATION.get(symbol, punctuation) or punctuation
        elif symbol != LENGTH:
            pair = part[position : position + 2]
            length = 2 if len(pair) == 2 and pair in PHONES else 1
            phones = PHONES[part[position : position + length]]
            vowel = any(phone in VOWELS for phone in phones)
            units.append(Unit(phones, offset + position, offset + position + length, stressed and vowel))
            stressed = stressed and not vowel
            position += length - 1
        position += 1
    return Chunk(tuple(units), punctuation, offset, offset + len(part))


def syllables(units: Sequence[Unit]) -> list[tuple[list[str], bool]]:
    """Phones as syllables with stress, by the longest legal onset. A chunk without a vowel is one syllable."""
    phones = [(phone, unit.stressed and phone in VOWELS) for unit in units for phone in unit.phones]
    nuclei = [i for i, (phone, _) in enumerate(phones) if phone in VOWELS]
    if not nuclei:
        return [([phone for phone, _ in phones], False)]
    borders = [0]
    for left, right in pairwise(nuclei):
        onset = left + 1
        while onset < right and "-".join(phone for phone, _ in phones[onset:right]) not in ONSETS:
            onset += 1
        borders.append(onset)
    borders.append(len(phones))
    return [
        ([phone for phone, _ in phones[start:end]], any(stressed for _, stressed in phones[start:end]))
        for start, end in pairwise(borders)
    ]

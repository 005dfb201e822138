"""Spanish, French, Hindi, Italian and Brazilian Portuguese → Kokoro phonemes, by espeak-ng.

Kokoro was trained on espeak's phonemes in misaki's notation. Words are pronounced together, clause by clause: French
links them ("les amis"), Spanish and Portuguese change sounds where they meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

import regex

from ..text.directions import Say
from ..text.languages.grammar import Grammar
from ..text.languages.normalizer import Normalizer
from ..text.source import SourceText
from .draft import Draft, stretches
from .espeak_library import TIE, espeak_library
from .marks import MARKS
from .utterance import Utterance

# Of a clause that is pronounced as one; the work can grow with the square of these.
MOST_WORDS, MOST_CHARACTERS = 40, 300
WORD_LIMIT = 40  # characters of a word; espeak's buffers are short

# espeak's sounds of several letters → Kokoro's symbols. Hindi's "r." stays: Kokoro was taught that, and has a symbol ɽ
# that it never heard (बड़ा becomes "baza").
NOTATION = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S", "t^s": "ʦ",
    "t^ʃ": "ʧ", "ɔ^ɪ": "Y",
}  # fmt: skip
_DROPPED = str.maketrans("", "", "\u200c\u200d·")  # they join letters in writing, and part sounds in espeak
_PLAIN = regex.compile(r"\p{Lu}?[\p{Ll}\p{Lo}\p{M}'’]+|\p{Lu}")  # a word that espeak says as one, as a rule


class Espeak:
    """Phonemizer of one of espeak's voices. Safe to call from several threads. Raises ImportError or OSError."""

    def __init__(self, voice: str, grammar: Grammar, *, script: str = "Latin") -> None:
        self._library = espeak_library()
        self._voice = voice
        self._normalizer = Normalizer(grammar)
        self._alone = lru_cache(maxsize=4096)(lambda word: len(self._library.words(voice, word)))
        letters = rf"[\p{{Latin}}\p{{{script}}}\p{{M}}\p{{Nd}}--[।॥]]++"
        marks = "".join(map(regex.escape, MARKS))
        self._items = regex.compile(
            rf"(?P<word>{letters}(?:['’\-·\u200c\u200d]{letters})*+)|(?P<mark>[{marks}]|(?<=\s)-(?=\s))"
            r"|(?P<space>\s++)|.",
            regex.DOTALL | regex.V1,
        )

    def normalize(self, text: SourceText) -> SourceText:
        """Numbers, dates, money and signs in words."""
        return self._normalizer(text)

    def phonemize(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
        """What to say for normalised text. Takes any characters at all."""
        draft, run = Draft(text), list[tuple[int, int]]()
        for start, end, preset in stretches(text, says):
            if preset is not None:
                self._add_run(draft, text.text, run)
                draft.add_word(start, end, preset)
                continue
            for item in self._items.finditer(text.text, start, end):
                if item["mark"]:
                    self._add_run(draft, text.text, run)
                    before = text.text[max(item.start() - 1, 0) : item.start()]
                    draft.add_pause(MARKS.get(item[0], "—"), spaced=before.isspace())
                elif item["word"]:
                    for at in range(item.start(), item.end(), WORD_LIMIT):
                        run.append((at, min(at + WORD_LIMIT, item.end())))
                        if len(run) == MOST_WORDS or run[-1][1] - run[0][0] > MOST_CHARACTERS:
                            self._add_run(draft, text.text, run)
                elif not item["space"]:
                    draft.add_silence(*item.span())
        self._add_run(draft, text.text, run)
        return draft.finish()

    def _add_run(self, draft: Draft, text: str, run: list[tuple[int, int]]) -> None:
        """Adds words that follow each other without a pause, and empties ``run``."""
        words = [text[start:end] for start, end in run]
        for first, last, phonemes in self._pronounce(words):
            draft.add_word(run[first][0], run[last - 1][1], phonemes)
        run.clear()

    def _pronounce(self, words: list[str]) -> Iterator[tuple[int, int, str]]:
        """Phonemes of ``words[first:last]``, in order: of one word, or of several that espeak says as one."""
        written = [word.translate(_DROPPED).replace("’", "'") for word in words]
        said = self._library.words(self._voice, " ".join(written)) if words else []
        borders = [0, *accumulate(1 if _PLAIN.fullmatch(word) else self._alone(word) for word in written)]
        if borders[-1] != len(said):
            borders = self._borders(written, len(said))
        groups = list[tuple[int, int, int, int]]()
        for at, (begin, end) in enumerate(pairwise(borders)):
            if groups and (begin == end or groups[-1][2] == groups[-1][3]):  # one of the two says nothing by itself
                groups[-1] = (groups[-1][0], at + 1, groups[-1][2], end)
            else:
                groups.append((at, at + 1, begin, end))
        for first, last, begin, end in groups:
            yield first, last, kokoro(" ".join(said[begin:end]))

    def _borders(self, words: list[str], total: int) -> list[int]:
        """How many of espeak's words the first 0, 1, 2 … ``words`` are; it may join words, and divide one."""
        borders = [0]
        for count in range(1, len(words)):
            heard = len(self._library.words(self._voice, " ".join(words[:count])))
            borders.append(min(max(heard, borders[-1]), total))
        return [*borders, total]


def kokoro(phonemes: str) -> str:
    """espeak's IPA in Kokoro's notation."""
    for sounds, symbol in NOTATION.items():
        phonemes = phonemes.replace(sounds, symbol)
    return phonemes.replace(TIE, "").replace("-", "")

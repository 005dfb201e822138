"""Japanese → Kokoro phonemes: MeCab divides and reads, misaki writes the readings in Kokoro's notation."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from typing import Any

from .mixed import Morpheme

_KATAKANA, _KNOWN = 7, 6  # MeCab's classes of unknown words, and misaki's of what can be read
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_LONGEST_COMPOUND = 8  # morphemes that may be one word of misaki's list
_STOPPED = "ʔ"  # a doubled consonant: it begins in one morpheme and ends in the next


class JapaneseWords:
    """Divides clauses into words with phonemes. Safe to call from several threads. Raises ImportError."""

    script = r"[\p{Han}\p{Hiragana}\p{Katakana}ー々〆〇゛゜ ]"

    def __init__(self) -> None:
        import fugashi  # an extra, as the next one
        import unidic_lite

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # misaki opens its word list in an old way
            from misaki import cutlet
        self._cutlet = cutlet
        # Its __init__ takes the dictionary "unidic" where that is installed, and fails when it lacks its data.
        self._reader = cutlet.Cutlet.__new__(cutlet.Cutlet)
        self._reader.table, self._reader.exceptions = dict(cutlet.HEPBURN), {}
        folder = unidic_lite.DICDIR
        self._tagger = fugashi.Tagger(f'-r "{folder}/mecabrc" -d "{folder}"')
        self._lock = threading.Lock()  # MeCab keeps a sentence's lattice in the tagger

    def __call__(self, clause: str) -> Iterator[Morpheme]:
        """The words of ``clause``, which holds characters that `script` matches."""
        with self._lock:
            nodes = [self._read(node) for node in self._tagger(clause)]
        at, glued = 0, False
        for group in self._compounds(nodes):
            written = "".join(word.surface for word in group)
            start = clause.index(group[0].surface, at)
            for one in group:  # MeCab leaves out the spaces between them
                at = clause.index(one.surface, at) + len(one.surface)
            word = self._cutlet.Word(written, "".join(word.hira for word in group), group[0].char_type)
            phonemes = self._reader._romaji_word(word).replace("っ", "")
            yield Morpheme(start, at, phonemes, glued or phonemes.startswith(_STOPPED))
            glued = phonemes.endswith(_STOPPED)

    def _read(self, node: Any) -> Any:
        reading = node.feature.pron or node.feature.kana or node.surface
        kind = _KNOWN if node.char_type == _KATAKANA or not node.is_unk else node.char_type
        return self._cutlet.Word(node.surface, reading.translate(_TO_HIRAGANA), kind)

    def _compounds(self, words: list[Any]) -> Iterator[list[Any]]:
        """The morphemes, those together that are one word of misaki's list."""
        first = 0
        while first < len(words):
            last = first + 1
            for end in range(min(first + _LONGEST_COMPOUND, len(words)), first + 1, -1):
                kinds = {word.char_type for word in words[first:end]}
                if len(kinds) == 1 and "".join(word.surface for word in words[first:end]) in self._cutlet.JA_WORDS:
                    last = end
                    break
            yield words[first:last]
            first = last

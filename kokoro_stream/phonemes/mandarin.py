"""Mandarin → Kokoro phonemes: jieba divides, pypinyin reads, misaki writes the readings in Kokoro's notation.

The voices of Kokoro v1.0 know the tones as arrows; those of v1.1-zh would need bopomofo.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache

from .mixed import Morpheme


class MandarinWords:
    """Divides clauses into words with phonemes. Safe to call from several threads. Raises ImportError."""

    script = r"[\p{Han}〇々]"

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba looks for pkg_resources, which says of itself that it is old
            import jieba  # an extra, as the next ones
        import pypinyin
        from misaki import zh

        self._pinyin = pypinyin
        self._ipa = zh.ZHG2P.py2ipa
        self._tokenizer = jieba.Tokenizer()
        # What `initialize` does, less its cache: a file in the folder for temporary ones, where anybody may write it.
        self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(self._tokenizer.get_dict_file())
        self._tokenizer.initialized = True
        self._syllables = lru_cache(maxsize=8192)(self._pronounce)

    def __call__(self, clause: str) -> Iterator[Morpheme]:
        """The words of ``clause``, which holds characters that `script` matches."""
        for word, start, end in self._tokenizer.tokenize(clause):
            syllables = self._syllables(word)
            if len(syllables) == end - start and all(syllables):
                yield Morpheme(start, end, "".join(syllables))
                continue
            for at, character in enumerate(word, start):  # something in it cannot be read: the rest can
                yield Morpheme(at, at + 1, "".join(self._syllables(character)))

    def _pronounce(self, word: str) -> tuple[str, ...]:
        """Phonemes of each syllable, "" for what has no reading."""
        style = self._pinyin.Style.TONE3
        read = self._pinyin.lazy_pinyin(word, style=style, neutral_tone_with_five=True, errors=lambda unknown: "")
        return tuple(self._said(syllable) for syllable in read)

    def _said(self, pinyin: str) -> str:
        try:
            return str(self._ipa(pinyin)) if pinyin else ""
        except (ValueError, AssertionError, KeyError):  # interjections such as "hng" beyond misaki's tables
            return ""

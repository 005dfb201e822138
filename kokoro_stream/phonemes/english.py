"""English text → Kokoro phonemes: misaki's lexicon and rules behind our own tokenizer and tagger."""

from __future__ import annotations

import unicodedata

import regex

from ..text.source import SourceText
from .lexicon import Lexicon
from .misaki import Misaki, Spoken
from .spelling import Spelling
from .tags import tag
from .tokens import tokenize
from .utterance import Utterance, Word
from .vocabulary import VOCABULARY

_FOREIGN = regex.compile(r"[\p{L}--\p{Latin}]", regex.V1)
_ENDING = regex.compile(r"(?:['’]s|['’]S|s)$")  # of a possessive or a plural
_REPEATED = 3  # "..." is one pause, and so is a line of dots
_CURRENCIES = frozenset("$£€")  # misaki names them after the number
_PAUSES = frozenset(';:,.!?—…"“”()')  # symbols of the vocabulary that are heard as a pause or a tone, not as sounds


class English:
    """Phonemizer for US or British English. Safe to call from several threads."""

    def __init__(self, *, british: bool = False, lexicon: Lexicon | None = None) -> None:
        self._misaki = Misaki(british=british)
        builtin = Lexicon.builtin(british=british)
        self._lexicon = builtin if lexicon is None else lexicon.over(builtin)
        self._spelling = Spelling(self._misaki, self._lexicon, british=british)

    def phonemize(self, text: SourceText) -> Utterance:
        """What to say for ``text``, whose numbers and symbols have been normalised. Takes any characters at all."""
        tokens = tokenize(text.text, self._keep)
        preset = [self._preset(token.text) for token in tokens]
        tags = tag(tokens, self._misaki.variants)
        draft = _Draft(text)
        for item in self._misaki.speak(tokens, tags, preset, self._spelling.pronounce):
            draft.add(item)
        return draft.finish()

    def _preset(self, word: str) -> str | None:
        """Phonemes that misaki is not asked for: the user's, and nothing for scripts that English has no sounds for."""
        if (own := self._lexicon.get(word)) is not None:
            return own
        if (ending := _ENDING.search(word)) and (own := self._lexicon.get(word[: ending.start()])) is not None:
            return self._misaki.with_s(own)
        return "" if _FOREIGN.match(word) else None

    def _keep(self, word: str) -> bool:
        return word in self._lexicon or (not word.isalnum() and self._misaki.knows(word))


class _Draft:
    """An utterance being put together from what is spoken, in order."""

    def __init__(self, text: SourceText) -> None:
        self._text = text
        self._phonemes: list[str] = []  # one symbol each
        self._words: list[tuple[int, int, int, int]] = []  # ranges in the text and in the phonemes
        self._unspoken: list[tuple[int, int]] = []
        self._space = False  # whether one is due before the next sound
        self._glued_to = -1  # where in the text the last word ended, if only silence follows it

    def add(self, item: Spoken) -> None:
        """The next token."""
        said = [symbol for symbol in item.phonemes.strip() if symbol in VOCABULARY]
        start, end = item.start, item.end
        if not said:
            self._add_silence(start, end)
        elif _PAUSES.issuperset(said):
            self._add_pause(said, self._space and self._text.text[start - 1].isspace())
        else:
            self._add_space()
            first = len(self._phonemes)
            self._phonemes += said
            self._add_word(start, end, first)
        self._space = item.space or (self._space and not said)

    def _add_space(self) -> None:
        if self._space and self._phonemes:
            self._phonemes.append(" ")

    def _add_pause(self, said: list[str], spaced: bool) -> None:
        if spaced:
            self._add_space()
        for symbol in said:
            if self._phonemes[-_REPEATED:] != [symbol] * _REPEATED:
                self._phonemes.append(symbol)

    def _add_word(self, start: int, end: int, first: int) -> None:
        starts, ends = self._text.starts, self._text.ends
        if self._words:
            word_start, word_end, word_first, _ = self._words[-1]
            # "well-known" and all that is said for "$5" are one written word each.
            if self._glued_to == start or starts[start] < ends[word_end - 1]:
                start, first = word_start, word_first
                self._words.pop()
        self._words.append((start, end, first, len(self._phonemes)))
        self._glued_to = end

    def _add_silence(self, start: int, end: int) -> None:
        if self._glued_to == start:
            self._glued_to = end
        said_later = self._text.text[end : end + 1].isdigit() and self._text.text[start:end] in _CURRENCIES
        if not said_later and _should_be_said(self._text.text[start:end]):
            source_start = self._text.starts[start]
            if self._unspoken and self._unspoken[-1][1] >= source_start:
                source_start, _ = self._unspoken.pop()
            self._unspoken.append((source_start, self._text.ends[end - 1]))

    def finish(self) -> Utterance:
        """The whole."""
        phonemes = "".join(self._phonemes)
        words = tuple(
            Word(
                self._text.text[start:end],
                phonemes[first:last],
                self._text.starts[start],
                self._text.ends[end - 1],
                first,
                last,
            )
            for start, end, first, last in self._words
        )
        return Utterance(phonemes, words, tuple(self._unspoken))


def _should_be_said(text: str) -> bool:
    """Whether silence for ``text`` would lose something: letters, digits and symbols do, punctuation does not."""
    return any(unicodedata.category(c)[0] in "LNS" or unicodedata.category(c) in ("Cs", "Co", "Cn") for c in text)

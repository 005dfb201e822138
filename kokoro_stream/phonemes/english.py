"""English text → Kokoro phonemes: misaki's lexicon and rules behind our own tokenizer and tagger."""

from __future__ import annotations

import copy
import functools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import regex

from ..text.directions import Say
from ..text.normalize import normalize
from ..text.source import SourceText
from .assembly import assemble
from .given import Given, cut_out, given
from .lexicon import Lexicon
from .linking import Linker, Reading
from .misaki import Misaki, Spoken
from .neighbours import opens
from .spelling import Spelling
from .tags import tag
from .tokens import Token, tokenize
from .utterance import Utterance

_FOREIGN = regex.compile(r"[\p{L}--\p{Latin}]", regex.V1)
_ENDING = regex.compile(r"(?:['’]s|['’]S|s)$")  # of a possessive or a plural
_CLOSING = " \t\r\n)]}\"'”’»"  # behind the last full stop of a text; more text may make an abbreviation of its word
_QUOTES = frozenset("\"'‘’")
# How many tokens ahead the tags of some words look; homographs that are not here look one ahead, or two where a request
# may begin.
_LOOKING_AHEAD = {"a": 1, "in": 1, "that": 1, "used": 2, "read": 2, "reread": 2}
_FURTHEST = max(_LOOKING_AHEAD.values())
_CACHED = 8192
_CACHED_LEXICONS = 8  # a service's own is used by all its speeches


class English:
    """Phonemizer for US or British English. Safe to call from several threads."""

    def __init__(self, *, british: bool = False) -> None:
        self._british = british
        self._misaki = Misaki(british=british)
        self._builtin = Lexicon.builtin(british=british)
        self._own: Lexicon | None = None
        self._spelling = Spelling(self._misaki, self._builtin, british=british)
        self._linker = Linker(self._misaki, self._spelling.pronounce)
        self._preset = functools.lru_cache(_CACHED)(self._preset_of)
        self._looks_ahead = functools.lru_cache(_CACHED)(self._tokens_ahead)
        self._resolved = functools.lru_cache(_CACHED_LEXICONS)(lambda own: own.resolved(self._respelled))

    def using(self, own: Lexicon) -> Self:
        """The same language with somebody's own pronunciations, which win over every other. Cheap after the first time.

        Raises `InputError` for a respelling that says nothing.
        """
        taught = copy.copy(self)
        taught._own = self._resolved(own)
        return taught

    def normalize(self, text: SourceText) -> SourceText:
        """Numbers, dates, abbreviations … in words."""
        return normalize(text, british=self._british)

    def phonemize(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
        """What to say for ``text``, whose numbers and symbols have been normalised. Takes any characters at all."""
        return assemble(text, self.spoken(text, says))

    def spoken(self, text: SourceText, says: Sequence[Say] = ()) -> list[Spoken]:
        """What is said, token by token."""
        return self._linker.link(self._read(text, says))

    def certain(self, text: SourceText, says: Sequence[Say] = ()) -> list[Spoken]:
        """The first of `spoken`, as far as they stay the same however the text goes on."""
        reading = self._read(text, says)
        return self._linker.certain(reading, self._final(text.text, reading.tokens))

    def _respelled(self, respelling: str) -> str:
        return self.phonemize(self.normalize(SourceText.of(respelling))).phonemes

    def _read(self, text: SourceText, says: Sequence[Say]) -> Reading:
        tokens = tokenize(text.text, self._keep)
        ranges = given(text, says, self._own.phrases(text.text) if self._own is not None else ())
        if ranges:
            tokens = cut_out(tokens, text.text, ranges)
        preset = [self._pronunciation(token.text) for token in tokens]
        if ranges:
            self._put_in(tokens, preset, ranges)
        return Reading(tokens, tag(tokens, self._misaki.variants), preset)

    def _put_in(self, tokens: list[Token], preset: list[str | None], ranges: Sequence[Given]) -> None:
        """The given phonemes in place; an ending written behind them ("[GIF](/ʤˈɪf/)s") is said with them."""
        phonemes = {start: said for start, _, said in ranges}
        for i, token in enumerate(tokens):
            if (said := phonemes.get(token.start)) is None:
                continue
            behind = tokens[i + 1] if i + 1 < len(tokens) and not token.space else None
            if behind is not None and behind.start == token.end and _ENDING.fullmatch(behind.text):
                tokens[i] = replace(behind, text=token.text + behind.text, start=token.start)
                said = self._misaki.with_s(said)
                del tokens[i + 1], preset[i + 1]
            preset[i] = said

    def _final(self, text: str, tokens: Sequence[Token]) -> int:
        """How many tokens and their tags stay the same however the text goes on."""
        end, solid = _word_start(text, len(text)), len(text.rstrip(_CLOSING))
        if text[solid - 1 : solid] == ".":
            end = min(end, _word_start(text, solid))
        if self._own is not None:
            end = min(end, self._own.unfinished(text))
        known = bisect_right(tokens, end, key=lambda token: token.end)
        first = max(0, known - _FURTHEST)
        return next((i for i in range(first, known) if i + self._looks_ahead(*_pair(tokens, i)) >= known), known)

    def _tokens_ahead(self, before: str, word: str) -> int:
        lower = word.lower()
        if (ahead := _LOOKING_AHEAD.get(lower)) is not None:
            return ahead
        if self._misaki.variants(word) or self._misaki.variants(lower):
            return 1 + opens(before)
        return int(word in _QUOTES)

    def _keep(self, word: str) -> bool:
        """Whether the tokenizer leaves ``word`` whole."""
        if word in self._builtin or (self._own is not None and word in self._own):
            return True
        return not word.isalnum() and self._misaki.knows(word)

    def _pronunciation(self, word: str) -> str | None:
        if self._own is not None and (said := self._entry(self._own, word)) is not None:
            return said
        return self._preset(word)

    def _preset_of(self, word: str) -> str | None:
        """What this package brings, and nothing for scripts that English has no sounds for."""
        if (said := self._entry(self._builtin, word)) is not None:
            return said
        if (said := self._spelling.oddly_written(word)) is not None:
            return said
        return "" if _FOREIGN.match(word) else None

    def _entry(self, lexicon: Lexicon, word: str) -> str | None:
        if (said := lexicon.get(word)) is not None:
            return said
        if (ending := _ENDING.search(word)) and (said := lexicon.get(word[: ending.start()])) is not None:
            return self._misaki.with_s(said)
        return None


def _pair(tokens: Sequence[Token], i: int) -> tuple[str, str]:
    """The token before, "" when there is none, and the token."""
    return tokens[i - 1].text if i else "", tokens[i].text


def _word_start(text: str, end: int) -> int:
    """Where the run of characters before ``end`` begins that holds no white space."""
    return next((at for at in range(end, 0, -1) if text[at - 1].isspace()), 0)

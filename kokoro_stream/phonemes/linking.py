"""Tagged tokens → what is said, with the links between words: "the apple", "want to eat", "used to".

Misaki goes through a text from right to left and hands on only whether a vowel or a pause follows, and whether "to"
does. So a run of tokens written without a space is a function of itself and of that context: misaki is asked for each
run once, and a text that goes on can be told which of its words no continuation will change.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import regex

from .misaki import Fallback, Misaki, Spoken, kokoro_notation
from .tokens import Token

_CACHED = 8192  # runs in their contexts; some 4 MB
_CURRENCIES = frozenset("$£€")  # misaki carries them over the numbers and marks behind them
_MARKS = frozenset(("#", ".", ",", ":", "-LRB-", "-RRB-", "``", "''", '""', "NFP"))  # tags
_CARRYING = _MARKS | {"CD", "$"}
_PLAIN = regex.compile(r"[A-Za-z][a-z]*|[A-Z]+")  # one word to misaki, whatever stands around it
_LISTENER = "listener"  # tag of a token in front of each run, to see what the run hands on


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens and how they are to be read, side by side. ``preset`` phonemes win over every lexicon."""

    tokens: Sequence[Token]
    tags: Sequence[str]
    preset: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What follows: a vowel (None: a pause, or nothing), and the word "to"."""

    vowel: bool | None = None
    to: bool = False


_Piece = tuple[str, int, int, bool]  # phonemes, the range of the run's tokens, whether a space follows
_Run = tuple[tuple[str, str, bool, str | None], ...]  # text, tag, space and preset phonemes of each token

_END = Context()
_CONTEXTS = tuple(Context(vowel, to) for vowel in (None, False, True) for to in (False, True))
_FOLLOWING = {None: ",", False: "b", True: "æ"}  # phonemes that make the context


class Linker:
    """Speaks readings through misaki. ``fallback(word, tag)`` pronounces words that it does not know, or answers "".

    Safe to call from several threads.
    """

    def __init__(self, misaki: Misaki, fallback: Fallback) -> None:
        self._misaki = misaki
        self._fallback = fallback
        self._said = functools.lru_cache(_CACHED)(self._say)

    def link(self, reading: Reading) -> list[Spoken]:
        """What is said for all tokens, in order."""
        spoken: list[list[Spoken]] = []
        context = _END
        for first, last in reversed(_runs(reading)):
            pieces, context = self._said(_run(reading, first, last), context)
            spoken.append(_placed(pieces, reading.tokens[first:last]))
        return [item for run in reversed(spoken) for item in run]

    def certain(self, reading: Reading, final: int) -> list[Spoken]:
        """What is said for the first tokens, as far as nothing that may follow changes it.

        Up to ``final`` tokens and tags will stay what they are; the reading behind them may still become another.
        """
        runs = [(first, last) for first, last in _runs(reading) if last <= final]
        if runs and _open_currency(reading, *runs[-1]):
            runs.pop()
        contexts = set(_CONTEXTS)
        said: list[set[tuple[_Piece, ...]]] = []
        for first, last in reversed(runs):
            run = _run(reading, first, last)
            results = [self._said(run, context) for context in contexts]
            said.append({pieces for pieces, _ in results})
            contexts = {context for _, context in results}
        spoken: list[Spoken] = []
        for (first, last), choices in zip(runs, reversed(said), strict=True):
            if len(choices) > 1:
                break
            spoken += _placed(choices.pop(), reading.tokens[first:last])
        return spoken

    def _say(self, run: _Run, after: Context) -> tuple[tuple[_Piece, ...], Context]:
        """The run in front of that context, and the context it makes for what stands before it."""
        text, tag, _, preset = run[0]
        if len(run) == 1 and preset is None and _PLAIN.fullmatch(text):
            return self._say_word(text, tag, after)
        misaki, listening = self._misaki, _Listening(self._misaki.lexicon)
        mtokens = [misaki.token("x", _LISTENER, space=True)]
        for at, (text, tag, space, preset) in enumerate(run):
            mtokens.append(misaki.token(text, tag, space, preset, (at, at + 1)))
        mtokens[-1].whitespace = " "
        mtokens.append(misaki.token("to" if after.to else "x", "NN", False, _FOLLOWING[after.vowel]))
        g2p = misaki.en.G2P.__new__(misaki.en.G2P)  # its __init__ would load spaCy
        g2p.version, g2p.unk, g2p.lexicon = None, "", listening
        g2p.tokenize = lambda *_: mtokens  # instead of spaCy's
        g2p.fallback = lambda mtoken: (self._fallback(mtoken.text, mtoken.tag), 1)
        _, spoken = g2p("", preprocess=False)
        pieces = tuple((t.phonemes or "", int(t.start_ts), int(t.end_ts), bool(t.whitespace)) for t in spoken[1:-1])
        return pieces, listening.heard

    def _say_word(self, text: str, tag: str, after: Context) -> tuple[tuple[_Piece, ...], Context]:
        """The same for a word that misaki neither takes apart nor puts together with others; several times faster."""
        misaki, mtoken = self._misaki, self._misaki.token(text, tag)
        context = misaki.en.TokenContext(after.vowel, after.to)
        phonemes, _ = misaki.lexicon(mtoken, context)
        if phonemes is None:
            phonemes = self._fallback(text, tag)
        heard = misaki.en.G2P.token_context(context, phonemes, mtoken)
        return ((kokoro_notation(phonemes), 0, 1, True),), Context(heard.future_vowel, heard.future_to)


class _Listening:
    """Misaki's lexicon, noting the context in which the listener is asked for."""

    def __init__(self, lexicon: Any) -> None:
        self.lexicon = lexicon
        self.heard = _END

    def __call__(self, mtoken: Any, context: Any) -> tuple[str | None, int | None]:
        if mtoken.tag != _LISTENER:
            answer: tuple[str | None, int | None] = self.lexicon(mtoken, context)
            return answer
        self.heard = Context(context.future_vowel, context.future_to)
        return "", 5


def _runs(reading: Reading) -> list[tuple[int, int]]:
    """Ranges of tokens that misaki may be asked for alone.

    It looks at tokens together that no space, mark or given pronunciation separates, and carries a currency further.
    """
    tokens = reading.tokens
    borders = [0]
    apart, currency = True, False
    for i, token in enumerate(tokens):
        alone = reading.preset[i] is not None or _is_mark(token.text, reading.tags[i])
        if (alone or apart) and i and not currency:
            borders.append(i)
        currency = (currency and _carries(reading, i)) or token.text in _CURRENCIES
        apart = alone or token.space
    return list(pairwise([*borders, len(tokens)])) if tokens else []


def _is_mark(text: str, tag: str) -> bool:
    return tag in _MARKS and not any(c.isalpha() for c in text)


def _carries(reading: Reading, i: int) -> bool:
    return reading.preset[i] is not None or reading.tags[i] in _CARRYING


def _open_currency(reading: Reading, first: int, last: int) -> bool:
    """Whether the run ends only because the text does, so that a number to come may still belong to it."""
    held = any(reading.tokens[i].text in _CURRENCIES for i in range(first, last))
    ends = reading.tokens[last - 1].text in _CURRENCIES or _carries(reading, last - 1)
    return held and ends and last == len(reading.tokens)


def _run(reading: Reading, first: int, last: int) -> _Run:
    return tuple(
        (reading.tokens[i].text, reading.tags[i], reading.tokens[i].space and i + 1 < last, reading.preset[i])
        for i in range(first, last)
    )


def _placed(pieces: Sequence[_Piece], tokens: Sequence[Token]) -> list[Spoken]:
    return list(_places(pieces, tokens))


def _places(pieces: Sequence[_Piece], tokens: Sequence[Token]) -> Iterator[Spoken]:
    for phonemes, first, last, space in pieces:
        # Misaki is shown a space behind every run.
        yield Spoken(phonemes, tokens[first].start, tokens[last - 1].end, space and tokens[last - 1].space)

"""The user's own pronunciations: word or phrase → phonemes, or a respelling in plain English words.

In TOML, one entry a line::

    nginx = "engine x"                                     # respelled
    Nguyen = "/wˈɪn/"                                      # phonemes, between slashes
    "New Relic" = "new rellick"                            # a phrase
    polish = { respelling = "pole ish", case = "exact" }   # not "Polish"

An entry in lower case answers for the word in any case, one with capitals only for the word written just so ("us" and
"US" may differ); ``case`` says otherwise ("any", "exact").
"""

from __future__ import annotations

import bisect
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import regex

from ..errors import InputError
from .names import Names
from .vocabulary import VOCABULARY

MAX_ENTRIES = 20_000  # some 4 MB; more than that is a dictionary, not a user's exceptions
MAX_RESPELLINGS = 2_000  # each is phonemized when it is loaded: a second in all
MAX_TEXT = 1_000_000  # characters of a lexicon file; room for MAX_ENTRIES
MAX_WRITTEN = 80  # characters of a word or phrase
MAX_WORD = 40  # characters of each of its words; the tokenizer cuts longer ones
MAX_SAID = 80  # symbols of a pronunciation; two a letter are plenty

_RESPELLING = regex.compile(r"[A-Za-z]++(?:['’ -]++[A-Za-z]++)*+")
_PIECES = regex.compile(r"([\p{L}\p{M}\p{N}]++|\S)(\s*+)")


class Words(Protocol):
    """Whatever knows how words are said."""

    def get(self, word: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class _Entry:
    written: str
    said: str
    phonemes: bool  # else ``said`` is a respelling
    exact: bool

    def key(self) -> str:
        return self.written if self.exact else self.written.lower()


class Lexicon:
    """Pronunciations that win over every other source. Raises `InputError` naming the entry that cannot be used.

    Respellings are said only once `resolved` has turned them into phonemes.
    """

    def __init__(self, entries: Mapping[str, Any] | None = None) -> None:
        self._below: tuple[Words, ...] = ()
        if len(entries or ()) > MAX_ENTRIES:
            raise InputError("lexicon", f"{len(entries or ())} entries, {MAX_ENTRIES} are allowed")
        self._fill(_parsed(written, value) for written, value in (entries or {}).items())
        if (respelled := sum(not entry.phonemes for entry in self._entries.values())) > MAX_RESPELLINGS:
            raise InputError("lexicon", f"{respelled} respellings, {MAX_RESPELLINGS} are allowed; use phonemes")

    @classmethod
    def parse(cls, text: str) -> Lexicon:
        """From TOML, as the module shows."""
        if len(text) > MAX_TEXT:
            raise InputError("lexicon", f"{len(text)} characters, {MAX_TEXT} are allowed")
        try:
            return cls(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError("lexicon", f'lines must be word = "respelling" (TOML): {error}') from error

    @classmethod
    def builtin(cls, *, british: bool = False) -> Lexicon:
        """The names, brands and technical words that this package brings."""
        return cls().over(Names(british=british))

    def over(self, below: Words) -> Lexicon:
        """Both, with this one's entries where they differ."""
        both = self._of(self._entries.values())
        both._below = (*self._below, below)
        return both

    def resolved(self, say: Callable[[str], str]) -> Lexicon:
        """With phonemes for every respelling; ``say`` phonemizes plain English text."""
        if all(entry.phonemes for entry in self._entries.values()):
            return self
        return self._of(entry if entry.phonemes else _resolved(entry, say) for entry in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def get(self, word: str) -> str | None:
        """The phonemes to say for ``word``, or None."""
        entry = self._entry(word)
        if entry is not None and entry.phonemes:
            return entry.said
        return next((said for below in self._below if (said := below.get(word)) is not None), None)

    def phrases(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where ``text`` holds entries of several words, the longest first to begin: ranges and their phonemes."""
        pieces = list(_PIECES.finditer(text)) if self._phrases else []
        at = 0
        while at < len(pieces):
            after, phonemes = self._longest(pieces, at)
            if after > at:
                yield pieces[at].start(), pieces[after - 1].end(1), phonemes
            at = max(after, at + 1)

    def unfinished(self, text: str) -> int:
        """Where in ``text`` an entry of several words begins that more text may complete, or its length."""
        pieces = list(_PIECES.finditer(text[-2 * MAX_WRITTEN :])) if self._phrases else []
        before = max(0, len(text) - 2 * MAX_WRITTEN)
        for at, piece in enumerate(pieces):
            if self._begins("".join(map(_written, pieces[at:]))):
                start: int = piece.start()
                return before + start
        return len(text)

    def _longest(self, pieces: Sequence[regex.Match[str]], at: int) -> tuple[int, str]:
        """The end of the longest phrase that begins at ``pieces[at]``, and its phonemes; ``at`` if there is none."""
        end, phonemes, written = at, "", ""
        for after, piece in enumerate(pieces[at : at + MAX_WRITTEN], at + 1):
            entry = self._entry(written + piece[1]) if " " in written else None
            if entry is not None and entry.phonemes:
                end, phonemes = after, entry.said
            written += _written(piece)
            if not self._begins(written):
                break
        return end, phonemes

    def _begins(self, written: str) -> bool:
        folded = written.lower()
        place = bisect.bisect_right(self._phrases, folded)
        return place < len(self._phrases) and self._phrases[place].startswith(folded)

    def _entry(self, written: str) -> _Entry | None:
        return self._entries.get(written) or self._loose.get(written.lower())

    def _fill(self, entries: Iterable[_Entry]) -> None:
        self._entries = {entry.key(): entry for entry in entries}
        self._loose = {key: entry for key, entry in self._entries.items() if not entry.exact}
        self._phrases = sorted({entry.written.lower() for entry in self._entries.values() if " " in entry.written})

    def _of(self, entries: Iterable[_Entry]) -> Lexicon:
        lexicon = Lexicon()
        lexicon._fill(entries)
        lexicon._below = self._below
        return lexicon


def _written(piece: regex.Match[str]) -> str:
    word: str = piece[1]
    return word + " " * bool(piece[2])


def _parsed(written: str, value: object) -> _Entry:
    words = " ".join(written.split())
    if not 0 < len(words) <= MAX_WRITTEN or max(map(len, words.split())) > MAX_WORD:
        raise InputError(
            "lexicon", f"{written[:MAX_WORD]!r} must be words of at most {MAX_WORD} characters, {MAX_WRITTEN} in all"
        )
    said, phonemes, case = _said(words, value)
    exact = words != words.lower() if case is None else case == "exact"
    entry = _Entry(words, " ".join(said.split()), phonemes, exact)
    _check(entry)
    return entry


def _said(words: str, value: object) -> tuple[str, bool, object]:
    """What an entry's value says, whether in phonemes, and its ``case``."""
    match value:
        case str():
            slashes = len(value) > 1 and value[0] == value[-1] == "/"
            # No English word is written with a stress mark: what has one is phonemes without their slashes.
            return (value[1:-1], True, None) if slashes else (value, not _plain(value), None)
        case {"phonemes": str(said), **rest} if rest.keys() <= {"case"} and _cased(rest):
            return said.strip("/"), True, rest.get("case")
        case {"respelling": str(said), **rest} if rest.keys() <= {"case"} and _cased(rest):
            return said, False, rest.get("case")
    raise InputError(
        "lexicon",
        f'{words!r} needs plain words ("win"), phonemes ("/wˈɪn/") or one of them in a table, as in '
        '{ respelling = "win", case = "exact" }; case is "any" or "exact"',
    )


def _plain(text: str) -> bool:
    return text.isascii() or _RESPELLING.fullmatch(text) is not None


def _cased(table: Mapping[Any, object]) -> bool:
    return table.get("case", "any") in ("any", "exact")


def _check(entry: _Entry) -> None:
    if not 0 < len(entry.said) <= MAX_SAID:
        raise InputError("lexicon", f"{entry.written!r} needs between 1 and {MAX_SAID} symbols that say it")
    if entry.phonemes and (strange := sorted(set(entry.said) - VOCABULARY.keys())):
        raise InputError("lexicon", f"{entry.written!r}: no phonemes are {' '.join(map(repr, strange))}")
    if not entry.phonemes and not _RESPELLING.fullmatch(entry.said):
        raise InputError(
            "lexicon", f"{entry.written!r} is respelled {entry.said!r}: use English words, or phonemes between slashes"
        )


def _resolved(entry: _Entry, say: Callable[[str], str]) -> _Entry:
    phonemes = say(entry.said)
    if not phonemes or len(phonemes) > 2 * MAX_SAID:
        raise InputError("lexicon", f"{entry.written!r}: {entry.said!r} cannot be said; use phonemes between slashes")
    return replace(entry, said=phonemes, phonemes=True)

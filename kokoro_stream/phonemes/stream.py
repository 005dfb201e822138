"""Phonemes word by word, while the text is still coming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ..text.directions import Say
from ..text.source import EMPTY, SourceText
from .assembly import REPEATED, assemble
from .misaki import Spoken
from .tokens import WORD_LIMIT
from .utterance import NOTHING, Utterance

# Written words kept as context of those to come: twice what any tag looks back.
LEFT = 8
LEFT_CHARACTERS = LEFT * WORD_LIMIT  # the most of them, for text without white space


@runtime_checkable
class WordByWord(Protocol):
    """A language that can tell what it will say whatever follows; `English` is one."""

    def spoken(self, text: SourceText, says: Sequence[Say] = ()) -> list[Spoken]:
        """What is said, token by token."""
        ...

    def certain(self, text: SourceText, says: Sequence[Say] = ()) -> list[Spoken]:
        """The first of `spoken`, as far as they stay the same however the text goes on."""
        ...


class PhonemeStream:
    """One sentence, fed as it comes → what is certain to be said of it, each word as soon as nothing can change it.

    The text must be normalised. However it is cut, the utterances put together (`Utterance.join`) are what `phonemize`
    makes of the whole; an utterance opens with the space that stands between it and the one before. ``says`` are the
    caller's phonemes for ranges of the text fed with them.
    """

    def __init__(self, language: WordByWord) -> None:
        self._language = language
        self._text = EMPTY  # the last of what has been said, as context, and what is still to be said
        self._at = 0  # where the latter begins
        self._says: list[Say] = []
        self._behind = ""  # the last phonemes

    def feed(self, text: SourceText, says: Sequence[Say] = ()) -> Utterance:
        """Take more text; return what is certain now."""
        self._text += text
        self._says += says
        if not any(character.isspace() for character in text.text):
            return NOTHING
        return self._say(self._text, self._language.certain(self._text, self._says))

    def settle(
        self, text: SourceText, after: SourceText, says: Sequence[Say] = (), *, more: bool = False
    ) -> Utterance | None:
        """Take ``text`` and return all that is not said yet, as it is said in front of ``after``, which is not taken.

        None if ``more`` is to come behind ``after`` that may change it; then nothing has been taken.
        """
        taken, says = self._text + text, [*self._says, *says]
        whole = taken + after
        spoken = self._language.certain(whole, says) if more else self._language.spoken(whole, says)
        if more and (not spoken or spoken[-1].end < len(taken.text.rstrip())):
            return None
        self._text, self._says = taken, says
        inside = [item for item in spoken if item.start < len(taken)]
        return self._say(whole, inside, len(taken))

    def flush(self) -> Utterance:
        """What has not been said yet. What comes next is another sentence."""
        rest = self.settle(EMPTY, EMPTY) or NOTHING
        self.reset()
        return rest

    def reset(self) -> None:
        """Forget everything: what comes next is another sentence."""
        self._text, self._at, self._says, self._behind = EMPTY, 0, [], ""

    def _say(self, text: SourceText, spoken: Sequence[Spoken], end: int | None = None) -> Utterance:
        """What of it has not been said yet, up to ``end`` (None: as far as a written word is complete)."""
        new = [item for item in spoken if item.start >= self._at]
        if end is None:
            while new and not _ends_word(text, new[-1].end):
                new.pop()
            end = new[-1].end if new else self._at
        utterance = assemble(text, new, self._behind)
        self._behind = (self._behind + utterance.phonemes)[-REPEATED:]
        self._forget(end)
        return utterance

    def _forget(self, said: int) -> None:
        """Keep of what has been said only what words to come may depend on."""
        start = _words_back(self._text.text, said, LEFT)
        if start > 0:
            self._text = self._text[start:]
            self._says = [say for say in self._says if say.end > self._text.start]
        self._at = said - start


def _ends_word(text: SourceText, at: int) -> bool:
    """Whether what is said up to there stands apart from the rest, in the text and in its source."""
    return at < len(text) and text.text[at].isspace() and text.starts[at] >= text.ends[at - 1]


def _words_back(text: str, at: int, words: int) -> int:
    """Where the last ``words`` words before ``at`` begin, white space in front of them included."""
    first = max(0, at - LEFT_CHARACTERS)
    while words and at > first:
        at -= 1
        if text[at].isspace() and not text[at + 1 : at + 2].isspace():
            words -= 1
    return at

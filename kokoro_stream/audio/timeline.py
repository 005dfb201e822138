"""Words ↔ characters of the text as sent ↔ time: when a word sounds, and what had been heard when somebody cut in."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from ..events import Interrupted, TimedWord
from ..phonemes.utterance import Utterance

# Players report whole milliseconds, usually rounded down: the end counts as reached from here on.
ROUNDING_MS = 1.0


def spans_of(
    utterance: Utterance,
    durations: NDArray[np.integer],
    *,
    samples_per_unit: int,
    lead: int = 0,
    space: float | None = None,
    audible: NDArray[np.bool_] | None = None,
) -> tuple[tuple[int, int], ...]:
    """Of each word, the samples of its segment at which it begins and ends.

    ``durations`` [phonemes + 2] are those of the tokens, padding at both ends included, in units of
    ``samples_per_unit`` samples. A symbol sounds ``lead`` samples before they say. Of a space between two words, the
    part ``space`` sounds as the end of the first and the rest as the beginning of the other; None: neither. ``audible``
    tells, for each of as many equal parts as it has of the segment, whether the model makes it sound: beside a pause a
    word begins and ends where the sound does, since the durations there take in what of the pause has no symbol of its
    own.

    Raises `ValueError` when durations and phonemes differ in number.
    """
    if len(durations) != len(utterance.phonemes) + 2:
        raise ValueError(f"{len(durations)} durations for {len(utterance.phonemes)} phonemes and two paddings")
    borders = np.cumsum(durations) * samples_per_unit  # borders[i]: where phoneme i begins
    # A curve that never says so is not of the kind that tells.
    sound = _Sound(audible, int(borders[-1])) if audible is not None and audible.any() else None
    spans = []
    floor, spoken = 0, 0  # before the word: where the one in front of it ends, in samples and in phonemes
    for word, following in zip_longest(utterance.words, utterance.words[1:]):
        begin, end = max(0, int(borders[word.first]) - lead), max(0, int(borders[word.last]) - lead)
        next_phoneme = following.first if following else len(utterance.phonemes)
        pause_before = not spoken or _may_pause(utterance.phonemes[spoken : word.first])
        pause_behind = following is None or _may_pause(utterance.phonemes[word.last : next_phoneme])
        if space is not None and not pause_before:
            begin = floor
        if space is not None and not pause_behind:
            end += round(space * int(borders[next_phoneme] - borders[word.last]))
        if sound is not None and pause_before:
            onset = sound.onset(floor, begin, end)
            begin = begin if onset is None else onset
        if sound is not None and pause_behind:
            offset = sound.offset(begin, int(borders[word.last]))
            end = end if offset is None else offset
        spans.append((begin, end))
        floor, spoken = end, word.last
    return tuple(spans)


class Timeline:
    """The words of one speech. Their times never decrease; sixteen bytes are kept of a word once it has been taken."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._starts_ms = array("d")
        self._char_ends = array("q")
        self._ahead: deque[TimedWord] = deque()  # not longer than what has been synthesised and not yet handed out
        self._last_end_ms = 0.0
        self._whole: tuple[float, int] | None = None

    def add(
        self, utterance: Utterance, spans: Sequence[tuple[int, int]], *, start: int, trimmed: int = 0
    ) -> tuple[TimedWord, ...]:
        """The words of the next segment with their times.

        ``spans`` are the words' (`spans_of`); ``start`` is the sample of the speech at which the segment's audio begins
        and ``trimmed`` the number of samples cut off in front of it.
        """
        words = []
        for word, (begin, end) in zip(utterance.words, spans, strict=True):
            begin_ms = self._later_of(self._last_end_ms, start + max(0, begin - trimmed))
            end_ms = self._later_of(begin_ms, start + max(0, end - trimmed))
            self._last_end_ms = end_ms
            words.append(TimedWord(word.text, begin_ms, end_ms, word.start, word.end))
            self._starts_ms.append(begin_ms)
            self._char_ends.append(word.end)
        self._ahead.extend(words)
        return tuple(words)

    def take(self, until_ms: float) -> tuple[TimedWord, ...]:
        """The words that begin before ``until_ms`` and have not been taken yet."""
        taken = []
        while self._ahead and self._ahead[0].start_ms < until_ms:
            taken.append(self._ahead.popleft())
        return tuple(taken)

    def finish(self, *, samples: int, characters: int) -> None:
        """The speech is complete: whoever hears all its ``samples`` has heard all ``characters``, spoken or not."""
        self._whole = (samples * 1000 / self._sample_rate, characters)

    def heard(self, played_ms: float) -> int:
        """Offset behind the last word that had begun to sound after ``played_ms`` of audio; 0 before the first."""
        if self._whole is not None and played_ms > self._whole[0] - ROUNDING_MS:
            return self._whole[1]
        begun = bisect_left(self._starts_ms, played_ms)
        return self._char_ends[begun - 1] if begun else 0

    def interrupted(self, text: str, *, sent_ms: float, played_ms: float) -> Interrupted:
        """What a listener had heard of ``text``, the text as sent, when playback stopped at ``played_ms``.

        Nobody has played more than was sent: a larger ``played_ms`` counts as ``sent_ms``.
        """
        played_ms = min(max(played_ms, 0.0), sent_ms)
        index = self.heard(played_ms)
        return Interrupted(sent_ms, played_ms, text[:index], text[index:], index)

    def _later_of(self, earliest_ms: float, sample: int) -> float:
        return max(earliest_ms, sample * 1000 / self._sample_rate)


class _Sound:
    """Where a segment of so many ``samples`` is audible. Positions are samples."""

    def __init__(self, audible: NDArray[np.bool_], samples: int) -> None:
        self._audible, self._size = audible, samples / len(audible)

    def onset(self, floor: int, begin: int, end: int) -> int | None:
        """Where the sound begins that is heard at ``begin``, or else next before ``end``.

        None where it has lasted since ``floor``: that is not a pause.
        """
        first, middle, last = self._point(floor), self._point(begin), self._point(end)
        quiet = np.flatnonzero(~self._audible[first : middle + 1])
        if not len(quiet):
            return None
        heard = np.flatnonzero(self._audible[first + quiet[-1] : last])
        return round((first + int(quiet[-1] + heard[0])) * self._size) if len(heard) else None

    def offset(self, begin: int, end: int) -> int | None:
        """Where the last sound ends that is heard between; None where it lasts until ``end``."""
        first, last = self._point(begin), self._point(end)
        heard = np.flatnonzero(self._audible[first:last])
        if not len(heard) or first + heard[-1] + 1 == last:
            return None
        return round((first + int(heard[-1]) + 1) * self._size)

    def _point(self, sample: int) -> int:
        return min(max(0, int(sample / self._size)), len(self._audible))


def _may_pause(between: str) -> bool:
    """Words that only a space divides are spoken without a pause: what is quiet there is the closure of a stop."""
    return bool(between.strip())

"""Words ↔ characters of the text as sent ↔ time: when a word sounds, and what had been heard when somebody cut in."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque

import numpy as np
from numpy.typing import NDArray

from ..events import Interrupted, TimedWord
from ..phonemes.utterance import Utterance

# Players report whole milliseconds, usually rounded down: the end counts as reached from here on.
ROUNDING_MS = 1.0


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
        self,
        utterance: Utterance,
        durations: NDArray[np.integer],
        *,
        samples_per_unit: int,
        start: int,
        trimmed: int = 0,
    ) -> tuple[TimedWord, ...]:
        """The words of the next segment with their times.

        ``durations`` [phonemes + 2] are those of the tokens, padding at both ends included, in units of
        ``samples_per_unit`` samples; ``start`` is the sample of the speech at which the segment's audio begins and
        ``trimmed`` the number of samples cut off in front of it. Raises `ValueError` when durations and phonemes differ
        in number.
        """
        if len(durations) != len(utterance.phonemes) + 2:
            raise ValueError(f"{len(durations)} durations for {len(utterance.phonemes)} phonemes and two paddings")
        ends = np.cumsum(durations) * samples_per_unit - trimmed  # ends[i]: where phoneme i begins
        words = []
        for word in utterance.words:
            begin_ms = self._later_of(self._last_end_ms, start + max(0, int(ends[word.first])))
            end_ms = self._later_of(begin_ms, start + max(0, int(ends[word.last])))
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

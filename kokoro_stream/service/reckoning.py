"""What a listener has of a speech who plays it in real time as it is handed out. Pure: times are arguments, in seconds.

It is reckoned from the outside, for every door alike, so it tells what the machine made of its listener's patience:
what happens behind the door (a slow network, a player that pauses) is not in it.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Literal

Cause = Literal["machine", "text"]

# Text that comes so shortly before the listener runs dry could not have been spoken in time by anybody.
TOO_LATE_S = 0.5
BUFFER_S = 0.06  # that players in browsers and telephones keep at least: they begin that much later
STEP_S = 0.02  # pieces of text that come within it are taken for one


class Reckoning:
    """One speech's times. The listener begins to play ``buffer_s`` after the first audio."""

    def __init__(self, buffer_s: float = BUFFER_S) -> None:
        self._buffer_s = buffer_s
        self.first_text_at: float | None = None
        self.first_audio_at: float | None = None
        self.text_complete_at = 0.0
        """When the text of the segment under way was all there."""
        self.audio_s = 0.0
        self._characters = 0
        self._arrivals: deque[tuple[int, float]] = deque()  # characters so far, when; bounded as the waiting text is
        self._dry_at = 0.0
        self._least_lead: float | None = None
        self._new_segment = False
        self._segment_end = 0  # in characters
        self._words_end_s = math.inf

    def text(self, characters: int, now: float) -> None:
        """So many have come."""
        if self.first_text_at is None:
            self.first_text_at = now
        self._characters += characters
        if self._arrivals and now - self._arrivals[-1][1] < STEP_S:
            now = self._arrivals.pop()[1]
        self._arrivals.append((self._characters, now))

    def segment(self, char_end: int) -> float | None:
        """A segment begins that ends with that character; the least lead in the one before, None if it had no audio."""
        while len(self._arrivals) > 1 and self._arrivals[0][0] < char_end:
            self._arrivals.popleft()
        if self._arrivals:
            self.text_complete_at = self._arrivals[0][1]
        self._new_segment, self._segment_end, self._words_end_s = True, char_end, math.inf
        return self.least_lead()

    def words(self, end_s: float) -> None:
        """The segment's last word ends at that second of the audio."""
        self._words_end_s = end_s

    def frame(self, duration_s: float, *, asked_at: float, now: float) -> Cause | None:
        """Audio is handed out that was asked for then; why the listener had run dry before, if he had.

        Whoever asked too late has himself to blame.
        """
        cause: Cause | None = None
        if self.first_audio_at is None:
            self.first_audio_at, self._dry_at = now, now + self._buffer_s
        if now > self._dry_at:
            if asked_at <= self._dry_at:
                cause = "text" if self._waited_for(duration_s) > self._dry_at - TOO_LATE_S else "machine"
            self._dry_at = now
        lead = self._dry_at - now
        if self.audio_s:  # a beginner has none
            self._least_lead = lead if self._least_lead is None else min(lead, self._least_lead)
        self._dry_at += duration_s
        self.audio_s += duration_s
        self._new_segment = False
        return cause

    def _waited_for(self, duration_s: float) -> float:
        """When the text came that a frame of that length had to wait for."""
        if self._new_segment:
            return self.text_complete_at
        if self.audio_s + duration_s <= self._words_end_s:
            return 0.0
        # The silence behind the last word goes out when something of the next segment has come, or none is to come.
        return next((at for characters, at in self._arrivals if characters > self._segment_end), math.inf)

    def least_lead(self) -> float | None:
        """Seconds by which the listener was nearest to running dry since this was asked last, None without audio."""
        least, self._least_lead = self._least_lead, None
        return least

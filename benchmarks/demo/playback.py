"""What a sound card at the listener's end would do with the audio as it arrives. Pure: the time is an argument."""

from __future__ import annotations


class Playback:
    """Plays from the first frame on; when nothing is left it waits for the next: an underrun.

    Times are seconds of one clock, ``audio_seconds`` counts what has arrived.
    """

    def __init__(self) -> None:
        self.started_at: float | None = None
        self.audio_seconds = 0.0
        self.underruns = 0
        self._dry_at = 0.0

    def arrived(self, seconds: float, now: float) -> None:
        """``seconds`` of audio are here."""
        if self.started_at is None:
            self.started_at = self._dry_at = now
        if now > self._dry_at:
            self.underruns += 1
            self._dry_at = now
        self._dry_at += seconds
        self.audio_seconds += seconds

    def played(self, now: float) -> float:
        """Seconds of audio that have been played."""
        return self.audio_seconds - self.lead(now)

    def lead(self, now: float) -> float:
        """Seconds of audio that have arrived and not been played."""
        return max(0.0, self._dry_at - now)

"""Decode windows become one segment's audio, without a click at its start, its end or a seam.

Three steps, each holding back as little as it can: windows are crossfaded where they overlap, silence at both ends is
brought to measure, and the ends are faded. All lengths are samples; what was cut off or added is counted, so that times
of words stay exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .pcm import Pcm, empty

FADE_MS = 5  # long enough not to click at 100 Hz, too short to soften a plosive
QUIET = 10 ** (-50 / 20)  # of full scale: under room noise at a comfortable volume, above a vocoder's noise floor
HEAD_MS = 20  # before the first audible sample; as much as the weak onset of a fricative needs
TAIL_MS = 400  # a full stop's pause as a voice speaks it; longer ones are the model's hesitation


class Stitcher:
    """One segment's windows in, its audio out: `feed` each window, then `flush`.

    The silence in front of the first sample of at least ``quiet`` is shortened to ``head_ms``, that behind the last to
    ``tail_ms``. Only what exceeds ``tail_ms`` within a segment waits to learn whether more speech follows.

    ``trimmed_head`` is None until the first audible sample, then the number of samples cut off the segment's beginning:
    sample n of the segment, n counted over its windows without their overlaps, comes out as sample n - trimmed_head.
    ``trimmed_tail`` and ``padded`` hold after `flush`; ``samples`` counts what has come out.
    """

    def __init__(
        self, sample_rate: int, *, head_ms: float = HEAD_MS, tail_ms: float = TAIL_MS, quiet: float = QUIET
    ) -> None:
        self._seams = _Seams()
        self._silence = _Silence(round(head_ms * sample_rate / 1000), round(tail_ms * sample_rate / 1000), quiet)
        self._fades = _Fades(max(1, round(FADE_MS * sample_rate / 1000)))
        self.samples = 0
        self.trimmed_head: int | None = None
        self.trimmed_tail = 0
        self.padded = 0

    def feed(self, window: Pcm, *, overlap: int = 0) -> list[Pcm]:
        """The audio that is settled now.

        The last ``overlap`` samples of ``window`` are the same moment as the first of the next window; 0 for the
        segment's last window. Raises `ValueError` for a window too short to hold its overlaps.
        """
        audio = self._silence.feed(self._seams.feed(window, overlap))
        if self._silence.begun:
            self.trimmed_head = self._silence.dropped
        return self._counted(self._fades.feed(audio))

    def flush(self, *, pause: int = 0, spoken: int = 0) -> list[Pcm]:
        """The segment's end, with at least ``pause`` samples of silence behind its last audible sample.

        Its first ``spoken`` samples, counted as for ``trimmed_head``, hold words: silence among them is a sound too
        weak to be told from it (the "th" of "both"), and is not cut off behind them.
        """
        tail = self._silence.feed(self._seams.flush())
        rest, self.trimmed_tail, self.padded = self._silence.flush(max(pause, spoken - self._silence.sounded))
        audio = self._fades.feed(np.concatenate([tail, rest]))
        ending = np.concatenate([audio, self._fades.flush(), np.zeros(self.padded, np.float32)])
        self.trimmed_head = self._silence.dropped
        return self._counted(ending)

    def _counted(self, audio: Pcm) -> list[Pcm]:
        self.samples += len(audio)
        return [audio] if len(audio) else []


class _Seams:
    """Crossfades each window's end with the next one's beginning."""

    def __init__(self) -> None:
        self._ending = empty()

    def feed(self, window: Pcm, overlap: int) -> Pcm:
        joint = len(self._ending)
        if not 0 <= overlap <= len(window) - joint:
            raise ValueError(f"a window of {len(window)} samples cannot overlap by {joint} and {overlap}")
        audio = np.concatenate([crossfade(self._ending, window[:joint]), window[joint:]])
        self._ending = audio[len(audio) - overlap :].copy()  # or the whole window would stay in memory with it
        return audio[: len(audio) - overlap]

    def flush(self) -> Pcm:
        ending, self._ending = self._ending, empty()
        return ending


def crossfade(out: Pcm, into: Pcm) -> Pcm:
    """From ``out`` to ``into``, both float32 of one length, at constant power.

    Equal windows call for gains that add up to one, unrelated ones (a vocoder's noise, another phase) for powers that
    do. The power of a mix with gains g and h of equally loud signals with correlation r is g² + h² + 2ghr: dividing
    by its root serves both and everything between.
    """
    if not len(out):
        return into
    rising = (np.arange(len(out), dtype=np.float32) + 0.5) / len(out)
    falling = 1 - rising
    power = float(out @ out) * float(into @ into)
    # Opposite phases cannot be had at constant power; treated as unrelated they dip without being blown up.
    likeness = min(max(float(out @ into) / power**0.5, 0.0), 1.0) if power > 0 else 1.0
    mixed = falling * out + rising * into
    return np.asarray(mixed / np.sqrt(falling**2 + rising**2 + 2 * falling * rising * likeness), np.float32)


class _Silence:
    """Shortens silence before the first and behind the last audible sample."""

    def __init__(self, head: int, tail: int, quiet: float) -> None:
        self._head = head
        self._tail = tail
        self._quiet = quiet
        self._held: list[Pcm] = []  # before speech: its last `head` quiet samples; then: quiet beyond `tail`
        self._quiet_run = 0  # quiet samples since the last audible one, the held ones included
        self._fed = 0
        self.begun = False
        self.dropped = 0

    @property
    def sounded(self) -> int:
        """Samples up to the last audible one."""
        return self._fed - self._quiet_run if self.begun else 0

    def feed(self, audio: Pcm) -> Pcm:
        self._fed += len(audio)
        audible = np.flatnonzero(np.abs(audio) >= self._quiet)
        if not self.begun:
            audio = self._onset(audio, audible)
            if not self.begun:
                return empty()
            audible = np.flatnonzero(np.abs(audio) >= self._quiet)
        sounding = int(audible[-1]) + 1 if len(audible) else 0
        released = [*self._held, audio[:sounding]] if sounding else []
        if sounding:
            self._held, self._quiet_run = [], 0
        silence = audio[sounding:]
        room = max(0, self._tail - self._quiet_run)
        self._quiet_run += len(silence)
        if len(silence) > room:
            self._held.append(silence[room:].copy())
        return np.concatenate([*released, silence[:room]])

    def flush(self, pause: int) -> tuple[Pcm, int, int]:
        """The silence to keep of that held, the samples cut off behind it, and the zeros missing for ``pause``."""
        held = np.concatenate([empty(), *self._held])
        if not self.begun:
            return held, 0, max(0, pause - len(held))
        kept = min(len(held), max(0, pause - self._tail))
        return held[:kept], len(held) - kept, max(0, pause - self._quiet_run)

    def _onset(self, audio: Pcm, audible: NDArray[np.intp]) -> Pcm:
        waiting = np.concatenate([*self._held, audio])
        self.begun = len(audible) > 0
        onset = len(waiting) - len(audio) + int(audible[0]) if self.begun else len(waiting)
        cut = max(0, onset - self._head)
        self.dropped += cut
        self._held = [] if self.begun else [waiting[cut:].copy()]
        return waiting[cut:]


class _Fades:
    """Raised-cosine fades over the first and the last ``length`` samples."""

    def __init__(self, length: int) -> None:
        self._rise = np.sin(np.pi / 2 * (np.arange(length) + 0.5) / length).astype(np.float32) ** 2
        self._passed = 0
        self._held = empty()

    def feed(self, audio: Pcm) -> Pcm:
        rise = self._rise[self._passed : self._passed + len(audio)]
        self._passed += len(audio)
        risen = np.concatenate([self._held, audio[: len(rise)] * rise, audio[len(rise) :]])
        ready = max(0, len(risen) - len(self._rise))
        self._held = risen[ready:].copy()
        return risen[:ready]

    def flush(self) -> Pcm:
        held, self._held = self._held, empty()
        # Less than a whole fade is held only of a segment that is shorter than one.
        return held * self._rise[: len(held)][::-1]

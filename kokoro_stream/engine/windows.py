"""How an utterance is cut into decode windows: a short first one, then longer ones, cut where the voice rests.

A seam is heard least in a pause or an unvoiced sound. The first window is short because somebody waits for it; the
others grow because every window pays for the context around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..model.prosody import VOICED_HZ

EARLIEST_CUT = 2 / 3  # of a window's length


@dataclass(frozen=True, slots=True)
class Window:
    """Frames ``start:end`` of an utterance, decoded with ``left`` frames of context before and ``right`` behind."""

    start: int
    end: int
    left: int
    right: int

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def context(self) -> slice:
        """The frames to hand to the decoder."""
        return slice(self.start - self.left, self.end + self.right)


def plan(
    f0: NDArray[np.floating],
    energy: NDArray[np.floating],
    *,
    frames: int,
    margin: int,
    first: int,
    longest: int,
    pace: float = 3.0,
    toll: float | None = None,
    spoken: slice | None = None,
) -> list[Window]:
    """Windows that cover each frame of ``spoken`` once, in order; by default each of ``frames``.

    ``f0`` in Hz and ``energy`` in any unit that rises with loudness are [frames * n], n points to a frame. ``margin``
    is the context in frames, less at the edges of the utterance. ``pace`` is how many frames the decoder computes while
    one is played, and ``toll`` how many frames' work both contexts of a window are, by default all of theirs: no window
    is longer than ``longest``, nor so long that the one before it would have been played when it is done. The first is
    not longer than ``first``, or than it takes for that to be possible.

    Within the last third of a window's length the cut goes where the voice is least heard; what is left is halved
    rather than leaving a scrap.
    """
    spoken = spoken or slice(0, frames)
    if not (1 <= first <= longest and pace > 0 and margin >= 0):
        raise ValueError(f"no windows with first={first}, longest={longest}, pace={pace}, margin={margin}")
    if not 0 <= spoken.start <= spoken.stop <= frames:
        raise ValueError(f"frames {spoken.start} to {spoken.stop} are not among {frames}")
    toll = 2 * margin if toll is None else toll
    audibility = _audibility(f0, energy, frames)[: spoken.stop + 1]
    gained = EARLIEST_CUT * pace - 1  # frames a frame of the first window, however early it is cut
    limit = first = min(longest, max(first, math.ceil(toll / gained) if gained > 0 else longest))
    cuts = [spoken.start]
    while cuts[-1] < spoken.stop:
        length = _length(audibility[cuts[-1] :], spoken.stop - cuts[-1], limit)
        cuts.append(cuts[-1] + length)
        limit = min(longest, max(first, int(pace * length - toll)))
    return [Window(start, end, min(margin, start), min(margin, frames - end)) for start, end in pairwise(cuts)]


def _length(audibility: NDArray[np.float64], left: int, limit: int) -> int:
    """Frames of the next window, of ``left``; ``audibility[n]`` is that of a cut behind n frames."""
    if left <= limit:
        return left
    wanted = min(limit, (left + 1) // 2)
    shortest = math.ceil(EARLIEST_CUT * wanted)
    # Backwards, so that of equally good cuts the last is taken: fewer windows.
    return wanted - int(np.argmin(audibility[shortest : wanted + 1][::-1]))


def _audibility(f0: NDArray[np.floating], energy: NDArray[np.floating], frames: int) -> NDArray[np.float64]:
    """float64 [frames + 1]: how much a cut in front of each frame would be heard, from its two neighbour frames."""
    if f0.ndim != 1 or f0.shape != energy.shape or (len(f0) % frames if frames else len(f0)):
        raise ValueError(f"f0 {f0.shape} and energy {energy.shape} do not describe {frames} frames")
    if not frames:
        return np.zeros(1)
    voiced = (f0 > VOICED_HZ).reshape(frames, -1).mean(axis=1)
    loudness = energy.astype(np.float64).reshape(frames, -1).mean(axis=1)
    span = loudness.max() - loudness.min()
    audible = voiced + (loudness - loudness.min()) / (span if span > 0 else 1)
    edged = np.concatenate([audible[:1], audible, audible[-1:]])
    return np.asarray(edged[:-1] + edged[1:])

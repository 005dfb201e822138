"""A sentence decoded in windows as a listener in no hurry would get it: each about twice as long as the one before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..audio.pcm import Pcm
from ..audio.stitch import crossfade
from ..model.kokoro import KokoroModel
from ..model.prosody import Prosody
from .windows import Window, plan

GROWTH = 2  # of a window over the one before: about what a decoder four times as fast as speech is given time for
OVERLAP_MS = 10  # in which neighbouring windows are faded into each other; a pitch period of a deep voice


@dataclass(frozen=True, slots=True)
class Windowed:
    """``samples`` of the frames that are `Prosody.sounding`, and where seams begin among them."""

    samples: Pcm
    seams: tuple[int, ...]


def windowed(model: KokoroModel, prosody: Prosody, *, first: int | None = None, margin: int | None = None) -> Windowed:
    """The sentence, its windows chosen without a clock; ``first`` and ``margin`` are frames, by default the card's.

    Blocking. Raises `ModelError`.
    """
    card = model.card
    size, parts = card.samples_per_frame, []
    overlap = round(OVERLAP_MS * card.sample_rate / 1000)
    first = card.first_window_frames if first is None else first
    margin = card.margin_frames if margin is None else margin
    windows = list(windows_of(model, prosody, first, margin))
    for window in windows:
        context = window.left, max(0, window.right - math.ceil(overlap / size))
        samples = model.decode(prosody, window.context, context=context)
        end = len(window) * size
        parts.append((samples[:end], samples[end : end + overlap]))
    joined = [parts[0][0]]
    for (_, tail), (samples, _) in pairwise(parts):
        shared = min(len(tail), len(samples))
        joined.append(np.concatenate([crossfade(tail[:shared], samples[:shared]), samples[shared:]]))
    begin = prosody.sounding.start
    return Windowed(np.concatenate(joined), tuple((window.start - begin) * size for window in windows[1:]))


def windows_of(model: KokoroModel, prosody: Prosody, first: int, margin: int) -> Iterator[Window]:
    """Windows of what is sounding, in order."""
    start, stop = prosody.sounding.start, prosody.sounding.stop
    limit, longest = first, model.card.longest_window_frames
    while start < stop:
        window = plan(
            prosody.f0[0],
            prosody.energy[0],
            frames=prosody.frames,
            margin=margin,
            first=limit,
            longest=limit,
            spoken=slice(start, stop),
        )[0]
        yield window
        start, limit = window.end, min(longest, max(first, GROWTH * len(window)))

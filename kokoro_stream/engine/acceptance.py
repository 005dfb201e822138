"""How short may windows be? Measured on the model at hand: sentences decoded in windows, against each decoded whole.

Two whole runs of one sentence differ by the model's noise; that is the floor. A model that is decoded in windows may
differ from itself, beyond the floor, by

* 2 dB of spectral distance in the median and 3 dB in the 95th percentile. A speech coder is held to be transparent at
  an average of 1 dB with few frames above 2 dB, of smooth spectra; these are fine ones, in which more goes unheard. It
  adds to the noise as squares do;
* 1 dB of loudness over 100 ms in the 95th percentile: the least difference that is heard;
* 3 dB in the largest change from sample to sample about a seam: a click is such a change, and ten times larger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

import numpy as np

from ..audio.pcm import Pcm
from ..audio.spectrum import log_spectral_distances, loudness_differences
from ..audio.stitch import crossfade
from ..model.kokoro import KokoroModel
from ..model.prosody import Prosody
from .windows import Window, plan

FIRST_WINDOWS = (5, 8, 10, 15, 20, 30, 40)
MARGINS = (2, 3, 4, 6, 8, 10, 12)
MARGIN_IS_JUDGED_AT = 20  # frames of the first window: enough for what a short window lacks not to matter
GROWTH = 2  # of a window over the one before: about what a decoder four times as fast as speech is given time for
OVERLAP_MS = 10  # in which neighbouring windows are faded into each other
QUIET = 1e-3  # of full scale; smaller changes from sample to sample are not compared

# Statements, questions, exclamations, short and long; hisses, stops and pauses within.
SENTENCES = (
    "jˈɛs.",
    "ˌɪt wɪl bi mˈOstli klˈWdi tədˈA.",
    "wˌʌt wʊd ju lˈIk mˌi tə dˈu wɪð ðə sˈɛvən ɹəmˈAnɪŋ mˈɛsɪʤᵻz?",
    "wˈW! ðˈæt ɪz ðə bˈɛst nˈuz ˌI hæv hˈɜɹd ˈɔl jˈɪɹ!",
    "ɐn ˈOld mˈæn, ɐ jˈʌŋ wˈʊmən ænd θɹˈi ʧˈɪldɹᵊn wɜɹ wˈATɪŋ fɔɹ ðə lˈæst tɹˈAn.",
    "ʃˌi sˈɛlz fɹˈɛʃ fˈɪʃ, ʧˈiz ænd ʧˈɑkᵊlət.",
    "plˈiz wˈAt; ˌI ɐm lˈʊkɪŋ ɪt ˌʌp.",
    "ðə mˈiTɪŋ bəɡˈɪnz æt hˈæf pˈæst θɹˈi, ɪn ðə lˈɑɹʤ ɹˈum ˌʌpstˈɛɹz.",
    "nˈObˌɑdi nˈu wˌI ðə dˈɔɹ wʌz ˈOpᵊn.",
    "stˈɑp!",
    "ˌɪf ju tˈɜɹn lˈɛft æt ðə bɹˈɪʤ, ju wɪl sˈi ðə ʧˈɜɹʧ ˌɔn jʊɹ ɹˈIt.",
    "hˌW lˈɔŋ wɪl ɪt tˈAk?",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two renderings of the same sentences, dB; ``seam_db`` may be below 0, where windows are the smoother."""

    distance_p50_db: float
    distance_p95_db: float
    loudness_p95_db: float
    seam_db: float


BOUNDS = Difference(2.0, 3.0, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """Windows of one kind; ``accepted`` when all `BOUNDS` are kept."""

    first_window_frames: int
    margin_frames: int
    difference: Difference
    accepted: bool


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was measured, and the shortest first window and smallest margin within the bounds.

    Where none is, they are the longest that were tried and ``accepted`` is false.
    """

    floor: Difference
    trials: tuple[Trial, ...]
    first_window_frames: int
    margin_frames: int
    accepted: bool


def accept(
    model: KokoroModel,
    sentences: Sequence[str] = SENTENCES,
    voices: Sequence[str] = ("",),
    *,
    report: Callable[[str], None] = lambda line: None,
) -> Acceptance:
    """Tries margins, then first windows, each sentence in the next of ``voices``. ``report`` is told of each trial.

    ``sentences`` are phonemes of the model's vocabulary. Blocking, for as long as it takes to speak them 16 times.
    Raises `ModelError` or `InputError` for what the model cannot speak.
    """
    trials: list[Trial] = []
    lessons = [_Sentence.of(model, said, voice) for said, voice in zip(sentences, cycle(voices), strict=False)]
    floor = _difference(model, [lesson.again() for lesson in lessons])

    def passes(first: int, margin: int) -> bool:
        found = _difference(model, [lesson.windowed(first, margin) for lesson in lessons])
        trials.append(Trial(first, margin, found, _within(found, floor)))
        report(f"first window {first} frames, margin {margin}: {found.distance_p50_db:.1f} dB")
        return trials[-1].accepted

    margin = next((margin for margin in MARGINS if passes(MARGIN_IS_JUDGED_AT, margin)), MARGINS[-1])
    firsts = [first for first in FIRST_WINDOWS if first <= model.card.longest_window_frames]
    accepted = [first for first in firsts if passes(first, margin)]
    return Acceptance(floor, tuple(trials), accepted[0] if accepted else firsts[-1], margin, bool(accepted))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two renderings of a sentence, equally long, and where ``seams`` begin in samples."""

    one: Pcm
    other: Pcm
    seams: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence and its sound when decoded whole."""

    model: KokoroModel
    prosody: Prosody
    whole: Pcm

    @classmethod
    def of(cls, model: KokoroModel, phonemes: str, voice: str) -> _Sentence:
        prosody = model.prosody(phonemes, voice, 1.0)
        return cls(model, prosody, model.decode(prosody, prosody.sounding).samples)

    def again(self) -> _Pair:
        """Whole, twice; as seams count those that windows would have."""
        seams = self._seams(self._windows(MARGIN_IS_JUDGED_AT, MARGINS[-1]))
        return _Pair(self.whole, self.model.decode(self.prosody, self.prosody.sounding).samples, seams)

    def windowed(self, first: int, margin: int) -> _Pair:
        """Whole, and in windows."""
        windows = list(self._windows(first, margin))
        size, memory, parts = self.model.card.samples_per_frame, None, []
        overlap = round(OVERLAP_MS * self.model.card.sample_rate / 1000)
        for window in windows:
            context = window.left, max(0, window.right - math.ceil(overlap / size))
            decoded = self.model.decode(self.prosody, window.context, None, memory, context=context)
            memory = decoded.memory
            end = len(window) * size
            parts.append((decoded.samples[:end], decoded.samples[end : end + overlap]))
        joined = [parts[0][0]]
        for (_, tail), (samples, _) in pairwise(parts):
            shared = min(len(tail), len(samples))
            joined.append(np.concatenate([crossfade(tail[:shared], samples[:shared]), samples[shared:]]))
        return _Pair(self.whole, np.concatenate(joined), self._seams(windows))

    def _seams(self, windows: Sequence[Window] | Iterator[Window]) -> tuple[int, ...]:
        begin, size = self.prosody.sounding.start, self.model.card.samples_per_frame
        return tuple((window.start - begin) * size for window in windows if window.start > begin)

    def _windows(self, first: int, margin: int) -> Iterator[Window]:
        begin, stop = self.prosody.sounding.start, self.prosody.sounding.stop
        start, limit, longest = begin, first, self.model.card.longest_window_frames
        while start < stop:
            window = plan(
                self.prosody.f0[0],
                self.prosody.energy[0],
                frames=self.prosody.frames,
                margin=margin,
                first=limit,
                longest=limit,
                spoken=slice(start, stop),
            )[0]
            yield Window(start, window.end, min(margin, start - begin), window.right)
            start, limit = window.end, min(longest, max(first, GROWTH * len(window)))


def _difference(model: KokoroModel, pairs: Sequence[_Pair]) -> Difference:
    rate = model.card.sample_rate
    distances = np.concatenate([log_spectral_distances(pair.one, pair.other, rate) for pair in pairs])
    levels = np.concatenate([loudness_differences(pair.one, pair.other, rate) for pair in pairs])
    steps = [step for pair in pairs for step in _steps(pair, round(OVERLAP_MS * rate / 1000))]
    return Difference(
        float(np.median(distances)),
        float(np.percentile(distances, 95)),
        float(np.percentile(levels, 95)),
        float(np.percentile(steps, 95)) if steps else 0.0,
    )


def _steps(pair: _Pair, overlap: int) -> Iterator[float]:
    """At each seam, dB: the largest change from sample to sample in the second rendering over that in the first."""
    for seam in pair.seams:
        largest = [
            np.abs(np.diff(audio[max(0, seam - overlap) : seam + 2 * overlap])).max() + QUIET
            for audio in (pair.one, pair.other)
        ]
        yield float(20 * np.log10(largest[1] / largest[0]))


def _within(found: Difference, floor: Difference) -> bool:
    return (
        found.distance_p50_db <= math.hypot(floor.distance_p50_db, BOUNDS.distance_p50_db)
        and found.distance_p95_db <= math.hypot(floor.distance_p95_db, BOUNDS.distance_p95_db)
        and found.loudness_p95_db <= floor.loudness_p95_db + BOUNDS.loudness_p95_db
        and found.seam_db <= floor.seam_db + BOUNDS.seam_db
    )

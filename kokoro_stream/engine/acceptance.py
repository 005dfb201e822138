"""How short may windows be? Measured on the model at hand: sentences decoded in windows, against each decoded whole.

Two whole runs of one sentence differ by the model's noise; that is the floor, and 0 for a model without noise. A model
that is decoded in windows may differ from itself, beyond the floor, by

* 2 dB of spectral distance in the median and 3 dB in the 95th percentile. A speech coder is held to be transparent at
  an average of 1 dB with few frames above 2 dB, of smooth spectra; these are fine ones, in which more goes unheard. It
  adds to the noise as squares do;
* 1 dB of loudness over 100 ms in the 95th percentile: the least difference that is heard;
* 3 dB in the largest change from sample to sample about a seam: a click is such a change, and ten times larger.

Both are normalised by the sentence's own statistics then, so that nothing but seams and context is judged. What the
*predicted* statistics change is judged apart, of sentences decoded whole by either: the levels of critical bands may
differ by 3 dB in the median. Kokoro-82M is at 2; normalised by a window's own statistics it would be at 6 and more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from ..audio.pcm import Pcm
from ..audio.spectrum import band_distances, log_spectral_distances, loudness_differences
from ..model.kokoro import KokoroModel
from ..model.measuring import Measuring
from ..model.prosody import Prosody
from .windowed import OVERLAP_MS, windowed

FIRST_WINDOWS = (5, 8, 10, 15, 20, 30, 40)
MARGINS = (2, 3, 4, 6, 8, 10, 12)
MARGIN_IS_JUDGED_AT = 20  # frames of the first window: enough for what a short window lacks not to matter
QUIET = 1e-3  # of full scale; smaller changes from sample to sample are not compared
MOST_PREDICTED_DB = 3.0

# Statements, questions, exclamations, short and long; hisses, stops and pauses within.
SENTENCES = (
    "nˈOp.",
    "ˌɪt wɪl bi mˈOstli klˈWdi tədˈA.",
    "wˌʌt wʊd ju lˈIk mˌi tə dˈu wɪð ðə sˈɛvən ɹəmˈAnɪŋ mˈɛsɪʤᵻz?",
    "wˈW! ðˈæt ɪz ðə bˈɛst nˈuz ˌI hæv hˈɜɹd ˈɔl jˈɪɹ!",
    "ɐn ˈOld mˈæn, ɐ jˈʌŋ wˈʊmən ænd θɹˈi ʧˈɪldɹᵊn wɜɹ wˈATɪŋ fɔɹ ðə lˈæst tɹˈAn.",
    "ʃˌi sˈɛlz fɹˈɛʃ fˈɪʃ, ʧˈiz ænd ʧˈɑkᵊlət.",
    "plˈiz wˈAt; ˌI ɐm lˈʊkɪŋ ɪt ˌʌp.",
    "ðə mˈiTɪŋ bəɡˈɪnz æt hˈæf pˈæst θɹˈi, ɪn ðə lˈɑɹʤ ɹˈum ˌʌpstˈɛɹz.",
    "nˈObˌɑdi nˈu wˌI ðə dˈɔɹ wʌz ˈOpᵊn.",
    "lˈɪsᵊn!",
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

    Where none is, they are the longest that were tried and ``accepted`` is false. It is so as well where ``predicted``
    is above its bound: the median distance of bands, dB, that predicted statistics make; 0 for a model without.
    """

    floor: Difference
    trials: tuple[Trial, ...]
    first_window_frames: int
    margin_frames: int
    accepted: bool
    predicted_db: float = 0.0


def accept(
    model: KokoroModel,
    sentences: Sequence[str] = SENTENCES,
    voices: Sequence[str] = ("",),
    *,
    measuring: Measuring | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Acceptance:
    """Tries margins, then first windows, each sentence in the next of ``voices``. ``report`` is told of each trial.

    ``sentences`` are phonemes of the model's vocabulary; ``measuring`` decodes them whole where the model is normalised
    by statistics. Blocking, for as long as it takes to speak them 17 times. Raises `ModelError` or `InputError` for
    what the model cannot speak.
    """
    trials: list[Trial] = []
    lessons = [
        _Sentence.of(model, measuring, said, voice) for said, voice in zip(sentences, cycle(voices), strict=False)
    ]
    floor = _difference(model, [lesson.again() for lesson in lessons])

    def passes(first: int, margin: int) -> bool:
        found = _difference(model, [lesson.windowed(first, margin) for lesson in lessons])
        trials.append(Trial(first, margin, found, _within(found, floor)))
        report(f"first window {first} frames, margin {margin}: {found.distance_p50_db:.1f} dB")
        return trials[-1].accepted

    predicted = _predicted(lessons) if measuring is not None else 0.0
    margin = next((margin for margin in MARGINS if passes(MARGIN_IS_JUDGED_AT, margin)), MARGINS[-1])
    firsts = [first for first in FIRST_WINDOWS if first <= model.card.longest_window_frames]
    fitting = [first for first in firsts if passes(first, margin)]
    accepted = bool(fitting) and predicted <= MOST_PREDICTED_DB
    return Acceptance(floor, tuple(trials), fitting[0] if fitting else firsts[-1], margin, accepted, predicted)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two renderings of a sentence, equally long, and where ``seams`` begin in samples."""

    one: Pcm
    other: Pcm
    seams: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, to be decoded by its own statistics, and its sound when decoded whole by them.

    ``norms`` are those that the model predicts.
    """

    model: KokoroModel
    prosody: Prosody
    whole: Pcm
    norms: Pcm | None

    @classmethod
    def of(cls, model: KokoroModel, measuring: Measuring | None, phonemes: str, voice: str) -> _Sentence:
        prosody = model.prosody(phonemes, voice, 1.0)
        norms = prosody.norms
        if measuring is None:
            return cls(model, prosody, model.decode(prosody, _all_of(prosody)), norms)
        whole, statistics = measuring.decode(prosody)
        return cls(model, model.normalised(prosody, statistics), whole, norms)

    def again(self) -> _Pair:
        """Whole, twice; as seams count those that windows would have."""
        again = self.model.decode(self.prosody, _all_of(self.prosody))
        seams = windowed(self.model, self.prosody, first=MARGIN_IS_JUDGED_AT, margin=MARGINS[-1]).seams
        return _Pair(self._sounding(self.whole), self._sounding(again), seams)

    def windowed(self, first: int, margin: int) -> _Pair:
        """Whole, and in windows."""
        made = windowed(self.model, self.prosody, first=first, margin=margin)
        return _Pair(self._sounding(self.whole), made.samples, made.seams)

    def predicted(self) -> _Pair:
        """Whole by its own statistics, and by the predicted ones."""
        samples = self.model.decode(replace(self.prosody, norms=self.norms), _all_of(self.prosody))
        return _Pair(self._sounding(self.whole), self._sounding(samples), ())

    def _sounding(self, samples: Pcm) -> Pcm:
        size, sounding = self.model.card.samples_per_frame, self.prosody.sounding
        return samples[sounding.start * size : sounding.stop * size]


def _all_of(prosody: Prosody) -> slice:
    return slice(0, prosody.frames)


def _predicted(lessons: Sequence[_Sentence]) -> float:
    pairs = [(lesson.predicted(), lesson.model.card.sample_rate) for lesson in lessons]
    return float(np.median(np.concatenate([band_distances(pair.one, pair.other, rate) for pair, rate in pairs])))


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

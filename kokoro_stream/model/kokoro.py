"""A loaded model: phonemes to frames (prosody), frames to samples (decoder)."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..audio.stitch import crossfade
from ..errors import ModelError
from .folder import (
    BUILTIN,
    CARD,
    DECODER,
    GENERATOR_FRAMES,
    LAST_STAGE_FRAMES,
    NORMS,
    PROSODY,
    STATISTICS,
    VOICES,
    WHOLE,
    ModelCard,
    read_card,
    verify,
)
from .prosody import Prosody
from .providers import Runtime
from .session import Session, Stop, Tensor, open_decoder, open_session
from .statistics import Statistics, read_statistics
from .voices import Voices, read_voices

ONE_THREAD = Runtime(provider="cpu", threads=1)
PROSODY_OUTPUTS: frozenset[str] = frozenset({"features", "f0", "energy", "durations"})
NO_NUMBERS = "half-precision exports do on some processors: take the full-precision one"
LONG_FRAMES = 40  # from that length on, two halves with context of their own are through before the whole would be
JOINT_FRAMES = 1  # in which the halves of a window are faded into each other
KEPT_MS = 100  # of the silence at an end: a sound may begin a little before its frames, and rings out behind them
ONSET_MS = 50  # of the silence in front of the first frame with energy: a weak onset, at most a frame earlier
GIVEN = {"features", "f0", "energy", "style", "phase", "context"}
# Of a cut decoder's work: in its first blocks, in the generator up to its last stage, and in that
# (`benchmarks.operators`). Each part is spared the context that it does not see.
SHARES = ((0.08, math.inf), (0.37, GENERATOR_FRAMES), (0.55, LAST_STAGE_FRAMES))

Samples = NDArray[np.float32]


class KokoroModel:
    """A model folder in memory. Every method blocks and may be called from any thread, several at once."""

    prosody_outputs: frozenset[str] = PROSODY_OUTPUTS

    def __init__(
        self,
        card: ModelCard,
        prosody: Session,
        decoder: Session,
        voices: Voices,
        *,
        twin: Session | None = None,
        norms: Session | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        if missing := self.prosody_outputs - {*prosody.outputs}:
            raise ModelError(f"the prosody of {card.name} lacks the outputs {', '.join(sorted(missing))}")
        known = GIVEN if norms is None else GIVEN | {"norms"}
        if strange := {*decoder.inputs} - known - {*prosody.inputs}:
            wanted = ", ".join(sorted(strange))
            raise ModelError(f"the decoder of {card.name} wants {wanted}, which nobody makes; install it again")
        self.card = card
        self.voices = voices
        self._prosody = prosody
        self._decoder, self._twin = decoder, twin
        self._norms, self._statistics = norms, statistics

    @classmethod
    def load(
        cls, folder: Path = BUILTIN, *, runtime: Runtime = ONE_THREAD, verified: bool = False, taught: bool = True
    ) -> KokoroModel:
        """Read a model folder; ``verified`` compares checksums first. Raises `ModelError` or `ProviderError`.

        Without ``taught`` it need not know the statistics of what it shall decode: `normalised` tells it.
        """
        card = read_card(folder)
        if verified:
            verify(folder, card)
        voices = Voices(read_voices(folder / VOICES), card.default_voice)
        if not card.vocabulary:
            raise ModelError(f"{folder / CARD}: the vocabulary is empty")
        if not (folder / PROSODY).exists() and (folder / WHOLE).exists():
            whole = open_session(folder / WHOLE, runtime)
            return WholeModel(card, whole, whole, voices)
        prosody = open_session(folder / PROSODY, runtime)
        decoder, twin = open_decoder(folder / DECODER, runtime, _sizes(card))
        norms = open_session(folder / NORMS, ONE_THREAD) if (folder / NORMS).exists() else None
        statistics = read_statistics(folder / STATISTICS) if norms is not None and taught else None
        return cls(card, prosody, decoder, voices, twin=twin, norms=norms, statistics=statistics)

    @property
    def provider(self) -> str:
        """The execution provider that computes the decoder."""
        return self._decoder.provider

    @property
    def parallel(self) -> bool:
        """Several windows at once are faster than one behind the other."""
        return self._decoder.parallel

    def ids(self, phonemes: str) -> NDArray[np.int64]:
        """int64 [1, L + 2]: token ids with padding at both ends. Raises `ModelError` for an unknown symbol."""
        unknown = set(phonemes) - self.card.vocabulary.keys()
        if unknown:
            raise ModelError(f"{self.card.name} has no token for {', '.join(sorted(map(repr, unknown)))}")
        return np.array([[0, *(self.card.vocabulary[symbol] for symbol in phonemes), 0]], np.int64)

    def prosody(
        self, phonemes: str, voice: str, speed: float, stop: Stop | None = None, *, row: int | None = None
    ) -> Prosody:
        """The prosody of a whole segment. ``phonemes`` has at most `ModelCard.token_limit` symbols.

        ``row`` is the number of phonemes whose row of the style table is taken, by default as many as there are.
        Raises `InputError` for the voice, `ModelError` for the phonemes, `StoppedError`.
        """
        if len(phonemes) > self.card.token_limit:
            raise ModelError(f"{len(phonemes)} phonemes exceed the {self.card.token_limit} of {self.card.name}")
        row = row or len(phonemes)
        style = self.voices.style(voice, row)
        inputs: dict[str, Tensor] = {
            "input_ids": self.ids(phonemes),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        # Copied, because the outputs lie in what ONNX Runtime computes with: it would grow with every listener.
        out = {name: tensor.copy() for name, tensor in self._prosody.run(inputs, stop).items()}
        prosody = self._prosody_of(out, len(phonemes) + 2, style, voice)
        if prosody.sounding.start >= prosody.sounding.stop:
            raise ModelError(f"{self.card.name} makes no sound of {phonemes!r}")
        return prosody if self._statistics is None else self.normalised(prosody, self._statistics.of(prosody))

    def normalised(self, prosody: Prosody, statistics: NDArray[np.float32]) -> Prosody:
        """The same, to be decoded by those ``statistics`` float32 [1, 2S] in the place of the predicted ones."""
        assert self._norms is not None, "a decoder that is not normalised by statistics"
        norms = self._norms.run({"style": prosody.style, "statistics": statistics})["factors"]
        return replace(prosody, norms=norms.copy())

    def toll(self, left: int, right: int) -> float:
        """As many frames take as long to decode as those of context on either side of a window do."""
        if "context" not in self._decoder.inputs:
            return left + right
        return sum(share * min(count, seen) for share, seen in SHARES for count in (left, right))

    def _prosody_of(self, out: dict[str, Tensor], symbols: int, style: NDArray[np.float32], voice: str) -> Prosody:
        durations = out["durations"].reshape(-1)
        sounding = self._sounding(durations, out["energy"][0].reshape(out["features"].shape[2], -1))
        return Prosody(out["features"], out["f0"], out["energy"], durations, style, sounding, voice)

    def _sounding(self, durations: NDArray[np.int64], energy: NDArray[np.float32]) -> slice:
        """Without the silence at both ends, but for `KEPT_MS` of it; ``energy`` [T, r] are the points of each frame.

        Where its curve tells nothing, the silence is what the paddings make.
        """
        frames, quiet = len(energy), self.card.quiet_energy
        kept = self._frames(KEPT_MS)
        if quiet is not None and (energy > quiet).any():
            (audible,) = np.nonzero((energy > quiet).any(axis=1))
            return slice(max(0, int(audible[0]) - self._frames(ONSET_MS)), min(frames, int(audible[-1]) + 1 + kept))
        before, behind = (
            max(0, int(padding) * self.card.samples_per_duration // self.card.samples_per_frame - kept)
            for padding in (durations[0], durations[-1])
        )
        return slice(before, frames - behind)

    def _frames(self, milliseconds: float) -> int:
        """As many as it takes to last so long."""
        return math.ceil(milliseconds * self.card.sample_rate / 1000 / self.card.samples_per_frame)

    def decode(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        """The samples of n consecutive frames, float32 [n · samples_per_frame].

        ``context`` is how many of the first frames, and of the last, are there for the others' sake: they are computed
        as far as that takes, and their samples are not among those returned. Raises `StoppedError`, `ModelError` for
        samples that are no numbers.
        """
        return self._decode(self._decoder, prosody, frames, stop, context)

    def decode_in_halves(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        """What `decode` gives, but for its noise; long windows in two halves at once where that takes less time."""
        begin, end, margin = frames.start + context[0], frames.stop - context[1], self.card.margin_frames
        if self._twin is None or margin < JOINT_FRAMES or end - begin < LONG_FRAMES:
            return self.decode(prosody, frames, stop, context=context)
        middle = (begin + end) // 2
        first, second = slice(frames.start, middle + margin), slice(middle - margin, frames.stop)
        with ThreadPoolExecutor(1, thread_name_prefix="kokoro-stream-half") as beside:
            later = beside.submit(self._decode, self._twin, prosody, second, stop, (margin, context[1]))
            one = self._decode(self._twin, prosody, first, stop, (context[0], margin - JOINT_FRAMES))
        other = later.result()
        joint = JOINT_FRAMES * self.card.samples_per_frame
        return np.concatenate([one[:-joint], crossfade(one[-joint:], other[:joint]), other[joint:]])

    def _decode(
        self, session: Session, prosody: Prosody, frames: slice, stop: Stop | None, context: tuple[int, int]
    ) -> Samples:
        cropped = "context" in session.inputs
        inputs = self.inputs(prosody, frames, context if cropped else (0, 0))
        samples = session.run({name: inputs[name] for name in session.inputs}, stop)["samples"].reshape(-1)
        if not np.isfinite(samples).all():
            raise ModelError(f"{self.card.name} made samples that are no numbers; {NO_NUMBERS}")
        begin = context[0] - int(inputs["context"][:, 0].sum())
        count = frames.stop - frames.start - sum(context)
        return samples[begin * self.card.samples_per_frame :][: count * self.card.samples_per_frame]

    def inputs(self, prosody: Prosody, frames: slice, context: tuple[int, int]) -> dict[str, Tensor]:
        """What a decoder may ask for, by name (`folder`)."""
        rate = prosody.f0.shape[1] // prosody.frames
        curve = slice(frames.start * rate, frames.stop * rate)
        outer, inner = left_behind(context)
        given: dict[str, Tensor] = {
            "features": prosody.window(frames),
            "f0": prosody.f0[:, curve],
            "energy": prosody.energy[:, curve],
            "style": prosody.style[:, : self.card.decoder_style],
            "context": np.array([outer, inner], np.int64),
            "phase": self._phase(prosody, curve.start + outer[0] * rate, rate),
        }
        return given if prosody.norms is None else {**given, "norms": prosody.norms}

    def _phase(self, prosody: Prosody, point: int, rate: int) -> NDArray[np.float32]:
        """[1]: Σ F0 / sample rate in front of a point, less whole cycles, which float32 could not hold."""
        hop = self.card.samples_per_frame // rate
        cycles = prosody.f0[0, :point].sum(dtype=np.float64) * hop / self.card.sample_rate
        return np.array([cycles % 1 / hop], np.float32)


def left_behind(context: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """How many frames of context, first and last, the generator does not see, and of the others its last stage."""
    left, right = context
    outer = max(0, left - GENERATOR_FRAMES), max(0, right - GENERATOR_FRAMES)
    inner = tuple(max(0, count - gone - LAST_STAGE_FRAMES) for count, gone in zip(context, outer, strict=True))
    return outer, (inner[0], inner[1])


def _sizes(card: ModelCard) -> dict[str, tuple[int, int, int]]:
    """Of the decoder's free dimensions: frames of the shortest, the usual and the longest window with its context."""
    frames = 1, card.first_window_frames + card.margin_frames, card.longest_window_frames + 2 * card.margin_frames
    return {"frames": frames, "points": (2 * frames[0], 2 * frames[1], 2 * frames[2])}


class WholeModel(KokoroModel):
    """A graph that could not be cut. Its prosody is the sound itself: ``features`` holds each frame's samples.

    Nothing is gained by windows then, and nothing is lost: their samples are there already. An old export does not tell
    durations either; each symbol is given the same, so that times of words are rough.
    """

    prosody_outputs: frozenset[str] = frozenset({"samples"})

    def _prosody_of(self, out: dict[str, Tensor], symbols: int, style: NDArray[np.float32], voice: str) -> Prosody:
        size = self.card.samples_per_frame
        samples = out["samples"].reshape(-1)
        if not np.isfinite(samples).all():
            raise ModelError(f"{self.card.name} made samples that are no numbers; {NO_NUMBERS}")
        framed = samples[: len(samples) // size * size].reshape(1, -1, size)
        loudness = np.sqrt(np.square(framed).mean(axis=2))
        borders: NDArray[np.int64] = np.linspace(0, framed.shape[1], symbols + 1).round().astype(np.int64)
        even = borders[1:] - borders[:-1]
        durations = out["durations"].reshape(-1) if "durations" in out else even
        everything = slice(0, framed.shape[1])
        return Prosody(
            framed.transpose(0, 2, 1), np.zeros_like(loudness), loudness, durations, style, everything, voice
        )

    def decode(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        """The samples of n consecutive frames without their context."""
        kept = slice(frames.start + context[0], frames.stop - context[1])
        return np.asarray(prosody.window(kept)[0].T.reshape(-1), np.float32)

"""A loaded model: phonemes to frames (prosody), frames to samples (decoder)."""

from __future__ import annotations

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..audio.stitch import crossfade
from ..errors import ModelError
from .folder import (
    BUILTIN,
    CARD,
    DECODER,
    LAST_STAGE_FRAMES,
    PRIORS,
    PROSODY,
    STYLE,
    VOICES,
    WHOLE,
    ModelCard,
    read_card,
    verify,
)
from .memory import SECONDS, Memory, blend, read_priors
from .prosody import Prosody
from .providers import Runtime
from .session import Session, Stop, Tensor, open_decoder, open_session
from .voices import Voices, read_voices

ONE_THREAD = Runtime(provider="cpu", threads=1)
PROSODY_OUTPUTS: frozenset[str] = frozenset({"features", "f0", "energy", "durations"})
CACHED_STYLES = 64  # rows of voices; 150 kB each
NO_NUMBERS = "half-precision exports do on some processors: take the full-precision one"
LONG_FRAMES = 40  # from that length on, two halves with context of their own are through before the whole would be
JOINT_FRAMES = 1  # in which the halves of a window are faded into each other
KEPT_MS = 100  # of a padding's silence: a sound may begin a little before its frames, and rings out behind them
GIVEN = {"features", "f0", "energy", "style", "past", "trust", "phase", "context"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """``samples`` float32 [n * samples_per_frame]; ``memory`` is for the next window of the same speech."""

    samples: NDArray[np.float32]
    memory: Memory | None = None


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
        style: Session | None = None,
        priors: dict[str, NDArray[np.float32]] | None = None,
    ) -> None:
        if missing := self.prosody_outputs - {*prosody.outputs}:
            raise ModelError(f"the prosody of {card.name} lacks the outputs {', '.join(sorted(missing))}")
        known = GIVEN if style is None else GIVEN | {"scales"}
        if strange := {*decoder.inputs} - known - {*prosody.inputs}:
            raise ModelError(f"the decoder of {card.name} wants {', '.join(sorted(strange))}, which nobody makes")
        self.card = card
        self.voices = voices
        self._prosody = prosody
        self._decoder, self._twin = decoder, twin
        self._style = style
        self._priors = priors or {}
        self._scales = functools.lru_cache(CACHED_STYLES)(self._scales_of)
        self._most = round(SECONDS * card.sample_rate / card.samples_per_frame)

    @classmethod
    def load(cls, folder: Path = BUILTIN, *, runtime: Runtime = ONE_THREAD, verified: bool = False) -> KokoroModel:
        """Read a model folder; ``verified`` compares checksums first. Raises `ModelError` or `ProviderError`."""
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
        style = open_session(folder / STYLE, ONE_THREAD) if (folder / STYLE).exists() else None
        return cls(card, prosody, decoder, voices, twin=twin, style=style, priors=read_priors(folder / PRIORS))

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
        return prosody if self._style is None else replace(prosody, scales=self._scales(voice, row))

    def _scales_of(self, voice: str, row: int) -> NDArray[np.float32]:
        assert self._style is not None
        scales: NDArray[np.float32] = self._style.run({"style": self.voices.style(voice, row)})["scales"]
        return scales

    def _prosody_of(self, out: dict[str, Tensor], symbols: int, style: NDArray[np.float32], voice: str) -> Prosody:
        durations = out["durations"].reshape(-1)
        sounding = self._sounding(durations, out["features"].shape[2])
        return Prosody(out["features"], out["f0"], out["energy"], durations, style, sounding, voice)

    def _sounding(self, durations: NDArray[np.int64], frames: int) -> slice:
        """Without the silence that the paddings at both ends make, but for `KEPT_MS` of it."""
        kept = math.ceil(KEPT_MS * self.card.sample_rate / 1000 / self.card.samples_per_frame)
        before, behind = (
            max(0, int(padding) * self.card.samples_per_duration // self.card.samples_per_frame - kept)
            for padding in (durations[0], durations[-1])
        )
        return slice(before, frames - behind)

    def decode(
        self,
        prosody: Prosody,
        frames: slice,
        stop: Stop | None = None,
        memory: Memory | None = None,
        *,
        context: tuple[int, int] = (0, 0),
    ) -> Decoded:
        """The samples of n consecutive frames. Raises `StoppedError`, `ModelError` for samples that are no numbers.

        ``memory`` is that of the window before, of this segment or the speech's last; None at a speech's beginning.
        ``context`` is how many of the first frames, and of the last, are there for the others' sake: they are computed
        as far as that takes, and their samples are not among those returned.
        """
        memory = self._known(prosody, memory)
        samples, statistics = self._decode(self._decoder, prosody, frames, stop, memory, context)
        return Decoded(samples, self._after(memory, (statistics, frames)))

    def decode_in_halves(
        self,
        prosody: Prosody,
        frames: slice,
        stop: Stop | None = None,
        memory: Memory | None = None,
        *,
        context: tuple[int, int] = (0, 0),
    ) -> Decoded:
        """What `decode` gives, but for its noise; long windows in two halves at once where that takes less time."""
        begin, end, margin = frames.start + context[0], frames.stop - context[1], self.card.margin_frames
        if self._twin is None or margin < JOINT_FRAMES or end - begin < LONG_FRAMES:
            return self.decode(prosody, frames, stop, memory, context=context)
        memory, middle = self._known(prosody, memory), (begin + end) // 2
        first, second = slice(frames.start, middle + margin), slice(middle - margin, frames.stop)
        with ThreadPoolExecutor(1, thread_name_prefix="kokoro-stream-half") as beside:
            later = beside.submit(self._decode, self._twin, prosody, second, stop, memory, (margin, context[1]))
            one, of_one = self._decode(self._twin, prosody, first, stop, memory, (context[0], margin - JOINT_FRAMES))
        other, of_other = later.result()
        joint = JOINT_FRAMES * self.card.samples_per_frame
        samples = np.concatenate([one[:-joint], crossfade(one[-joint:], other[:joint]), other[joint:]])
        return Decoded(samples, self._after(memory, (of_one, first), (of_other, second)))

    def _decode(
        self,
        session: Session,
        prosody: Prosody,
        frames: slice,
        stop: Stop | None,
        memory: Memory | None,
        context: tuple[int, int],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Samples, and the window's statistics."""
        rate = prosody.f0.shape[1] // prosody.frames
        curve = slice(frames.start * rate, frames.stop * rate)
        count = frames.stop - frames.start
        left_out = context if "context" in session.inputs else (0, 0)
        left_out = (max(0, left_out[0] - LAST_STAGE_FRAMES), max(0, left_out[1] - LAST_STAGE_FRAMES))
        inputs: dict[str, Tensor] = {
            "features": prosody.window(frames),
            "f0": prosody.f0[:, curve],
            "energy": prosody.energy[:, curve],
            "style": prosody.style[:, : self.card.decoder_style],
            "context": np.array(left_out, np.int64),
            "phase": self._phase(prosody, curve.start, rate),
        }
        if prosody.scales is not None:
            inputs["scales"] = prosody.scales
        if memory is not None:
            inputs["past"] = memory.statistics
            inputs["trust"] = np.array([memory.trust(count)], np.float32)
        out = session.run({name: inputs[name] for name in session.inputs}, stop)
        samples = out["samples"].reshape(-1)
        if not np.isfinite(samples).all():
            raise ModelError(f"{self.card.name} made samples that are no numbers; {NO_NUMBERS}")
        size = self.card.samples_per_frame
        begin, end = context[0] - left_out[0], count - left_out[0] - context[1]
        return samples[begin * size : end * size], out.get("statistics")

    def _known(self, prosody: Prosody, memory: Memory | None) -> Memory | None:
        """The memory to decode with; None for a decoder that takes none."""
        return (memory or self._prior(prosody)) if "past" in self._decoder.inputs else None

    def _after(self, memory: Memory | None, *windows: tuple[NDArray[np.float32] | None, slice]) -> Memory | None:
        """The memory behind windows with those statistics and frames."""
        for statistics, frames in windows:
            if memory is not None and statistics is not None:
                memory = memory.after(statistics, frames.stop - frames.start, self._most)
        return memory

    def _phase(self, prosody: Prosody, point: int, rate: int) -> NDArray[np.float32]:
        """[1]: Σ F0 / sample rate in front of a point, less whole cycles, which float32 could not hold."""
        hop = self.card.samples_per_frame // rate
        cycles = prosody.f0[0, :point].sum(dtype=np.float64) * hop / self.card.sample_rate
        return np.array([cycles % 1 / hop], np.float32)

    def _prior(self, prosody: Prosody) -> Memory:
        """What is known of a voice before it has spoken; of a voice without a prior, nothing."""
        known = blend(self._priors, self.voices.parts(prosody.voice))
        if known is not None:
            return Memory(known, self._most)
        assert prosody.scales is not None, "a decoder that remembers takes scales"
        return Memory(np.zeros_like(prosody.scales), 0)


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
        self,
        prosody: Prosody,
        frames: slice,
        stop: Stop | None = None,
        memory: Memory | None = None,
        *,
        context: tuple[int, int] = (0, 0),
    ) -> Decoded:
        """The samples of n consecutive frames without their context."""
        kept = slice(frames.start + context[0], frames.stop - context[1])
        return Decoded(prosody.window(kept)[0].T.reshape(-1))

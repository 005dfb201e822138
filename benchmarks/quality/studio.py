"""Where recordings are made: the uncut graph, the installed model, and a folder for WAV files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kokoro_stream import Speaker, SpeechConfig
from kokoro_stream.audio import wav
from kokoro_stream.audio.pcm import Pcm, encode
from kokoro_stream.config import Latency
from kokoro_stream.events import AudioFrame, SegmentStarted, TimedWord, Words
from kokoro_stream.front_end import FrontEnd, Line
from kokoro_stream.model.kokoro import KokoroModel
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.providers import Runtime
from kokoro_stream.phonemes.languages import phonemizer
from kokoro_stream.phonemes.voices import language_of
from kokoro_stream.rendering import EXPECTED_PHONEMES

from ..cut_model import cut, graph_of
from .manifest import Item, Measure

RATE = 24000  # Hz, of Kokoro
SPEED = 1.0


class Spoken:
    """What the service made of a text: ``samples`` at `RATE`, its words and its segments with their times."""

    def __init__(self, samples: Pcm, words: Sequence[TimedWord], segments: Sequence[SegmentStarted]) -> None:
        self.samples, self.words, self.segments = samples, tuple(words), tuple(segments)


class Studio:
    """Loads the graph and the model of ``folder`` (which is cut if it has not been), and writes into ``work``.

    ``python`` is the interpreter of the dependency group ``quality``.
    """

    def __init__(self, folder: Path, work: Path, threads: int, python: str) -> None:
        self.work, self.cut, self._graph = work, cut(folder), graph_of(folder)
        self.python, self._runtime = python, Runtime(threads=threads)
        self.model = KokoroModel.load(self.cut, runtime=self._runtime)
        self._uncut: onnxruntime.InferenceSession | None = None
        self._uncut_folder = work / "uncut"
        self._uncut_folder.mkdir(parents=True, exist_ok=True)

    def speaker(self) -> Speaker:
        """The service's own path, with the installed model; to be entered."""
        return Speaker(str(self.cut), runtime=self._runtime)

    def lines(self, text: str, voice: str, latency: Latency = "quality") -> list[Line]:
        """What the front end makes of a text that is there at once."""
        front_end = FrontEnd(phonemizer(language_of(voice) or "en-us"), latency, self.model.card.token_limit)
        return [*front_end.feed(text), *front_end.flush()]

    def prosody(self, phonemes: str, voice: str) -> Prosody:
        """Of the cut model, with the row of the style table that the service takes."""
        return self.model.prosody(phonemes, voice, SPEED, row=self.row(phonemes))

    def row(self, phonemes: str) -> int:
        """As `Rendering` does for a speech that begins with these phonemes."""
        return min(max(len(phonemes), EXPECTED_PHONEMES), self.model.card.token_limit)

    def whole(self, phonemes: str, voice: str, sounding: slice) -> Pcm:
        """What the uncut graph makes of the same, in plain ONNX Runtime, of the frames that are ``sounding``.

        Kept in ``work``: it does not change when we do.
        """
        style = self.model.voices.style(voice, self.row(phonemes))
        ids = self.model.ids(phonemes)
        stat = self._graph.stat()
        key = hashlib.sha256(repr((str(self._graph), stat.st_size, stat.st_mtime_ns)).encode())
        key.update(ids.tobytes() + style.tobytes())
        kept = self._uncut_folder / f"{key.hexdigest()}.npy"
        if kept.exists():
            samples = np.load(kept)
        else:
            samples = self._run(ids, style)
            np.save(kept, samples)
        size = self.model.card.samples_per_frame
        return np.asarray(samples[sounding.start * size : sounding.stop * size], np.float32)

    def _run(self, ids: NDArray[np.int64], style: NDArray[np.float32]) -> Pcm:
        if self._uncut is None:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.log_severity_level = self._runtime.cores, 3
            self._uncut = onnxruntime.InferenceSession(str(self._graph), options, providers=["CPUExecutionProvider"])
        names = [given.name for given in self._uncut.get_inputs()]
        feeds = dict(zip(names, (ids, style, np.array([SPEED], np.float32)), strict=True))
        return np.asarray(self._uncut.run(None, feeds)[0], np.float32).reshape(-1)

    def item(
        self,
        name: str,
        kind: str,
        samples: Pcm,
        text: str,
        voice: str,
        *,
        reference: Item | None = None,
        measures: tuple[Measure, ...] = (),
        facts: Mapping[str, float | list[float] | list[str]] | None = None,
    ) -> Item:
        """A recording, written; ``name`` is section/what, and unique together with ``kind``."""
        section = name.partition("/")[0]
        path = self.work / f"{name}-{kind}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav.file(encode(samples, "pcm_s16le"), "pcm_s16le", RATE))
        language = language_of(voice) or "en-us"
        return Item(
            f"{name}-{kind}",
            section,
            kind,
            str(path.relative_to(self.work)),
            text,
            language,
            voice,
            "" if reference is None else reference.wav,
            measures,
            facts or {},
        )


async def spoken(speaker: Speaker, text: str, voice: str, latency: Latency = "balanced") -> Spoken:
    """A text through the service's own path, at once."""
    config = SpeechConfig(voice=voice, latency=latency, sample_rate=RATE)
    pcm, words, segments = bytearray(), list[TimedWord](), list[SegmentStarted]()
    async with speaker.speak(text, config=config) as speech:
        async for event in speech.events():
            if isinstance(event, AudioFrame):
                pcm += event.pcm
            elif isinstance(event, Words):
                words += event.words
            elif isinstance(event, SegmentStarted):
                segments.append(event)
    samples = np.frombuffer(bytes(pcm), "<i2").astype(np.float32) / np.float32(32768)
    return Spoken(samples, words, segments)

"""A model and a front end that cost nothing, and remember what they were asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from kokoro_stream.errors import ModelError
from kokoro_stream.front_end import Line
from kokoro_stream.model.folder import ModelCard
from kokoro_stream.model.kokoro import Samples
from kokoro_stream.model.prosody import Prosody
from kokoro_stream.model.stop import Stop
from kokoro_stream.phonemes.utterance import Utterance, Word

FRAME = 600  # samples, of 24,000 a second
FRAMES_PER_PHONEME = 4
PADDING = 6  # frames at either end …
SILENCE = 4  # … of which those at the very end are not worth decoding
PATIENCE_S = 30  # for a call that ought to have come long ago


@dataclass(frozen=True)
class Asked:
    """A call: ``what`` was computed, of ``line`` (its phonemes), and with what.

    ``frames`` were decoded, their ``context`` included; ``sentence`` is the number of the prosody whose norms they had.
    """

    what: str
    line: str
    row: int | None = None
    frames: range = range(0)
    context: tuple[int, int] = (0, 0)
    sentence: int = 0
    speed: float = 1.0


class FakeModel:
    """Says a phoneme in ``FRAMES_PER_PHONEME`` frames of a steady tone; its norms count sentences.

    Context costs as much as what is heard. A line with a "!" in it cannot be said.
    """

    def __init__(self) -> None:
        self.card = ModelCard(
            name="fake",
            sample_rate=24000,
            samples_per_frame=FRAME,
            samples_per_duration=FRAME,
            margin_frames=2,
            first_window_frames=10,
            longest_window_frames=40,
            token_limit=510,
            default_voice="af_fake",
            languages=("en-us",),
            licence="none",
            vocabulary={},
        )
        self.asked: list[Asked] = []
        self.news = threading.Condition()

    def prosody(self, phonemes: str, voice: str, speed: float, stop: Stop | None = None, *, row: int | None) -> Prosody:
        self._note(Asked("prosody", phonemes, row=row, speed=speed))
        if "!" in phonemes:
            raise ModelError("it cannot be said")
        frames = len(phonemes) * FRAMES_PER_PHONEME + 2 * PADDING
        steady = np.ones((1, 2 * frames), np.float32)
        durations = np.array([PADDING, *[FRAMES_PER_PHONEME] * len(phonemes), PADDING], np.int64)
        features = np.zeros((1, 1, frames), np.float32)
        sounding = slice(SILENCE, frames - SILENCE)
        sentence = sum(asked.what == "prosody" for asked in self.asked)
        norms = np.full((1, 2), sentence, np.float32)
        return Prosody(features, steady, steady, durations, steady, sounding, phonemes, norms)

    def toll(self, left: int, right: int) -> float:
        return left + right

    def decode(
        self, prosody: Prosody, frames: slice, stop: Stop | None = None, *, context: tuple[int, int] = (0, 0)
    ) -> Samples:
        assert prosody.norms is not None
        window, sentence = range(frames.start, frames.stop), int(prosody.norms[0, 0])
        self._note(Asked("decode", prosody.voice, frames=window, context=context, sentence=sentence))
        return np.full((len(window) - sum(context)) * FRAME, 0.1, np.float32)

    decode_in_halves = decode

    def wait_for(self, what: str, line: str) -> None:
        """Until that was asked. Blocking."""
        with self.news:
            asked = self.news.wait_for(lambda: any((a.what, a.line) == (what, line) for a in self.asked), PATIENCE_S)
        assert asked, f"no {what} of {line!r} was asked for"

    def _note(self, asked: Asked) -> None:
        with self.news:
            self.asked.append(asked)
            self.news.notify_all()


class FakeFrontEnd:
    """A word is a line, its letters are its phonemes."""

    def __init__(self) -> None:
        self._held = ""
        self._fed = 0

    @property
    def held(self) -> bool:
        return bool(self._held)

    @property
    def coming(self) -> int | None:
        return 0 if self._held else None

    @property
    def passed(self) -> int:
        return self._fed - len(self._held)

    def feed(self, piece: str) -> list[Line]:
        self._fed += len(piece)
        *words, self._held = (self._held + piece).split(" ")
        start = self._fed - len(self._held) - sum(len(word) + 1 for word in words)
        return self._lines(words, start)

    def flush(self) -> list[Line]:
        words, self._held = [self._held], ""
        return self._lines(words, self._fed - len(words[0]))

    def _lines(self, words: list[str], start: int) -> list[Line]:
        lines = []
        for word in words:
            end = start + len(word)
            spoken = (Word(word, word, start, end, 0, len(word)),) if word else ()
            lines.append(Line(Utterance(word, spoken), start, end, "sentence"))
            start = end + 1
        return lines

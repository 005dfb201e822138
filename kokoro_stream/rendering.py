"""One speech's lines become its audio and events: prosody, decode windows, stitching, timeline, frames."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from .audio.packer import Packer
from .audio.stitch import Stitcher
from .audio.timeline import Timeline, spans_of
from .config import SPEEDS, SpeechConfig
from .engine.admission import Place
from .engine.engine import Engine
from .engine.policy import decoding_rate, frames_in_time
from .engine.schedule import deadline_of
from .engine.windowed import OVERLAP_MS
from .engine.windows import Window, plan
from .events import AudioFrame, Event, MarkReached, SegmentStarted, Warned, Words
from .front_end import Line
from .model.folder import ModelCard
from .model.kokoro import KokoroModel
from .model.prosody import Prosody
from .model.session import Stop
from .text.segments import Ending

Result = TypeVar("Result")

# Silence from the last audible sample of a segment to the next segment, at speed 1; the pauses of read-aloud prose.
PAUSE_MS: dict[Ending, float] = {"clause": 150, "sentence": 350, "block": 500, "cap": 80, "flush": 200}
TAIL_MS = 60  # of them, what a segment keeps itself; the rest is owed only when another segment follows
# Phonemes of a sentence that begins with a clause: of fifteen words, as prose has them.
EXPECTED_PHONEMES = 90
SILENCE_S = 0.5  # packed at a time, on the event loop: a fraction of a millisecond
EMPTY_MS = 20  # of silence for a speech without anything speakable: clients take no audio at all for a failure


class Rendering:
    """The audio side of one speech. ``emit`` takes its events in order and waits while the listener is behind.

    `prepare` may run for the next line while `speak` runs for the one before. Cancelling any coroutine stops the
    machine first. Model errors are raised.
    """

    def __init__(
        self, model: KokoroModel, engine: Engine, config: SpeechConfig, emit: Callable[[Event], Awaitable[None]]
    ) -> None:
        self._model, self._engine, self._config, self._emit = model, engine, config, emit
        self._rate = model.card.sample_rate
        self._packer = Packer(self._rate, config)
        self._position = 0  # samples of the model's rate that have been stitched
        self._emitted = 0  # samples of the listener's rate
        self._owed = 0  # samples of pause, due when another line follows …
        self._paused = 0  # … of which so many have been played already
        self._dry_at = 0.0  # when the listener's buffer runs dry, on the loop's clock
        self._prosody: Prosody | None = None  # of the line that comes next …
        self._prepared_until = 0.0  # … which will have been played by then
        self._may_prepare = asyncio.Event()  # all windows of the line before have begun
        self._may_prepare.set()
        self._row: int | None = None  # of the style table: with one for all, lines do not differ in pace and level
        self._marks: deque[tuple[int, str]] = deque()  # bounded by the speech, which counts `marks_waiting`
        self._place: Place | None = None
        self._paid: tuple[int, float] = 0, 0.0  # phonemes and frames that were computed for the samples behind …
        self._paid_until = 0  # … this one
        self.timeline = Timeline(self._rate)
        self.compute_seconds = 0.0
        self.lines = 0
        self.windows = 0

    @property
    def audio_ms(self) -> float:
        """Audio made so far, in milliseconds."""
        return self._position * 1000 / self._rate

    @property
    def marks_waiting(self) -> int:
        """Marks that the audio has not reached."""
        return len(self._marks)

    def enter(self) -> None:
        """Text has come: there will be something to compute. Raises `OverloadedError`."""
        self._place = self._engine.admission.enter(self._config.priority, self._now())

    def leave(self) -> None:
        """Nothing is left to compute. Idempotent."""
        self._account()
        if self._place is not None:
            self._engine.admission.leave(self._place, self._now())

    async def prepare(self, line: Line) -> None:
        """Decides how a line's words will be said, once only the last window of the one before is left to decode.

        Sooner would be of no use to its listener, and a prosody is the largest part of a speech's memory.
        """
        await self._may_prepare.wait()
        self._may_prepare.clear()
        now = self._now()
        if max(self._dry_at, self._prepared_until) <= now:
            self._dry_at = now  # the listener waits from now on
        phonemes, voice, speed = line.utterance.phonemes, self._config.voice, self._speed(line)
        row = self._row = self._row or min(max(len(phonemes), EXPECTED_PHONEMES), self._model.card.token_limit)
        cost, card = self._engine.costs.prosody, self._model.card
        prosody, seconds = await self._run(
            lambda stop: self._model.prosody(phonemes, voice, speed, stop, row=row),
            deadline=max(self._dry_at, self._prepared_until),
            seconds=cost.value * len(phonemes),
            debt=self._cost_of(card.first_window_frames) + self._debt(card.first_window_frames),
        )
        cost.add(seconds, len(phonemes))
        self._paid = self._paid[0] + len(phonemes), self._paid[1]
        audio = (prosody.sounding.stop - prosody.sounding.start) * card.samples_per_frame / self._rate
        self._prepared_until = max(self._prepared_until, self._dry_at, self._now()) + audio
        self._prosody = prosody

    async def speak(self, line: Line, written: str) -> None:
        """Everything of one line, after its `pause` and once it is prepared; ``written`` is its text as sent."""
        for start, end in line.utterance.unspoken:
            await self._emit(Warned("unspoken", "nothing could be said for these characters", start, end))
        for dropped in line.warnings:
            await self._emit(Warned(dropped.code, f"not spoken: {dropped.why}", dropped.start, dropped.end))
        if not line.utterance.words:
            self._ask_for_pause(line.pause_ms)
            return
        speed = self._speed(line)
        await self._say(line, written, Stitcher(self._rate, tail_ms=TAIL_MS / speed))
        self._paused = 0
        self._owed = round((PAUSE_MS[line.ends] - TAIL_MS) * self._rate / 1000 / speed)
        self.lines += 1
        self._account()
        await self._pass_marks(line.end, self.audio_ms)

    async def pause(self, asked_ms: int = 0) -> None:
        """The silence in front of a line that is going to come; markup may ask for another than the usual.

        What of it has been played is not played again: a listener need not run dry because nothing but the silence is
        known of a line yet.
        """
        self._ask_for_pause(asked_ms)
        due = self._owed - self._paused
        self._paused = max(self._paused, self._owed)
        await self._be_silent(due)

    async def mark(self, name: str, offset: int) -> None:
        """A mark in front of the character at ``offset`` of the text as sent; 0 for one that the audio has reached."""
        self._marks.append((offset, name))
        await self._pass_marks(0, self.audio_ms)

    async def finish(self, characters: int) -> None:
        """The last audio, of a speech of that many characters; silence and a warning if there has been none."""
        if not self.lines:
            await self._emit(Warned("no_speakable_text", "the text holds nothing that could be spoken"))
            await self._be_silent(round(EMPTY_MS * self._rate / 1000))
        await self._pass_marks(characters, self.audio_ms)
        self.timeline.finish(samples=self._position, characters=characters)
        await self._send(self._packer.flush())

    def _ask_for_pause(self, asked_ms: int) -> None:
        if asked_ms:
            self._owed = max(0, round((asked_ms - TAIL_MS) * self._rate / 1000))

    async def _say(self, line: Line, written: str, stitcher: Stitcher) -> None:
        """The words, window by window. What has been decoded of the prosody is let go of."""
        prosody, self._prosody = self._prosody, None
        assert prosody is not None, "prepare before you speak"
        start, spans, sounding = self._position, spans_in(self._model.card, line, prosody), prosody.sounding
        left_out = sounding.start * self._model.card.samples_per_frame
        spoken = spans[-1][1]
        announced, decoded = False, sounding.start
        while decoded < sounding.stop:
            window, before = self._window(prosody, decoded), stitcher.samples
            decoded = window.end
            last = decoded == sounding.stop
            if last:
                self._may_prepare.set()  # or the next line would have nothing to decode when this one is through
            frames = await self._decode(prosody, window, stitcher, spoken - left_out if last else None)
            prosody = prosody.since(decoded - self._model.card.margin_frames)
            if not announced and stitcher.trimmed_head is not None:
                announced = True
                await self._announce(line, written, spans, start, left_out + stitcher.trimmed_head)
            await self._play(stitcher.samples - before, frames)

    def _speed(self, line: Line) -> float:
        slowest, fastest = SPEEDS
        return min(max(self._config.speed * line.rate, slowest), fastest)

    def _window(self, prosody: Prosody, start: int) -> Window:
        """The window that begins at the frame ``start``: as long as can be made in time."""
        card, now = self._model.card, self._now()
        cost, lead = self._engine.costs.decoder.value, self._dry_at - now
        rate = decoding_rate(cost, self._engine.admission.load(now, without=self._place))
        toll = self._model.toll(card.margin_frames, card.margin_frames)
        in_time = frames_in_time(lead, rate, toll)
        if lead > 0:
            rate = decoding_rate(cost, 0)  # whoever has the least audio left is served before the others
        if self._config.priority == "bulk":
            in_time = card.longest_window_frames  # nobody waits for it
        return plan(
            prosody.f0[0],
            prosody.energy[0],
            frames=prosody.frames,
            margin=card.margin_frames,
            first=min(card.longest_window_frames, max(card.first_window_frames, in_time)),
            longest=card.longest_window_frames,
            pace=rate * card.samples_per_frame / self._rate,
            toll=toll,
            spoken=slice(start, prosody.sounding.stop),
        )[0]

    async def _decode(self, prosody: Prosody, window: Window, stitcher: Stitcher, spoken: int | None) -> list[bytes]:
        """Frames, made on the worker: two seconds of samples are too many to handle on the event loop.

        ``spoken`` is given for the segment's last window: how many of its samples hold words.
        """
        hop = self._model.card.samples_per_frame
        last = spoken is not None
        overlap = 0 if last else min(round(OVERLAP_MS * self._rate / 1000), window.right * hop)
        context = window.left, window.right - math.ceil(overlap / hop)
        kept = len(window) * hop + overlap
        size, cost = len(window) + self._model.toll(*context), self._engine.costs.decoder

        def compute(stop: Stop) -> list[bytes]:
            samples = self._model.decode_in_halves(prosody, window.context, stop, context=context)
            audio = stitcher.feed(samples[:kept], overlap=overlap)
            if last:
                audio += stitcher.flush(spoken=spoken or 0)
            return self._packer.feed(audio)

        frames, seconds = await self._run(
            compute, deadline=self._dry_at, seconds=cost.value * size, debt=self._debt(len(window))
        )
        cost.add(seconds, size)
        self._paid = self._paid[0], self._paid[1] + size
        self.windows += 1
        return frames

    async def _run(
        self, call: Callable[[Stop], Result], *, deadline: float, seconds: float, debt: float
    ) -> tuple[Result, float]:
        """The result, and the seconds of the machine it took."""
        assert self._place is not None, "a line comes out of text, and text has entered"
        self._place.jobs += 1
        try:
            result, spent = await self._engine.run(
                call, deadline=deadline, owner=self, priority=self._config.priority, seconds=seconds, debt=debt
            )
        finally:
            self._place.jobs -= 1
        self.compute_seconds += spent
        return result, spent

    def _cost_of(self, frames: int) -> float:
        """Seconds for a window of that many frames within a line."""
        margin = self._model.card.margin_frames
        return self._engine.costs.decoder.value * (frames + self._model.toll(margin, margin))

    def _debt(self, frames: int) -> float:
        """Seconds of work that is urgent once a listener has a window of that many frames, and nothing else."""
        return self._cost_of(2 * frames)

    def _account(self) -> None:
        """Tell what the audio since the last time has taken."""
        phonemes, frames = self._paid
        self._engine.costs.spoke((self._position - self._paid_until) / self._rate, phonemes=phonemes, frames=frames)
        self._paid, self._paid_until = (0, 0.0), self._position

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _announce(
        self, line: Line, written: str, spans: Sequence[tuple[int, int]], start: int, trimmed: int
    ) -> None:
        as_sent = tuple(
            replace(word, text=written[word.start - line.start : word.end - line.start])
            for word in line.utterance.words
        )
        words = self.timeline.add(replace(line.utterance, words=as_sent), spans, start=start, trimmed=trimmed)
        await self._emit(SegmentStarted(written, line.start, line.end, start * 1000 / self._rate))
        await self._emit(Words(words))
        for word in words:
            await self._pass_marks(word.char_start, word.start_ms)

    async def _pass_marks(self, offset: int, audio_ms: float) -> None:
        while self._marks and self._marks[0][0] <= offset:
            await self._emit(MarkReached(self._marks.popleft()[1], audio_ms))

    async def _be_silent(self, samples: int) -> None:
        while samples > 0:
            some = min(samples, round(SILENCE_S * self._rate))
            await self._play(some, self._packer.feed([np.zeros(some, np.float32)]))
            samples -= some

    async def _play(self, samples: int, frames: list[bytes]) -> None:
        """The frames, which hold that many more of the model's samples."""
        self._position += samples
        self._dry_at = deadline_of(self._dry_at, now=self._now(), delivered=samples / self._rate)
        if self._place is not None:
            self._place.dry_at = self._dry_at
        await self._send(frames)

    async def _send(self, frames: list[bytes]) -> None:
        """Emits the frames and takes them out: to be played may take seconds."""
        rate = self._config.sample_rate
        frames.reverse()
        while frames:
            pcm = frames.pop()
            samples = self._packer.samples(pcm)
            end_ms = (self._emitted + samples) * 1000 / rate
            await self._emit(
                AudioFrame(
                    pcm=pcm,
                    sample_rate=rate,
                    sample_offset=self._emitted,
                    samples=samples,
                    start_ms=self._emitted * 1000 / rate,
                    words=self.timeline.take(end_ms),
                )
            )
            self._emitted += samples


def spans_in(card: ModelCard, line: Line, prosody: Prosody) -> tuple[tuple[int, int], ...]:
    """Where the words of a line are in the samples of its prosody: `spans_of`, by what is known of the model."""
    return spans_of(
        line.utterance,
        prosody.durations,
        samples_per_unit=card.samples_per_duration,
        lead=round(card.lead_ms * card.sample_rate / 1000),
        space=card.space,
        audible=None if card.quiet_energy is None else prosody.energy[0] > card.quiet_energy,
    )

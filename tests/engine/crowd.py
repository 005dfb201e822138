"""Listeners and one machine, simulated: the engine's rules at work, in no time and without threads.

Everything that decides is the package's own (`Schedule`, `victim`, `Admission`, `plan`); what is imitated is the
machine, which takes as long as `Voice` says, and the speeches, which ask for their jobs as `kokoro_stream.rendering`
does: one window after the other, the next line's prosody ahead, no more than `BUFFERED_S` beyond what was played.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kokoro_stream.config import Priority
from kokoro_stream.engine.admission import Admission
from kokoro_stream.engine.cost import Costs
from kokoro_stream.engine.policy import decoding_rate, frames_in_time, victim
from kokoro_stream.engine.schedule import Schedule, Turn, deadline_of
from kokoro_stream.engine.windows import plan
from kokoro_stream.errors import OverloadedError

BUFFERED_S = 2.0
LINE_S = (1.5, 5.0)  # sentences
PHONEMES_S = 14  # spoken in a second
STOPPING_S = 0.03  # until a stopped job has let go of its thread


@dataclass(frozen=True)
class Voice:
    """A model on a machine: ``decoder`` seconds for a frame, ``prosody`` seconds for a second of audio."""

    decoder: float
    prosody: float
    frames_s: int = 40
    first: int = 10
    longest: int = 80
    margin: int = 12
    jitter: float = 0.1  # the machine is that much faster or slower from job to job

    def costs(self) -> Costs:
        """As measured when it was loaded."""
        return Costs(
            prosody=3 * self.prosody,
            phonemes=3 * PHONEMES_S,
            decoder=3 * self.frames_s * self.decoder,
            frames=3 * self.frames_s,
            audio=3.0,
            context=(self.longest + 2 * self.margin) / self.longest,
        )


@dataclass(slots=True, eq=False, kw_only=True)
class Job(Turn):
    done: Callable[[float], None]
    begun: float = 0.0
    yields: bool = False


class Crowd:
    """The machine, its clock, and who speaks on it."""

    def __init__(self, voice: Voice, seed: int) -> None:
        self.voice, self.costs, self.random = voice, voice.costs(), random.Random(seed)
        self.admission = Admission(self.costs)
        self.now = 0.0
        self.speeches: list[Listener] = []
        self.refused = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._waiting: Schedule[Job] = Schedule(10_000)
        self._running: Job | None = None

    def arrive(self, at: float, length: float, priority: Priority = "interactive") -> None:
        """Somebody wants to hear ``length`` seconds."""
        self.at(at, lambda: self._admit(length, priority))

    def run(self) -> None:
        """Until everybody has been served."""
        while self._events:
            self.now, _, event = heapq.heappop(self._events)
            event()

    def at(self, moment: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (max(moment, self.now), self.random.getrandbits(60), event))

    def submit(self, job: Job) -> None:
        self._waiting.push(job, now=self.now)
        self._next()

    def _admit(self, length: float, priority: Priority) -> None:
        try:
            self.speeches.append(Listener(self, length, priority))
        except OverloadedError:
            self.refused += 1

    def _next(self) -> None:
        running = self._running
        left = max(0.0, running.seconds - (self.now - running.begun)) if running else 0.0
        job = self._waiting.first(now=self.now, in_hand=left)
        if job is None:
            return
        if running is None:
            self._waiting.remove(job)
            self._begin(job)
        elif not running.yields and self.now + left + job.seconds > job.deadline:
            running.yields = victim({running: left}, job, self.now) is not None
            if running.yields:
                self.at(self.now + STOPPING_S, lambda: self._stopped(running))

    def _begin(self, job: Job) -> None:
        self._running, job.begun = job, self.now
        seconds = job.seconds * self.random.uniform(1 - self.voice.jitter, 1 + self.voice.jitter)
        self.at(self.now + seconds, lambda: self._done(job, seconds))

    def _done(self, job: Job, seconds: float) -> None:
        if job is self._running and not job.yields:
            self._running = None
            job.done(seconds)  # its owner is the first to ask for more
            self._next()

    def _stopped(self, job: Job) -> None:
        self._running, job.yields = None, False
        job.reruns += 1
        self._waiting.restore(job, now=self.now)
        self._next()


@dataclass(eq=False)
class Listener:
    """A speech and who hears it. ``gaps`` are the seconds for which he heard nothing, once he had heard something."""

    crowd: Crowd
    length: float
    priority: Priority
    gaps: list[float] = field(default_factory=list)
    first_s: float | None = None
    done_s: float | None = None

    def __post_init__(self) -> None:
        self.place = self.crowd.admission.enter(self.priority, self.crowd.now)
        self._came = self.crowd.now
        self._dry_at = self._prepared_until = 0.0
        self._preparing, self._prepared = False, 0  # frames of the line that has its prosody
        self._start = self._frames = 0  # of the line that is being decoded
        self._phonemes, self._decoded, self._heard = 0, 0, 0.0
        self._prepare()

    def _ask(self, deadline: float, seconds: float, debt: float, done: Callable[[float], None]) -> None:
        self.place.jobs += 1
        self.crowd.submit(
            Job(owner=self, deadline=deadline, seconds=seconds, priority=self.priority, debt=debt, done=done)
        )

    def _cost_of(self, frames: int) -> float:
        return self.crowd.costs.decoder.value * (frames + 2 * self.crowd.voice.margin)

    def _prepare(self) -> None:
        if self._preparing or self._prepared or self.length <= 0:
            return
        audio = min(self.length, self.crowd.random.uniform(*LINE_S))
        self.length -= audio
        self._preparing = True
        if max(self._dry_at, self._prepared_until) <= self.crowd.now:
            self._dry_at = self.crowd.now
        first = self.crowd.voice.first
        self._ask(
            max(self._dry_at, self._prepared_until),
            self.crowd.costs.prosody.value * PHONEMES_S * audio,
            self._cost_of(first) + self._cost_of(2 * first),
            lambda seconds: self._have_prosody(audio, seconds),
        )

    def _have_prosody(self, audio: float, seconds: float) -> None:
        self.place.jobs -= 1
        self._phonemes += round(PHONEMES_S * audio)
        self.crowd.costs.prosody.add(seconds, PHONEMES_S * audio)
        self._preparing, self._prepared = False, max(1, round(audio * self.crowd.voice.frames_s))
        self._prepared_until = max(self._prepared_until, self._dry_at, self.crowd.now) + audio
        if not self._frames:
            self._speak()

    def _speak(self) -> None:
        self._start, self._frames, self._prepared = 0, self._prepared, 0
        self._decode()

    def _decode(self) -> None:
        voice, costs = self.crowd.voice, self.crowd.costs
        others = self.crowd.admission.load(self.crowd.now, without=self.place)
        lead = self._dry_at - self.crowd.now
        rate = decoding_rate(costs.decoder.value, others)
        in_time = frames_in_time(lead, rate, 2 * voice.margin)
        if lead > 0:
            rate = decoding_rate(costs.decoder.value, 0)
        even = np.zeros(self._frames)
        window = plan(
            even,
            even,
            frames=self._frames,
            margin=voice.margin,
            first=min(voice.longest, max(voice.first, in_time)),
            longest=voice.longest,
            pace=rate / voice.frames_s,
            spoken=slice(self._start, self._frames),
        )[0]
        frames = min(voice.margin, window.start) + len(window) + window.right
        self._start = window.end
        if self._start == self._frames:
            self._prepare()
        self._ask(
            self._dry_at,
            costs.decoder.value * frames,
            self._cost_of(2 * len(window)),
            lambda seconds: self._deliver(len(window) / voice.frames_s, frames, seconds),
        )

    def _deliver(self, audio: float, frames: int, seconds: float) -> None:
        self.place.jobs -= 1
        self._decoded += frames
        self.crowd.costs.decoder.add(seconds, frames)
        if self.first_s is None:
            self.first_s = self.crowd.now - self._came
        elif self.crowd.now > self._dry_at:
            self.gaps.append(self.crowd.now - self._dry_at)
        self._dry_at = self.place.dry_at = deadline_of(self._dry_at, now=self.crowd.now, delivered=audio)
        self._heard += audio
        if self._dry_at - BUFFERED_S <= self.crowd.now:
            self._go_on()
        else:
            self.crowd.at(self._dry_at - BUFFERED_S, self._go_on)
        if self._dry_at - self.crowd.now > self._cost_of(self.crowd.voice.longest):
            self._prepare()

    def _go_on(self) -> None:
        if self._start < self._frames:
            self._decode()
            return
        self.crowd.costs.spoke(self._heard, phonemes=self._phonemes, frames=self._decoded)
        self._frames, self._phonemes, self._decoded, self._heard = 0, 0, 0, 0.0
        if self._prepared:
            self._speak()
        elif self.length > 0:
            self._prepare()
        elif not self._preparing:
            self.crowd.admission.leave(self.place, self.crowd.now)
            self.done_s = self.crowd.now - self._came

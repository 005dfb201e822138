"""One utterance's life: text in while it is written, audio and events out while it is spoken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from .chunks import text_of
from .config import SpeechConfig
from .engine.engine import Engine
from .errors import ClosedError, KokoroStreamError, OverloadedError, TextLimitError
from .events import TERMINAL, AudioFrame, Done, Event, Failed, Interrupted
from .front_end import FrontEnd, Line
from .inbox import End, Flush, Inbox, Item, Mark
from .model.kokoro import KokoroModel
from .rendering import Rendering

logger = logging.getLogger(__name__)

BUFFERED_MS = 2000  # of audio may wait for the listener; more would only be thrown away when he interrupts
EVENTS_PER_SEGMENT = 4  # beside its frames: start, words, a mark, a warning
LINES_AHEAD = 4  # segments, and what lies between them, that wait phonemized; the rest waits as text, which is smaller

Result = TypeVar("Result")
Text = str | Iterable[object] | AsyncIterable[object]  # pieces: strings, or chunks that `text_of` understands


@dataclass(frozen=True, slots=True)
class _Passed:
    """Nothing is left to say of the text before ``offset``."""

    offset: int


@dataclass(frozen=True, slots=True)
class _Coming:
    """Another line is going to come, and markup asks for so many milliseconds of silence in front of it."""

    pause_ms: int


class Speech:
    """An async context manager; leaving it stops whatever is still being computed for it.

    Made by `Speaker.speak`. Feed text (or hand the speaker an iterable of it), and iterate: over the speech itself for
    `AudioFrame` values, or over `events` for everything. One consumer at a time. A listener that does not iterate
    stops the work after about two seconds of audio. Where it would make other speeches stutter, it fails at its first
    text with `OverloadedError`, as event `Failed`.
    """

    def __init__(
        self,
        model: KokoroModel,
        engine: Engine,
        front_end: Callable[[], FrontEnd],
        thread: ThreadPoolExecutor,
        config: SpeechConfig,
        source: Text | None = None,
    ) -> None:
        self._new_front_end, self._thread, self._config, self._source = front_end, thread, config, source
        self._rendering = Rendering(model, engine, config, self._emit)
        self._text: list[str] = []
        self._fed = 0
        self._rendered = 0
        self._ended = False
        self._inbox = Inbox(config.idle_flush_ms / 1000)
        self._room = asyncio.Event()
        self._lines: asyncio.Queue[Line | Mark | _Coming | _Passed | End] = asyncio.Queue(LINES_AHEAD)
        self._prepared: asyncio.Queue[Line | Mark | _Coming | _Passed | End] = asyncio.Queue(LINES_AHEAD)
        self._out: asyncio.Queue[Event] = asyncio.Queue(BUFFERED_MS // config.frame_ms + EVENTS_PER_SEGMENT)
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []
        self._entered = False
        self._over: Event | None = None  # the terminal event, once it has been handed out
        self._failure: BaseException | None = None
        self._begun_at = self._first_audio_at = 0.0
        self._sent_ms = 0.0

    def feed(self, text: str) -> None:
        """More text. Never blocks. Raises `TextLimitError` (nothing was taken) or `ClosedError`."""
        if self._ended:
            raise ClosedError("the speech takes no more text: it has ended")
        waiting = self._waiting + len(text)
        if waiting > self._config.max_waiting_chars:
            raise TextLimitError(waiting, self._config.max_waiting_chars)
        if not text:
            return
        if not self._fed:
            self._begun_at = asyncio.get_running_loop().time()
        self._fed += len(text)
        self._text.append(text)
        self._inbox.put(text)

    def flush(self) -> None:
        """Speak what is there, as if a segment ended here."""
        self._inbox.put(Flush())

    def mark(self, name: str) -> None:
        """Report `MarkReached` where the text so far ends. Raises `TextLimitError` when too many wait."""
        waiting = max(self._waiting, len(self._inbox) + self._rendering.marks_waiting)
        if waiting >= self._config.max_waiting_chars:
            raise TextLimitError(waiting + 1, self._config.max_waiting_chars)
        self._inbox.put(Mark(name, self._fed))

    def end(self) -> None:
        """No more text. Idempotent."""
        if not self._ended:
            self._ended = True
            self._inbox.put(End())

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything in order; the last event is terminal. Cancelling it loses nothing that was not yet handed out."""
        self._require_entered()
        while self._over is None:
            event = await self._out.get()
            if isinstance(event, AudioFrame):
                self._sent_ms = (event.sample_offset + event.samples) * 1000 / event.sample_rate
            elif isinstance(event, TERMINAL):
                self._over = event
            yield event

    async def __aiter__(self) -> AsyncIterator[AudioFrame]:
        """The audio alone. Raises what made the speech fail."""
        async for event in self.events():
            if isinstance(event, AudioFrame):
                yield event
        if self._failure is not None:
            raise self._failure

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        """Stop the machine and say what had been heard when ``played_ms`` of audio had been played.

        None stands for all that was handed out. No audio follows; `events` then ends with the value returned here.
        Also after the last event, since a listener is behind. Returns once the worker is free of this speech.
        """
        self._require_entered()
        self._ended = True
        self._cancel()
        await asyncio.wait(self._running)
        self._rendering.leave()
        while not self._out.empty():
            self._out.get_nowait()
        played = self._sent_ms if played_ms is None else played_ms
        outcome = self._rendering.timeline.interrupted("".join(self._text), sent_ms=self._sent_ms, played_ms=played)
        if self._over is None:
            self._out.put_nowait(outcome)
        return outcome

    async def __aenter__(self) -> Self:
        if self._entered:
            raise ClosedError("a speech can be entered once")
        self._entered = True
        await self._tasks.__aenter__()
        jobs = {"text": self._read_inbox, "prosody": self._look_ahead, "audio": self._speak}
        if self._source is not None:
            jobs["source"] = self._read
        for name, job in jobs.items():
            self._running.append(self._tasks.create_task(self._guarded(job), name=f"speech {name}"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._cancel()
        # The group need not know why the body ended: its tasks are cancelled already and raise nothing else.
        try:
            await self._tasks.__aexit__(None, None, None)
        finally:
            self._rendering.leave()

    @property
    def _waiting(self) -> int:
        return self._fed - self._rendered

    def _require_entered(self) -> None:
        if not self._entered:
            raise ClosedError("enter the speech first: async with speaker.speak(…) as speech")

    def _cancel(self) -> None:
        """Every task of this speech but the one that calls it."""
        for task in self._running:
            if task is not asyncio.current_task():
                task.cancel()

    async def _guarded(self, job: Callable[[], Awaitable[None]]) -> None:
        """A failure ends the speech with `Failed` as its last event; the frame iterator raises the error itself."""
        try:
            await job()
        except Exception as error:  # a speech that fails must end, not hang, and must not end its neighbours
            if not isinstance(error, KokoroStreamError):
                logger.exception("a speech failed")
            self._failure = error
            self._ended = True
            self._cancel()
            self._rendering.leave()
            retry_after_ms = error.retry_after_ms if isinstance(error, OverloadedError) else None
            await self._out.put(Failed(_code(error), str(error), retry_after_ms))

    async def _read(self) -> None:
        """Feed the source, waiting for room instead of refusing text."""
        async for piece in _pieces(self._source):
            while self._waiting and self._waiting + len(piece) > self._config.max_waiting_chars:
                self._room.clear()
                await self._room.wait()
            self.feed(piece)
        self.end()

    async def _read_inbox(self) -> None:
        """Inbox → lines, in the text thread. The first text needs a place among the speeches under way."""
        front_end = await self._in_thread(self._new_front_end)
        passed, admitted, told = 0, False, False
        while True:
            item: Item = await self._inbox.next(held=front_end.held)
            if isinstance(item, str):
                if not admitted:
                    self._rendering.enter()
                    admitted = True
                lines = await self._in_thread(front_end.feed, item)
            elif isinstance(item, Mark):
                # Behind text that is all on its way, a mark has nothing to wait for but that text's audio.
                await self._lines.put(item if front_end.held else Mark(item.name, 0))
                continue
            else:
                lines = await self._in_thread(front_end.flush)
            for line in lines:
                await self._lines.put(line)
                told = False
            if not told and (pause_ms := front_end.coming) is not None:
                told = True
                await self._lines.put(_Coming(pause_ms))
            if front_end.passed > passed:  # seldom within a sentence: the queue is for lines
                passed = front_end.passed
                await self._lines.put(_Passed(passed))
            if isinstance(item, End):
                await self._lines.put(item)
                return

    async def _look_ahead(self) -> None:
        """Lines → lines that are prepared, while the one before is being spoken."""
        while True:
            item = await self._lines.get()
            if isinstance(item, Line) and item.utterance.words:
                await self._prepared.put(_Coming(item.pause_ms))
                await self._rendering.prepare(item)
            await self._prepared.put(item)
            if isinstance(item, End):
                return

    async def _speak(self) -> None:
        """Lines with their prosody → events."""
        while not isinstance(item := await self._prepared.get(), End):
            if isinstance(item, Mark):
                await self._rendering.mark(item.name, item.offset)
                continue
            if isinstance(item, _Coming):
                await self._rendering.pause(item.pause_ms)
                continue
            passed = item.offset if isinstance(item, _Passed) else item.end
            if isinstance(item, Line):
                await self._rendering.speak(item, self._written(item.start, item.end))
            self._rendered = max(self._rendered, passed)
            self._room.set()
        self._rendering.leave()
        await self._rendering.finish(self._fed)
        await self._emit(self._done())

    def _written(self, start: int, end: int) -> str:
        if len(self._text) > 1:
            self._text = ["".join(self._text)]
        return self._text[0][start:end]

    def _done(self) -> Done:
        audio_ms = self._rendering.audio_ms
        return Done(
            audio_ms=audio_ms,
            first_audio_ms=(self._first_audio_at - (self._begun_at or self._first_audio_at)) * 1000,
            rtf=self._rendering.compute_seconds * 1000 / audio_ms,
            segments=self._rendering.lines,
            windows=self._rendering.windows,
        )

    async def _emit(self, event: Event) -> None:
        if isinstance(event, AudioFrame) and not self._first_audio_at:
            self._first_audio_at = asyncio.get_running_loop().time()
        await self._out.put(event)

    async def _in_thread(self, call: Callable[..., Result], *arguments: str) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def _code(error: Exception) -> str:
    name = type(error).__name__.removesuffix("Error")
    return "internal" if not isinstance(error, KokoroStreamError) else name.lower()


async def _pieces(source: Text | None) -> AsyncIterator[str]:
    """The text, piece by piece; a blocking iterator blocks a thread, not the loop."""
    if isinstance(source, str):
        yield source
    elif isinstance(source, AsyncIterable):
        async for piece in source:
            yield text_of(piece)
    elif isinstance(source, (list, tuple)):
        for piece in source:
            yield text_of(piece)
    elif source is not None:
        iterator = iter(source)
        while (following := await asyncio.to_thread(_next, iterator)) is not None:
            yield following


def _next(iterator: Iterator[object]) -> str | None:
    """The text of the next piece; None when there is none."""
    for piece in iterator:
        return text_of(piece)
    return None

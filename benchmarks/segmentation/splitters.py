"""The contestants, each behind its published interface; a package is imported when its contestant is made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from kokoro_stream.config import Latency


class Splitter(Protocol):
    """One way to split. `each` and `all` begin with a fresh state and take what `taken` made."""

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        """The pieces as the splitter's interface takes them; not timed, as cutting the text into pieces is not."""

    def each(self, pieces: Iterable[Any]) -> Iterator[str]:
        """The segments, each as soon as it is out: no further piece has been taken by then."""

    def all(self, pieces: Iterable[Any]) -> list[str]:
        """The segments; this is what is timed."""


class Opened(NamedTuple):
    """A splitter's state for one text: a call for each piece and one for the end."""

    feed: Callable[[Any], Iterable[str]]
    finish: Callable[[], Iterable[str]]


class Fed:
    """A splitter that is fed; ``opened`` makes the state for a text."""

    def __init__(self, opened: Callable[[], Opened]) -> None:
        self._opened = opened

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        return pieces

    def each(self, pieces: Iterable[Any]) -> Iterator[str]:
        state = self._opened()
        for piece in pieces:
            yield from state.feed(piece)
        yield from state.finish()

    def all(self, pieces: Iterable[Any]) -> list[str]:
        feed, finish = self._opened()
        out = list[str]()
        for piece in pieces:
            out += feed(piece)
        out += finish()
        return out


class Ours(Fed):
    """`Segmenter`, which takes text that knows where it came from, as `Speakable` hands it over."""

    def __init__(self, latency: Latency) -> None:
        from kokoro_stream.text.segments import Segmenter
        from kokoro_stream.text.source import SourceText

        def opened() -> Opened:
            segmenter = Segmenter(latency)
            take = segmenter.feed

            def feed(piece: SourceText) -> list[str]:
                return [segment.text.text for segment in segments] if (segments := take(piece)) else []

            return Opened(feed, lambda: [segment.text.text for segment in segmenter.flush()])

        super().__init__(opened)
        self._source = SourceText.of

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        starts = accumulate(map(len, pieces), initial=0)
        return [self._source(piece, start) for piece, start in zip(pieces, starts, strict=False)]


class SentenceStream(Fed):
    """OHF's detector."""

    def __init__(self) -> None:
        from sentence_stream import SentenceBoundaryDetector

        def opened() -> Opened:
            detector = SentenceBoundaryDetector()
            return Opened(detector.add_chunk, lambda: filter(None, [detector.finish()]))

        super().__init__(opened)


class Generating:
    """A splitter that is a generator over the pieces; what it yields is out with the last piece it took."""

    def __init__(self, generate: Callable[[Iterator[str]], Iterator[str]]) -> None:
        self._generate = generate

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        return pieces

    def each(self, pieces: Iterable[Any]) -> Iterator[str]:
        return self._generate(iter(pieces))

    def all(self, pieces: Iterable[Any]) -> list[str]:
        return list(self._generate(iter(pieces)))


def stream2sentence(**options: Any) -> Generating:
    """Its default tokenizer, the rules."""
    from stream2sentence import generate_sentences

    return Generating(partial(generate_sentences, **options))


def pysbd() -> Generating:
    """It takes a text, not a stream: nothing is out before the end."""
    from pysbd import Segmenter

    segmenter = Segmenter(language="en", clean=False)
    return Generating(lambda pieces: iter(segmenter.segment("".join(pieces))))


class LiveKit:
    """livekit-agents' stream: text is pushed, tokens come from an asynchronous iterator."""

    def __init__(self, **options: Any) -> None:
        from livekit.agents.tokenize.blingfire import SentenceTokenizer

        self._tokenizer = SentenceTokenizer(**options)

    def taken(self, pieces: Sequence[str]) -> Sequence[Any]:
        return pieces

    def each(self, pieces: Iterable[Any]) -> Iterator[str]:
        with asyncio.Runner() as runner:
            stream, out = self._tokenizer.stream(), list[str]()
            hearing = runner.get_loop().create_task(_hear(stream, out))
            for piece in pieces:
                stream.push_text(piece)
                runner.run(_let_others_run())
                yield from out
                out.clear()
            stream.end_input()
            runner.get_loop().run_until_complete(hearing)
            yield from out

    def all(self, pieces: Iterable[Any]) -> list[str]:
        """Pushed without a pause, which costs it least."""
        return asyncio.run(self._all(pieces))

    async def _all(self, pieces: Iterable[str]) -> list[str]:
        stream, out = self._tokenizer.stream(), list[str]()
        for piece in pieces:
            stream.push_text(piece)
        stream.end_input()
        await _hear(stream, out)
        return out


async def _hear(stream: AsyncIterable[Any], out: list[str]) -> None:
    async for event in stream:
        out.append(event.token)  # noqa: PERF401  # seen by the other side before the stream ends


async def _let_others_run() -> None:
    for _ in range(3):  # a token wakes the channel's reader, which wakes the task
        await asyncio.sleep(0)


SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "ours": partial(Ours, "quality"),
    "ours, balanced": partial(Ours, "balanced"),
    "ours, low": partial(Ours, "low"),
    "stream2sentence": stream2sentence,
    "stream2sentence, shortest": partial(
        stream2sentence, minimum_sentence_length=1, minimum_first_fragment_length=1, auto_context=True
    ),
    "stream2sentence, quick": partial(stream2sentence, quick_yield_single_sentence_fragment=True),
    "sentence-stream": SentenceStream,
    "livekit": LiveKit,
    "livekit, shortest": partial(LiveKit, min_sentence_len=1, stream_context_len=1),
    "pysbd": pysbd,
}
# These may end their first segment at a clause, so their cuts are not compared.
EARLY = ("ours, balanced", "ours, low", "stream2sentence, quick")
PACKAGES = {
    "ours": "kokoro-stream", "stream2sentence": "stream2sentence", "sentence-stream": "sentence-stream",
    "livekit": "livekit-agents", "pysbd": "pysbd",
}  # fmt: skip

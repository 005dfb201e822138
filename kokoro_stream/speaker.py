"""Who speaks: a model in memory, one worker, and the speeches that share them."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from .config import SpeechConfig
from .engine.cost import Costs
from .engine.engine import Engine
from .engine.vitals import Vitals
from .errors import ClosedError, InputError, ModelError
from .front_end import FrontEnd
from .model.kokoro import KokoroModel
from .model.providers import Runtime, usable_cores
from .model.store import obtain
from .phonemes.languages import canonical, phonemizer
from .phonemes.lexicon import Lexicon
from .phonemes.voices import language_of
from .speech import Speech, Text
from .text.source import SourceText
from .text.speakable import SpeakableSettings

ENGLISH = frozenset(("en-us", "en-gb"))
WARM_UP = "The voice is ready, and this is how long it takes."  # a sentence of about three seconds
LIGHT_BYTES = 32 << 20  # of graphs, which one core computes in less than a tenth of the time that they speak for
WARM_UPS = 2  # the first run of a session allocates: nobody should wait for that, nor take it for the model's pace


class Speaker:
    """An async context manager that loads ``model`` and speaks.

    ``model`` is "builtin", the name of a model (a known one that is not installed is downloaded, which is said), or the
    path of a model's folder. ``config`` holds for speeches that bring none, its lexicon for all that speak English.
    ``runtime`` says what computes; ``threads`` is short for one with that many. Loading and every other blocking thing
    happens on threads; the methods belong to the loop the speaker was entered on. Entering raises `ModelError`,
    `ProviderError`, `UnknownVoiceError` or `UnknownLanguageError`; leaving it ends every speech.
    """

    def __init__(
        self,
        model: str = "builtin",
        *,
        config: SpeechConfig | None = None,
        runtime: Runtime | None = None,
        threads: int | None = None,
    ) -> None:
        self._name = model
        self._config = config or SpeechConfig()
        self._runtime = runtime or Runtime()
        if threads is not None:
            self._runtime = replace(self._runtime, threads=threads)
        self._model: KokoroModel | None = None
        self._engine: Engine | None = None
        self._text_thread: ThreadPoolExecutor | None = None
        self._lexicon = Lexicon()

    async def __aenter__(self) -> Self:
        if self._model is not None:
            raise ClosedError("a speaker can be entered once")
        self._text_thread = ThreadPoolExecutor(1, thread_name_prefix="kokoro-stream-text")
        loop = asyncio.get_running_loop()
        try:
            folder = await asyncio.to_thread(obtain, self._name)
            # One after the other: loading misaki and reading voices both parse Python syntax trees, and CPython 3.11
            # raises SystemError when two threads do ("AST constructor recursion depth mismatch").
            phonemes = await loop.run_in_executor(self._text_thread, _phonemes_of, WARM_UP)
            self._runtime = await asyncio.to_thread(_suited, self._runtime, folder)
            model = await asyncio.to_thread(KokoroModel.load, folder, runtime=self._runtime)
            costs = await asyncio.to_thread(_try_out, model, phonemes)
            self._model, self._engine = model, Engine(costs, slots=_slots(model, self._runtime))
            await loop.run_in_executor(self._text_thread, self._prepare)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of the model's voices, its default first."""
        return self._loaded.voices.names

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of what the model speaks; the first is that of voices whose names do not say."""
        return self._loaded.card.languages

    @property
    def model_name(self) -> str:
        """Name of the model."""
        return self._loaded.card.name

    @property
    def sample_rate(self) -> int:
        """Of the model's audio, in Hz; speeches are resampled to theirs."""
        return self._loaded.card.sample_rate

    @property
    def provider(self) -> str:
        """The execution provider that is really active."""
        return self._loaded.provider

    @property
    def threads(self) -> int:
        """How many threads of the processor one job is computed with."""
        return self._runtime.cores

    @property
    def busy(self) -> bool:
        """The worker is computing now."""
        return self._engine is not None and self._engine.busy

    @property
    def vitals(self) -> Vitals:
        """How the machine is doing."""
        if self._engine is None:
            raise ClosedError("the speaker is not entered, or closed")
        return self._engine.vitals

    def check(self, config: SpeechConfig) -> None:
        """Raises `InputError` naming the field when nothing could be spoken so."""
        self._loaded.voices.table(config.voice)
        language = self._language(config)
        if config.lexicon is not self._config.lexicon:
            Lexicon(config.lexicon)
            if config.lexicon and language not in ENGLISH:
                raise InputError("lexicon", f"own pronunciations are for English only, not for {language}")

    def speak(self, text: Text | None = None, *, config: SpeechConfig | None = None) -> Speech:
        """A speech, to be entered with ``async with``. With ``text`` it feeds and ends itself; without, feed it.

        Text that is still being written is an (async) iterable of strings, or of the chunks that OpenAI, Anthropic,
        Ollama and LiteLLM stream (`chunks.text_of`).
        Raises `InputError` when nothing could be spoken with ``config``.
        """
        model, config = self._loaded, config or self._config
        if self._engine is None or self._text_thread is None:
            raise ClosedError("the speaker is closed")
        self.check(config)
        front_end = partial(self._front_end, config)
        return Speech(model, self._engine, front_end, self._text_thread, config, text)

    @property
    def _loaded(self) -> KokoroModel:
        if self._model is None:
            raise ClosedError("enter the speaker first: async with Speaker() as speaker")
        return self._model

    def _language(self, config: SpeechConfig) -> str:
        """What is spoken. Raises `InputError`, also when the model has never learnt it."""
        card = self._loaded.card
        voice = config.voice or self._loaded.voices.names[0]
        language = canonical(config.lang or language_of(voice) or card.languages[0])
        if language not in card.languages and not (language in ENGLISH and ENGLISH.intersection(card.languages)):
            raise InputError("lang", f"{card.name} speaks {', '.join(card.languages)}, not {language}")
        return language

    def _prepare(self) -> None:
        """Loads what the first speech would wait for. Blocking. Raises `InputError`."""
        self._lexicon = Lexicon(self._config.lexicon)
        self.check(self._config)
        self._front_end(self._config)

    def _front_end(self, config: SpeechConfig) -> FrontEnd:
        """Blocking: the first use of a language loads its lexicons."""
        language, lexicon = self._language(config), None
        if language in ENGLISH:
            own = config.lexicon if config.lexicon is not self._config.lexicon else {}
            lexicon = Lexicon({**self._config.lexicon, **own}) if own else self._lexicon
        settings = SpeakableSettings(config.code, config.emoji, config.markup)
        return FrontEnd(phonemizer(language), config.latency, self._loaded.card.token_limit, settings, lexicon)

    async def _close(self) -> None:
        if self._engine is not None:
            await self._engine.aclose()
        if self._text_thread is not None:
            await asyncio.to_thread(self._text_thread.shutdown, cancel_futures=True)
        self._engine = self._text_thread = None


def _phonemes_of(text: str) -> str:
    language = phonemizer("en-us")
    return language.phonemize(language.normalize(SourceText.of(text))).phonemes


def _suited(runtime: Runtime, folder: Path) -> Runtime:
    """With as many threads as pay for the model in ``folder``, where that was left open."""
    size = sum(path.stat().st_size for path in folder.glob("*.onnx"))
    return runtime if runtime.threads or size >= LIGHT_BYTES else replace(runtime, threads=1)


def _slots(model: KokoroModel, runtime: Runtime) -> int:
    """How many jobs run at once: more threads than cores would get in one another's way.

    Kokoro decodes two windows one behind the other, each with two threads, in 0.94 of the time that they take side by
    side in the same session (`benchmarks.concurrency`).
    """
    return max(1, usable_cores() // runtime.cores) if model.parallel else 1


def _try_out(model: KokoroModel, phonemes: str) -> Costs:
    """Short runs through all sessions, and what the last cost. Raises `ModelError` when they do not fit each other."""
    card = model.card
    for _ in range(WARM_UPS):
        begun = time.perf_counter()
        prosody = model.prosody(phonemes, "", 1.0)
        known = time.perf_counter()
        samples = model.decode_in_halves(prosody, slice(0, prosody.frames))
        done = time.perf_counter()
        model.decode(prosody, slice(0, card.first_window_frames))  # long windows may have sessions of their own
    if len(samples) != prosody.frames * card.samples_per_frame:
        raise ModelError(f"{card.name} makes {len(samples)} samples of {prosody.frames} frames")
    return Costs(
        prosody=known - begun,
        phonemes=len(phonemes),
        decoder=done - known,
        frames=prosody.frames,
        audio=len(samples) / card.sample_rate,
        context=1 + model.toll(card.margin_frames, card.margin_frames) / card.longest_window_frames,
    )

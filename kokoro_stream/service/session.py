"""One client's session of the native protocol, whatever carries it.

One task reads and never waits for speech, so an interruption is heard while audio is being made; each context has a
task of its own. Nothing is queued between them: whoever has something to say takes its turn at the link, and waits
there while the client does not read.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version

from ..errors import (
    ClosedError,
    InputError,
    KokoroStreamError,
    ProtocolError,
    RateLimitError,
    TextLimitError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from . import messages
from .bucket import Bucket
from .cancellation import remember_cancellation
from .context import Context
from .conversation import ContextState, Conversation
from .link import GoneError, Link
from .log_fields import concerning
from .messages import ClientMessage, ContextMessage, GoodbyeReason, ServerMessage
from .settings import ServiceSettings, updated
from .speaker import Speaker
from .wire import LONG_CHARS, decode_client, encode

logger = logging.getLogger(__name__)

NORMAL, GOING_AWAY, POLICY, TOO_BIG = 1000, 1001, 1008, 1009  # RFC 6455 §7.4.1
UNAUTHORIZED, IDLE, OVERLOADED = 4401, 4408, 4429  # ours, after the HTTP status codes
_CLOSE_CODES: dict[GoodbyeReason, int] = {
    "closed": NORMAL,
    "idle": IDLE,
    "going_away": GOING_AWAY,
    "connection_lost": GOING_AWAY,
}

BURST_S = 30  # of messages may come at once: as many tokens as may wait to be spoken

VERSION = version("kokoro-stream")
SERVER = f"kokoro-stream/{VERSION}"

# The wire's name of each refusal, the special before the general.
_CODES: tuple[tuple[type[KokoroStreamError], str], ...] = (
    (UnknownVoiceError, "unknown_voice"),
    (UnknownLanguageError, "unknown_language"),
    (TextLimitError, "text_limit"),
    (InputError, "invalid_value"),
    (RateLimitError, "rate_limit"),
    (ClosedError, "context_ended"),
    (KokoroStreamError, "failed"),
)


class _Farewell(Exception):
    """The server ends the session, with a last message and a close code."""

    def __init__(self, message: ServerMessage, close_code: int) -> None:
        super().__init__(message)
        self.message = message
        self.close_code = close_code


class Session:
    """What is said over ``link``, from `session.created` to its close. ``refused`` is told the code of each refusal."""

    def __init__(
        self,
        link: Link,
        speaker: Speaker,
        settings: ServiceSettings,
        id: str = "",
        *,
        refused: Callable[[str], None] = lambda code: None,
    ) -> None:
        self.id = id or secrets.token_hex(8)
        self._link = link
        self._speaker = speaker
        self._settings = settings
        self._refused = refused
        self._config = settings.session
        self._conversation = Conversation(settings.max_contexts)
        self._contexts: dict[str, Context] = {}
        self._owed = 0  # terminal events, until each has been sent
        self._tasks = asyncio.TaskGroup()
        self._turn = asyncio.Lock()  # first come, first served: no context starves another
        self._reason: GoodbyeReason = "closed"
        self._ended = "the client has gone"
        self._over = asyncio.Event()
        self._now_s = asyncio.get_running_loop().time
        rate = settings.max_messages_per_second
        self._messages = Bucket(rate, rate * BURST_S)
        self._active_at_s = self._now_s()

    def __repr__(self) -> str:
        return f"Session({self.id}, {self._conversation!r})"

    async def run(self) -> None:
        """Serves the client until either side ends the session. Cancelling it stops everything under way."""
        with concerning(session=self.id):
            logger.info("a session begins")
            await self._run()
            logger.info("the session has ended: %s", self._ended)

    async def _run(self) -> None:
        try:
            async with self._tasks:
                await self.send(self._created())
                self._tasks.create_task(self._read(), name=f"read {self.id}")
                await self._over.wait()
                raise _Farewell(messages.SessionGoodbye(reason=self._reason), _CLOSE_CODES[self._reason])
        except* _Farewell as group:
            for farewell in group.exceptions:
                if isinstance(farewell, _Farewell):
                    self._ended = f"close code {farewell.close_code}"
                    await self._part(farewell)
        except* GoneError:
            pass  # leaving the task group has stopped the speeches; there is nobody to tell
        remember_cancellation()

    def close(self, reason: GoodbyeReason) -> None:
        """No new contexts; the session ends when those under way have ended."""
        self._reason = reason
        self._conversation.close()
        self._end_if_over()

    def interrupt(self) -> None:
        """Interrupts every context under way."""
        self._steer(messages.Interrupt())

    async def send(self, message: ServerMessage) -> None:
        """Sends a control message; waits while the client does not read."""
        async with self._turn:
            await self._link.send(encode(message))

    async def send_audio(self, audio: bytes, *, unless: Callable[[], bool]) -> bool:
        """Sends a binary message unless it is stale when its turn comes; tells whether it was sent."""
        async with self._turn:
            if unless():
                return False
            await self._link.send_audio(audio)
            self._active_at_s = self._now_s()
            return True

    async def _part(self, farewell: _Farewell) -> None:
        with suppress(GoneError):  # who has gone needs no goodbye
            await self.send(farewell.message)
            await self._link.close(farewell.close_code)

    async def _read(self) -> None:
        while True:
            message: ClientMessage | None = None
            try:
                message = await self._decoded(await self._receive())
                await self._handle(message)
            except KokoroStreamError as error:
                refusal = _refusal(error, message)
                self._refused(refusal.code)
                if refusal.fatal:
                    raise _Farewell(refusal, TOO_BIG if refusal.code == "too_big" else POLICY) from error
                await self.send(refusal)

    async def _decoded(self, text: str) -> ClientMessage:
        return await asyncio.to_thread(decode_client, text) if len(text) > LONG_CHARS else decode_client(text)

    async def _receive(self) -> str:
        """The next control message.

        Raises GoneError, or _Farewell when nothing has happened for too long, or too much in too short a time.
        """
        idle_s = self._settings.idle_ms / 1000
        while True:
            try:
                async with asyncio.timeout_at(self._active_at_s + idle_s):
                    text = await self._link.receive()
                break
            except TimeoutError:
                if self._now_s() >= self._active_at_s + idle_s:  # no audio has gone out meanwhile either
                    raise _Farewell(messages.SessionGoodbye(reason="idle"), IDLE) from None
        self._active_at_s = self._now_s()
        if wait_s := self._messages.take(1, self._active_at_s):
            self._refused("rate_limit")
            raise _Farewell(self._too_fast(wait_s), OVERLOADED)
        return text

    def _too_fast(self, wait_s: float) -> messages.Error:
        rate = self._settings.max_messages_per_second
        return messages.Error(
            code="rate_limit",
            message=f"more than {rate} messages a second came; send text in longer pieces",
            fatal=True,
            retry_after_ms=math.ceil(wait_s * 1000),
        )

    async def _handle(self, message: ClientMessage) -> None:
        match message:
            case messages.SessionUpdate():
                await self._update(message)
                await self.send(messages.SessionUpdated(config=self._config))
            case messages.SessionClose(drain=drain):
                self._end_all() if drain else self.interrupt()
                self.close("closed")
            case messages.Ping(t=t):
                await self.send(messages.Pong(t=t))
            case _:
                self._steer(message)

    async def _update(self, update: messages.SessionUpdate) -> None:
        config = updated(self._config, update)
        await asyncio.to_thread(self._speaker.check, self._settings.speech_config(config))
        if config.binary_header != self._config.binary_header and self._conversation.active:
            raise InputError("binary_header", "can change only while no context is under way")
        # Nothing tells bare audio of one context from that of another.
        self._conversation.max_contexts = self._settings.max_contexts if config.binary_header else 1
        self._config = config

    def _steer(self, message: ContextMessage) -> None:
        for name in self._conversation.receive(message):
            context = self._contexts.get(name) or self._start(name)
            match message:
                case messages.TextAppend(text=text):
                    context.speech.feed(text)
                case messages.TextFlush():
                    context.speech.flush()
                case messages.TextMark(name=mark):
                    context.speech.mark(mark)
                case messages.TextEnd():
                    context.speech.end()
                case messages.Interrupt(played_ms=played_ms):
                    context.interrupt(played_ms)
                case messages.PlaybackAck(played_ms=played_ms):
                    context.ack(played_ms)
                case messages.PlaybackGap():
                    context.miss(message)

    def _end_all(self) -> None:
        for name in self._conversation.active:
            if self._conversation.state(name) is ContextState.OPEN:
                self._steer(messages.TextEnd(context=name))

    def _start(self, name: str) -> Context:
        try:
            speech = self._speaker.speak(config=self._settings.speech_config(self._config))
        except KokoroStreamError:
            self._conversation.finish(name)
            raise
        number = self._conversation.number(name)
        context = Context(name, number, speech, self._config, self, lambda: self._now_s() * 1000)
        self._contexts[name] = context
        self._owed += 1
        self._tasks.create_task(self._speak(context), name=f"speak {name}")
        return context

    async def _speak(self, context: Context) -> None:
        with concerning(context=context.name):
            terminal = await context.run()
        del self._contexts[context.name]
        if isinstance(terminal, messages.Error):
            self._conversation.fail(context.name)
        else:
            self._conversation.finish(context.name)
        await self.send(terminal)
        self._owed -= 1
        self._end_if_over()

    def _end_if_over(self) -> None:
        if self._conversation.closing and not self._owed:
            self._over.set()

    def _created(self) -> messages.SessionCreated:
        return messages.SessionCreated(
            session_id=self.id,
            server=SERVER,
            model=self._speaker.model_name,
            voices=self._speaker.voices,
            config=self._config,
            limits=self._settings.limits,
        )


def code_of(error: KokoroStreamError) -> str:
    """The wire's name of a refusal."""
    if isinstance(error, ProtocolError):
        return error.code
    return next(code for kind, code in _CODES if isinstance(error, kind))


def _refusal(error: KokoroStreamError, message: ClientMessage | None) -> messages.Error:
    """What the client is told; ``message`` is the one refused, None if it could not be read."""
    fatal = isinstance(error, ProtocolError) and error.fatal
    context = message.context if isinstance(message, ContextMessage) else None
    retry_after_ms = error.retry_after_ms if isinstance(error, RateLimitError) else None
    return messages.Error(
        code=code_of(error), message=str(error), fatal=fatal, context=context, retry_after_ms=retry_after_ms
    )

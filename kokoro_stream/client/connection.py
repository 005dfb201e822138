"""The connection to a server: kept, shared by all speeches, restored when it breaks."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from ..backoff import delays
from ..errors import ConnectionLostError, InputError, KokoroStreamError, ProtocolError
from ..service import messages
from ..service.messages import PROTOCOL, ClientMessage, ServerMessage, SessionConfig, SessionCreated, SessionUpdate
from ..service.settings import updated
from ..service.wire import AudioHeader, decode_server, encode
from .speech import RemoteSpeech, Tokens

MAX_ANSWER_BYTES = 1 << 24  # context.interrupted holds the whole text, which may have been growing for hours


def connect(url: str, *, api_key: str = "", give_up_after_s: float = 60.0, **changes: Any) -> Client:
    """A connection to the ``ws://…/v1/stream`` of a server, to be used as an async context manager.

    ``api_key`` is for servers that want one. ``changes`` are fields of `SessionUpdate` (voice, speed, format …) for all
    speeches. Entering raises `ConnectionLostError` when nobody answers or the key is refused, and `InputError` when the
    server refuses a change. When the connection breaks later, a new one is sought for ``give_up_after_s`` seconds.
    """
    return Client(url, SessionUpdate(**changes), give_up_after_s, api_key)


class Client:
    """A connection to a server, made by `connect`. ``session`` is what the server said of itself."""

    session: SessionCreated
    _wanted: SessionConfig  # of speeches that do not ask for anything else
    _config: SessionConfig  # of the session now

    def __init__(self, url: str, update: SessionUpdate, give_up_after_s: float, api_key: str = "") -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._update = update
        self._give_up_after_s = give_up_after_s
        self._tasks = asyncio.TaskGroup()
        self._socket: ClientConnection | None = None
        self._decided = asyncio.Event()  # connected, or lost for good
        self._lost: KokoroStreamError | None = None
        self._complaint = ""  # what the server said before it closed
        self._opening = asyncio.Lock()  # a context must start before the next change of the session
        self._changing: asyncio.Task[KokoroStreamError | None] | None = None  # the session
        self._answer: asyncio.Future[ServerMessage] | None = None  # to its session.update
        self._speeches: dict[str, RemoteSpeech] = {}
        self._numbers: dict[int, str] = {}  # number in audio headers -> context
        self._names = (f"speech-{number}" for number in itertools.count(1))

    def __repr__(self) -> str:
        state = "lost" if self._lost else "connected" if self._socket else "not connected"
        return f"Client({self.url!r}, {state}, {len(self._speeches)} speeches)"

    async def __aenter__(self) -> Self:
        self._socket = await self._connect()
        self._decided.set()
        await self._tasks.__aenter__()
        self._keeping = self._tasks.create_task(self._keep(self._socket), name=f"keep {self.url}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeping.cancel()
        if self._changing is not None:
            self._changing.cancel()
        try:
            # The body's own exception goes its way; the group would wrap it.
            await self._tasks.__aexit__(None, None, None)
        finally:
            if self._socket is not None:
                await self._socket.close()

    @property
    def lost(self) -> bool:
        """The connection has gone for good."""
        return self._lost is not None

    async def until_lost(self) -> None:
        """Returns when the connection has gone for good."""
        await asyncio.wait([self._keeping])

    @asynccontextmanager
    async def speak(
        self, tokens: Tokens | None = None, *, acks: bool = True, **changes: Any
    ) -> AsyncIterator[RemoteSpeech]:
        """A new speech of the tokens, or of what is fed to it. Leaving it stops what is still being spoken.

        ``changes`` are fields of `SessionUpdate` for this speech alone; ``acks`` is explained at `RemoteSpeech`.
        Waits for the connection if it has to be restored. Raises `InputError` when the server refuses a change,
        `ConnectionLostError` when there is no connection.
        """
        speech = await self._open(SessionUpdate(**changes), acks)
        feeding = None
        if tokens is not None:
            feeding = self._tasks.create_task(speech.feed_all(tokens), name=f"feed {speech.context}")
        try:
            yield speech
        finally:
            if feeding is not None:
                feeding.cancel()
            self._speeches.pop(speech.context, None)
            await speech.leave()

    async def _open(self, update: SessionUpdate, acks: bool) -> RemoteSpeech:
        async with self._opening:
            await self._decided.wait()
            if self._socket is None:
                raise ConnectionLostError(f"there is no connection to {self.url}: {self._lost}") from self._lost
            send = partial(_send, self._socket)
            wanted = _checked(updated(self._wanted, update))
            if self._changing is not None:
                await asyncio.wait([self._changing])
            if wanted != self._config:
                self._changing = self._tasks.create_task(self._change(send, wanted), name="change the session")
                if refusal := await asyncio.shield(self._changing):
                    raise refusal
            speech = RemoteSpeech(next(self._names), wanted, self.session.limits, send, acks=acks)
            self._speeches[speech.context] = speech
            try:
                await send(messages.TextAppend(text="", context=speech.context))
            except BaseException:
                self._speeches.pop(speech.context, None)
                await speech.leave()
                raise
            return speech

    async def _change(
        self, send: Callable[[ClientMessage], Awaitable[None]], wanted: SessionConfig
    ) -> KokoroStreamError | None:
        """Makes the session ``wanted``, even if whoever asked for it is cancelled meanwhile; or tells why it is not."""
        self._answer = asyncio.get_running_loop().create_future()
        try:
            await send(SessionUpdate(**msgspec.structs.asdict(wanted)))
            self._config = _accepted(await self._answer)
        except KokoroStreamError as error:
            return error
        return None

    async def _keep(self, socket: ClientConnection) -> None:
        """Passes on what arrives, and seeks a new connection when the old one breaks."""
        while True:
            cause = await self._listen(socket)
            self._drop(cause)
            try:
                socket = self._socket = await self._reconnect(cause)
            except KokoroStreamError as error:
                self._lost = error
            self._decided.set()
            if self._lost:
                return

    async def _listen(self, socket: ClientConnection) -> str:
        """Passes on what arrives until the connection ends, and says why it did."""
        try:
            async for received in socket:
                if isinstance(received, bytes):
                    await self._take_audio(*AudioHeader.unpack(received))
                else:
                    await self._take(decode_server(received))
        except ConnectionClosed as error:
            self._complaint = self._complaint or str(error)
        except ProtocolError as error:
            self._complaint = f"it does not speak {PROTOCOL}: {error}"
            await socket.close(CloseCode.PROTOCOL_ERROR)
        return f"the connection to {self.url} was lost ({self._complaint or 'closed by the server'})"

    async def _take_audio(self, header: AudioHeader, pcm: bytes) -> None:
        speech = self._speeches.get(self._numbers.get(header.context, ""))
        if speech is not None:  # else it was left
            await speech.take_audio(header, pcm)

    async def _take(self, message: ServerMessage) -> None:
        context: str | None = getattr(message, "context", None)
        speech = self._speeches.get(context or "")
        if speech is not None:
            await speech.take(message)
        match message:
            case messages.SessionGoodbye(reason=reason):
                self._complaint = reason
            case messages.Error(fatal=True):
                self._complaint = message.message
            case messages.ContextStarted(number=number):
                self._numbers[number] = message.context
            case messages.ContextDone() | messages.ContextInterrupted() | messages.Error(ends_context=True):
                self._numbers = {number: name for number, name in self._numbers.items() if name != context}
                self._speeches.pop(context or "", None)
            case messages.SessionUpdated() | messages.Error(context=None):
                if self._answer is not None and not self._answer.done():
                    self._answer.set_result(message)

    def _drop(self, cause: str) -> None:
        self._socket = None
        self._decided.clear()
        self._complaint = ""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionLostError(cause))
        for speech in self._speeches.values():
            speech.lose(cause)
        self._speeches.clear()
        self._numbers.clear()

    async def _reconnect(self, cause: str) -> ClientConnection:
        for delay_s in delays(self._give_up_after_s):
            await asyncio.sleep(delay_s)
            try:
                return await self._connect()
            except ConnectionLostError as error:
                cause = str(error)
        raise ConnectionLostError(f"{cause}; given up after {self._give_up_after_s:g} s")

    async def _connect(self) -> ClientConnection:
        try:
            socket = await open_websocket(
                self.url,
                subprotocols=[Subprotocol(PROTOCOL)],
                additional_headers=self._headers,
                compression=None,
                max_size=MAX_ANSWER_BYTES,
            )
        except InvalidURI as error:
            raise InputError("url", str(error)) from error
        except (OSError, InvalidHandshake, TimeoutError) as error:
            raise ConnectionLostError(f"cannot connect to {self.url}: {error}") from error
        try:
            await self._greet(socket)
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _greet(self, socket: ClientConnection) -> None:
        """Hears session.created, and makes the session sound as all speeches shall."""
        created = await _receive(socket)
        if not isinstance(created, SessionCreated):
            raise ConnectionLostError(f"{self.url} does not serve us: {getattr(created, 'message', created)}")
        self._wanted = self._config = _checked(updated(created.config, self._update))
        if self._wanted != created.config:
            await _send(socket, SessionUpdate(**msgspec.structs.asdict(self._wanted)))
            self._config = _accepted(await _receive(socket))
        self.session = created


async def _send(socket: ClientConnection, message: ClientMessage) -> None:
    try:
        await socket.send(encode(message))
    except ConnectionClosed as error:
        raise ConnectionLostError(f"the connection has gone: {error}") from error


async def _receive(socket: ClientConnection) -> ServerMessage:
    try:
        return decode_server(str(await socket.recv(decode=True)))
    except (ConnectionClosed, ProtocolError) as error:
        raise ConnectionLostError(f"no session came about: {error}") from error


def _checked(config: SessionConfig) -> SessionConfig:
    if not config.binary_header:
        raise InputError("binary_header", "the client library needs the header")
    return config


def _accepted(answer: ServerMessage) -> SessionConfig:
    """The new config from the answer to session.update. Raises `InputError` when that is a refusal."""
    match answer:
        case messages.SessionUpdated(config=config):
            return config
        case messages.Error(message=message):
            field, _, reason = message.partition(": ")
            raise InputError(field, reason)
    raise ConnectionLostError(f"session.update was answered with {answer}")

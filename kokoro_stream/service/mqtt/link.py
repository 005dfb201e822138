"""A pair of topics as the connection of a session."""

from __future__ import annotations

import asyncio
from collections import deque

from ...errors import ConnectionLostError, ProtocolError
from ..link import GoneError
from ..messages import MAX_MESSAGE_BYTES
from .connection import Broker
from .packets import Post
from .topics import Pair

# What may wait while the session is busy with a message: seconds of tokens, or the largest message and some more.
INBOX_MESSAGES = 1024
INBOX_BYTES = 2 * MAX_MESSAGE_BYTES


class TopicLink:
    """The server's end of a pair of topics. ``expiry_s`` is how long the broker may hold audio back.

    Whoever hears the broker calls `deliver`, and `lose` when it has gone.
    """

    def __init__(self, broker: Broker, pair: Pair, *, audio_qos: int, expiry_s: int) -> None:
        self.pair = pair
        self._broker = broker
        self._audio_qos = audio_qos
        self._expiry_s = expiry_s
        self._inbox: deque[bytes] = deque()  # bounded by `deliver`
        self._inbox_bytes = 0
        self._overflow = False
        self._lost = False
        self._news = asyncio.Event()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pair.down!r}, {len(self._inbox)} waiting)"

    @property
    def lost(self) -> bool:
        """Whether the broker went away under the session."""
        return self._lost

    def deliver(self, payload: bytes) -> None:
        """A message has come up. Who sends more than can be looked at loses the session."""
        full = len(self._inbox) >= INBOX_MESSAGES or self._inbox_bytes + len(payload) > INBOX_BYTES
        if full and self._inbox:
            self._overflow = True
        else:
            self._inbox.append(payload)
            self._inbox_bytes += len(payload)
        self._news.set()

    def lose(self) -> None:
        """The broker has gone, and the session with it."""
        self._lost = True
        self._news.set()

    async def receive(self) -> str:
        while True:
            if self._lost:
                raise GoneError
            if self._overflow:
                raise ProtocolError("too_fast", "messages come faster than they can be looked at", fatal=True)
            if self._inbox:
                payload = self._inbox.popleft()
                self._inbox_bytes -= len(payload)
                return _text(payload)
            self._news.clear()
            await self._news.wait()

    async def send(self, text: str) -> None:
        await self._publish(Post(self.pair.down, text))

    async def send_audio(self, audio: bytes) -> None:
        await self._publish(Post(self.pair.down, audio, self._audio_qos, expiry_s=self._expiry_s))

    async def close(self, code: int) -> None:
        """Nothing to do: the goodbye before it says as much as the code."""

    async def _publish(self, post: Post) -> None:
        try:
            await self._broker.publish(post)
        except ConnectionLostError as error:
            self.lose()
            raise GoneError from error


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeError as error:
        raise ProtocolError("bad_json", "binary messages come from the server only; send JSON text in UTF-8") from error

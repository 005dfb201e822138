"""What carries the messages of a session: a WebSocket, a pair of MQTT topics."""

from __future__ import annotations

from typing import Protocol


class GoneError(Exception):
    """The client has left without a word."""


class Link(Protocol):
    """One client's connection. Only one task receives, and only one at a time sends."""

    async def receive(self) -> str:
        """The next control message. Cancelling it loses none.

        Raises `GoneError`, or `ProtocolError` for what is no control message.
        """

    async def send(self, text: str) -> None:
        """Sends a control message; waits while the client does not read. Raises `GoneError`."""

    async def send_audio(self, audio: bytes) -> None:
        """Sends a binary message; waits while the client does not read. Raises `GoneError`."""

    async def close(self, code: int) -> None:
        """Ends the connection; ``code`` is a close code of the native protocol. Raises `GoneError`."""

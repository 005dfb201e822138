"""Bytes → events. Pure. The wyoming package's own reader takes whatever length a client announces.

An event is a line of JSON, then ``data_length`` bytes of JSON that complete its ``data``, then ``payload_length`` bytes
of payload.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from wyoming.event import Event

from ...errors import ProtocolError
from ..messages import MAX_MESSAGE_BYTES
from ..wire import decode_json

Decoded = TypeVar("Decoded")
Parser = Generator[None, None, Decoded]  # yields where it needs more bytes
Length = Annotated[int, Meta(ge=0, le=MAX_MESSAGE_BYTES)]


class _Header(msgspec.Struct, frozen=True):
    type: Annotated[str, Meta(min_length=1)]
    data: dict[str, Any] | None = None
    data_length: Length | None = None
    payload_length: Length | None = None


_header_decoder = msgspec.json.Decoder(_Header)
_data_decoder = msgspec.json.Decoder(dict[str, Any])


class EventReader:
    """What one client sends. Payloads are passed over: nobody sends audio to a voice."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._parser = self._event()

    @property
    def waiting_bytes(self) -> int:
        """What has come of an event that is not complete."""
        return len(self._buffer)

    def feed(self, received: bytes) -> None:
        """More bytes. To be followed by `next` until it gives None, so that no more than one event waits here."""
        self._buffer += received

    def next(self) -> Event | None:
        """The next event; None until it is complete.

        Raises `ProtocolError` for what is no event, or a part of it above a mebibyte; nothing can be read after that.
        """
        try:
            next(self._parser)
        except StopIteration as complete:
            self._parser = self._event()
            event: Event = complete.value
            return event
        return None

    def _event(self) -> Parser[Event]:
        header = _decoded(_header_decoder, (yield from self._line()))
        data = dict(header.data or {})
        if header.data_length:
            more: dict[str, Any] = _decoded(_data_decoder, (yield from self._exactly(header.data_length)))
            data.update(more)
        yield from self._skip(header.payload_length or 0)
        return Event(header.type, data)

    def _line(self) -> Parser[bytes]:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > MAX_MESSAGE_BYTES:
                raise ProtocolError("too_big", f"a line is longer than {MAX_MESSAGE_BYTES} bytes")
            yield
        return self._take(end + 1)

    def _exactly(self, size: int) -> Parser[bytes]:
        while len(self._buffer) < size:
            yield
        return self._take(size)

    def _skip(self, size: int) -> Parser[None]:
        while len(self._buffer) < size:
            size -= len(self._buffer)
            self._buffer.clear()
            yield
        del self._buffer[:size]

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _decoded(decoder: msgspec.json.Decoder[Decoded], raw: bytes) -> Decoded:
    try:
        return decode_json(decoder, raw.decode())
    except UnicodeDecodeError as error:
        raise ProtocolError("bad_json", f"the event is not UTF-8: {error}") from error

"""Text from a pipe or a terminal, piece by piece, while it is still being written."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

PIECE_BYTES = 65536  # what a pipe holds on Linux: one read empties it


async def arriving(descriptor: int) -> AsyncIterator[str]:
    """UTF-8 text of a file descriptor as it arrives; invalid bytes become U+FFFD. Reads only when asked for more.

    Cancelling is safe between pieces; a piece that arrives after the cancellation is lost.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := await _read(descriptor):
        if text := decoder.decode(data):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


async def _read(descriptor: int) -> bytes:
    """The next bytes, none at the end.

    On a thread of its own, as a daemon: an executor's threads are joined at exit, so Ctrl-C would wait for a key press.
    A bare descriptor, because a daemon thread inside a buffered file holds that file's lock when the process ends.
    """
    loop = asyncio.get_running_loop()
    piece: asyncio.Future[bytes] = loop.create_future()

    def settle(data: bytes, error: OSError | None) -> None:
        if piece.done():
            return
        if error:
            piece.set_exception(error)
        else:
            piece.set_result(data)

    def run() -> None:
        data, failure = b"", None
        try:
            data = os.read(descriptor, PIECE_BYTES)
        except OSError as error:
            failure = error
        with suppress(RuntimeError):  # the loop is closed: the command has ended and wants no more text
            loop.call_soon_threadsafe(settle, data, failure)

    threading.Thread(target=run, name="standard input", daemon=True).start()
    return await piece

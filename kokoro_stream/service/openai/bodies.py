"""Bodies of requests, limited in size and time, and how long a client stays."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from ..link import GoneError
from ..refusal import Refusal
from .errors import RefusedError

MAX_BYTES = 1 << 20  # 100,000 characters, many of them written as JSON escapes
# A client that is still sending does not hear a refusal, so that much more is heard out and thrown away.
MAX_HEARD_OUT = 16 << 20
SECONDS = 10.0  # for a megabyte; whoever is slower keeps a place from others


async def read_json(scope: Scope, receive: Receive) -> bytes:
    """The body of a request that says it is JSON. Raises `RefusedError`, `GoneError` when the client leaves."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with asyncio.timeout(SECONDS):
            body = await _read(receive)
    except TimeoutError as error:
        message = f"the body was not complete after {SECONDS:g} s"
        raise RefusedError(Refusal(status=408, code="timeout", message=message)) from error
    # Any page in a browser may send a form or plain text to any address; JSON it may not, unless it is allowed to.
    if kind != "application/json":
        message = f"the content-type is {kind or 'missing'}; send application/json"
        raise RefusedError(Refusal(status=415, code="unsupported_content_type", message=message))
    return body


async def gone(receive: Receive) -> None:
    """Raises `GoneError` when the client leaves; to be awaited once the body has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
    raise GoneError


async def _read(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more and size <= MAX_HEARD_OUT:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        part = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size <= MAX_BYTES:
            parts.append(part)
    if size > MAX_BYTES:
        raise RefusedError(Refusal(status=413, code="body_too_large", message=f"the limit is {MAX_BYTES} bytes"))
    return b"".join(parts)

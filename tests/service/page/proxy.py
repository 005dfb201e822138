"""A reverse proxy in the test's own event loop: shows a server below a path, WebSockets included."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def proxying(address: str, path: str) -> AsyncIterator[str]:
    """``http://HOST:PORT`` + ``path`` shows the root of the server at ``address``; gives ``HOST:PORT``."""
    host, _, port = address.rpartition(":")

    async def serve(client: StreamReader, back: StreamWriter) -> None:
        head = await client.readuntil(b"\r\n\r\n")
        request, headers = head.split(b"\r\n", 1)
        method, target, version = request.split()
        if not target.startswith(path.encode()):
            back.write(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            back.close()
            return
        if b"upgrade: websocket" not in headers.lower():  # one request a connection: only the first is rewritten
            headers = headers.replace(b"keep-alive", b"close")
        server, forth = await asyncio.open_connection(host, int(port))
        forth.write(b" ".join([method, target.removeprefix(path.encode()) or b"/", version]) + b"\r\n" + headers)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pipe(client, forth), name="forth")
            tasks.create_task(pipe(server, back), name="back")

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        yield "{}:{}".format(*proxy.sockets[0].getsockname())


async def pipe(source: StreamReader, sink: StreamWriter) -> None:
    """Passes on what comes until its end."""
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass  # the other side hears of it by the close
    finally:
        sink.close()

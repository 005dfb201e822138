"""A real server in the test's own event loop: uvicorn on a free port of the loopback interface."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from kokoro_stream.service.connections import ConnectionConfig
from kokoro_stream.service.http import HttpSettings


@asynccontextmanager
async def serving(app: Starlette, *, port: int = 0, http: HttpSettings | None = None) -> AsyncIterator[str]:
    """Serves the application; gives its address, ``127.0.0.1:PORT``."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024)
    config = ConnectionConfig(app, http or HttpSettings())
    config.lifespan = "on"
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with listener:
        await server.startup(sockets=[listener])
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.shutdown(sockets=[listener])

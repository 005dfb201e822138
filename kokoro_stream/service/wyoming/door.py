"""Listening for Wyoming clients."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ...errors import InputError
from ..background import Background
from ..service import Service
from .announcement import announced, default_name, own_addresses, reachable
from .connection import READ_BYTES, Connection
from .program import info
from .settings import WyomingSettings


@asynccontextmanager
async def opened(settings: WyomingSettings, service: Service) -> AsyncIterator[str]:
    """Serves clients meanwhile, and gives the address. Leaving cuts those that are still there.

    Raises `InputError` when the address, or the name in the local network, cannot be used; and for an address that
    others reach, unless that is allowed.
    """
    host, port = settings.address
    service.settings.access.require_safe("wyoming.uri", host, keys_work=False)
    program = info(service.speaker)
    async with Background() as clients:

        def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            clients.create_task(Connection(reader, writer, service, program).run(), name="wyoming client")

        try:
            server = await asyncio.start_server(welcome, host, port, limit=READ_BYTES, start_serving=False)
        except (OSError, OverflowError) as error:
            raise InputError("wyoming.uri", f"cannot listen on {settings.uri}: {error}") from error
        try:
            for listener in server.sockets:
                _limit(listener, service.settings.idle_ms)
            await server.start_serving()
            bound = [listener.getsockname() for listener in server.sockets]
            host, port = bound[0][:2]
            addresses = reachable((name[0] for name in bound), await asyncio.to_thread(own_addresses))
            name = settings.name or await asyncio.to_thread(default_name)
            async with announced(addresses if settings.zeroconf else (), port, name):
                yield f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"
        finally:
            server.close()


def _limit(listener: socket.socket, idle_ms: int) -> None:
    """Accepted connections inherit it: what nobody takes is given up, also the last bytes of a closed connection."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, idle_ms)

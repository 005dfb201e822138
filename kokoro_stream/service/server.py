"""The service as a server process: uvicorn on our own socket and other doors beside it, drained before it stops."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from types import FrameType

import uvicorn

from ..errors import InputError
from .app import create_app
from .connections import ConnectionConfig
from .http import HttpSettings
from .service import Service
from .settings import ServiceSettings
from .speaker import Speaker

# Entering opens the door of a running service and gives its address; leaving closes it, once the service is drained.
Door = Callable[[Service], AbstractAsyncContextManager[str]]

# What lies in the kernel cannot be called back when the listener cuts in: a second of audio, not the default megabytes.
SEND_BUFFER_BYTES = 64 * 1024
UNSENT_BYTES = 16 * 1024


async def serve(
    speaker: Speaker,
    settings: ServiceSettings | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8880,
    http: HttpSettings | None = None,
    doors: Sequence[Door] = (),
    on_ready: Callable[[Sequence[str]], None] = lambda addresses: None,
) -> None:
    """Serves until SIGINT or SIGTERM, then lets the speeches under way end; a second signal does not wait for them.

    ``port`` 0 takes a free one; ``doors`` are open beside it. ``on_ready`` is called once clients are welcome, with the
    URL of ``/v1/stream`` and the addresses of the doors. Returns after SIGTERM; SIGINT raises KeyboardInterrupt.
    Cancelling it stops at once. Raises `InputError` when the address or the certificate cannot be used, or when it
    would be open to strangers, and what entering the speaker or a door raises.
    """
    http = http or HttpSettings()
    app = create_app(speaker, settings)
    service: Service = app.state.service
    service.settings.access.require_safe("host", host)
    await asyncio.to_thread(http.check_certificate)
    config = ConnectionConfig(app, http)
    with _listen(host, port, http.stall_ms) as listener:
        where = f"[{host}]" if ":" in host else host
        url = f"{'wss' if http.encrypted else 'ws'}://{where}:{listener.getsockname()[1]}/v1/stream"
        async with service.lifespan(app), AsyncExitStack() as stack:
            addresses = [url, *[await stack.enter_async_context(door(service)) for door in doors]]
            # Lexicons and libraries are here to stay: looking through them for garbage would hold the loop for 30 ms.
            gc.collect()
            gc.freeze()
            await _Server(config, service, lambda: on_ready(addresses)).serve(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, service: Service, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._service = service
        self._on_ready = on_ready
        self._loop = asyncio.get_running_loop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._service.drain()  # uvicorn itself would cut every WebSocket at once
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        with super().capture_signals():
            yield
            # uvicorn raises anew what it has captured, but who was told to terminate and did has not been killed.
            self._captured_signals = [sig for sig in self._captured_signals if sig == signal.SIGINT][:1]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            self._loop.call_soon_threadsafe(self._service.hurry)
        super().handle_exit(signal.Signals(sig), frame)


def _listen(host: str, port: int, stall_ms: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError("port", f"cannot listen on {host}:{port}: {error}") from error
    # Accepted connections inherit these.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # also for the last bytes of a connection that has been closed
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stall_ms)
    return listener

"""A client that one task enters and leaves, for frameworks that open and close a service from different tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..client import Client
from ..errors import ClosedError, KokoroStreamError

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class KeptClient:
    """Connects when it is first asked, and anew when the connection was lost for good.

    ``connect`` makes the client, ``spawn`` starts the one task that holds it. End with `aclose`.
    """

    def __init__(self, connect: Callable[[], Client], spawn: Spawn) -> None:
        self._connect = connect
        self._spawn = spawn
        self._holding: asyncio.Task[None] | None = None
        self._entered: asyncio.Future[Client] | None = None
        self._closed = False

    async def get(self) -> Client:
        """The client, connected. Cancelling it does not cancel the connecting.

        Raises what connecting raises, `ClosedError` after `aclose`.
        """
        if self._closed:
            raise ClosedError("the service was closed")
        if self._entered is None or self._is_lost(self._entered):
            client = self._connect()  # what is wrong with its arguments is raised here
            self._entered = asyncio.get_running_loop().create_future()
            self._holding = self._spawn(self._hold(client, self._entered))
        return await asyncio.shield(self._entered)

    async def aclose(self) -> None:
        """Closes the connection; what is being spoken over it ends."""
        self._closed = True
        if self._holding is not None:
            self._holding.cancel()
            await asyncio.wait([self._holding])
        if self._entered is not None:
            self._entered.cancel()

    @staticmethod
    def _is_lost(entered: asyncio.Future[Client]) -> bool:
        return entered.done() and (entered.cancelled() or entered.exception() is not None or entered.result().lost)

    async def _hold(self, client: Client, entered: asyncio.Future[Client]) -> None:
        try:
            async with client:
                entered.set_result(client)
                await client.until_lost()
        except KokoroStreamError as error:
            if entered.done():
                raise
            entered.set_exception(error)
        finally:
            entered.cancel()  # nobody waits for a client that has not come about

"""The door: a connection to the broker, streams and announcements over it, and a status for others to see."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from types import TracebackType

import msgspec

from ..background import Background
from ..server import Door
from ..service import Service
from ..session import SERVER
from .announcer import Announcer
from .connection import Broker
from .hermes import Hermes
from .home_assistant import HomeAssistant, forget
from .messages import ServerStatus
from .packets import Post
from .settings import MqttSettings
from .streams import Streams

logger = logging.getLogger(__name__)

GOODBYES_S = 2.0  # for the broker to take what was left to say


class MqttDoor:
    """An async context manager around a running service; entering gives the broker's address.

    Entering raises `InputError` for what does not mend itself: settings, credentials, certificates. A broker that is
    not there is waited for. Leaving it ends what is still under way, and says so.
    """

    def __init__(self, service: Service, settings: MqttSettings) -> None:
        self._service = service
        self._settings = settings
        self._topics = settings.topics
        self._background = Background()
        tasks = self._background.tasks
        self.broker = Broker(settings, self._status(ServerStatus(state="offline")))
        self.streams = Streams(self.broker, service, settings, tasks)
        self.announcer = Announcer(self.broker, service, settings, tasks)
        self.hermes = Hermes(self.broker, service, settings, tasks) if settings.hermes.enabled else None
        self.stopped_asking = asyncio.Event()  # set when requests go to other servers, as this one is about to stop
        self.broker.on_connected.append(self._appear)
        wanted = settings.home_assistant.enabled
        self.home = HomeAssistant(self.broker, service, settings, self.announcer) if wanted else None
        if not wanted:
            forget(self.broker, settings)

    def __repr__(self) -> str:
        return f"MqttDoor({self._topics.node!r}, {self.broker!r})"

    async def __aenter__(self) -> str:
        await self.broker.connect()
        tasks = await self._background.__aenter__()
        tasks.create_task(self.broker.run(), name="keep the connection to the broker")
        tasks.create_task(self._stop_asking(), name="watch for the service's end")
        return self.broker.address

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.announcer.leave()
        if self.broker.connected:
            self.broker.post(self._status(ServerStatus(state="offline")))
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYES_S):
                    await self.broker.flush()
        await self._background.__aexit__(kind, error, trace)
        await self.broker.close()

    @property
    def _present(self) -> ServerStatus:
        if self._service.draining:
            return ServerStatus(state="draining", server=SERVER)
        speaker = self._service.speaker
        return ServerStatus(state="online", server=SERVER, model=speaker.model_name, voices=speaker.voices)

    def _appear(self) -> None:
        self.broker.post(self._status(self._present))

    async def _stop_asking(self) -> None:
        """Leaves requests to the other servers once this one is about to stop."""
        await self._service.leaving.wait()
        self.broker.post(self._status(self._present))
        hermes = self.hermes.asking if self.hermes is not None else ()
        await self.broker.unsubscribe(self.streams.asking, *self.announcer.asking, *hermes)
        self.stopped_asking.set()

    def _status(self, status: ServerStatus) -> Post:
        return Post(self._topics.status, msgspec.json.encode(status), retain=True)


def mqtt_door(settings: MqttSettings) -> Door:
    """The door for `service.server.serve`."""
    return lambda service: MqttDoor(service, settings)

"""A player of one target: what servers say to it over a broker is heard, one session at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec

from ...errors import InputError, KokoroStreamError, ProtocolError
from ...service import messages
from ...service.messages import ClientMessage
from ...service.mqtt.connection import Broker
from ...service.mqtt.messages import PlayerStatus, ServerStatus
from ...service.mqtt.packets import Arrival, Post
from ...service.mqtt.settings import MqttSettings
from ...service.wire import decode_server, encode
from .jitter import Depth
from .output import OpenOutput
from .playback import Playback, Played
from .turns import Turns

logger = logging.getLogger(__name__)

ACK_S = 0.2  # a tenth of what a server sends ahead
MOST_SESSIONS = 9  # one sounds, the others wait with the two seconds that their server sent ahead; 0.5 MB each at most
GOODBYE_S = 2.0  # for the broker to take the last messages, and again for the sessions to end

_UP, _DOWN = "/up", "/down"


class Player:
    """Plays what comes for ``target`` while `run` runs. ``volume`` is a gain, 1.0 at most.

    ``settings`` say where the broker is; their node must be a name of our own. ``open_output`` is entered for each
    session; ``on_played`` hears what became of it.
    """

    def __init__(
        self,
        settings: MqttSettings,
        target: str,
        open_output: OpenOutput,
        *,
        volume: float = 1.0,
        on_played: Callable[[Played], None] = lambda played: None,
    ) -> None:
        if not 0.0 <= volume <= 1.0:
            raise InputError("volume", f"{volume} is outside 0–1")
        self._open_output = open_output
        self._volume = volume
        self._on_played = on_played
        self._depth = Depth()
        self._turns = Turns()
        self._playbacks: dict[str, Playback] = {}  # by what both topics of the session begin with
        self._tasks = asyncio.TaskGroup()
        self._attending: set[asyncio.Task[None]] = set()
        self._status = settings.topics.player_status(target)
        self._broker = Broker(settings, Post(self._status, _written(PlayerStatus(state="offline")), retain=True))
        self._broker.on_connected.append(self._begin_again)
        self._broker.subscribe(f"{settings.prefix}/player/{target}/+/+{_DOWN}", self._take)
        self._broker.subscribe(f"{settings.prefix}/server/+/status", self._take_server_status)
        for topic in (settings.topics.command("stop"), settings.topics.command("stop", target)):
            self._broker.subscribe(topic, self._take_stop)

    def __repr__(self) -> str:
        return f"Player({self._status!r}, {list(self._playbacks.values())})"

    async def run(self) -> None:
        """Plays until it is cancelled; what sounds then falls silent, and servers are told.

        Raises `InputError` when the broker refuses us. One that cannot be reached is tried again for ever.
        """
        try:
            await self._broker.connect()
            async with self._tasks:
                self._tasks.create_task(self._broker.run(), name="broker")
                try:
                    await asyncio.Event().wait()
                finally:
                    await self._part()
        finally:
            await self._broker.close()

    async def _part(self) -> None:
        for base, playback in self._playbacks.items():
            self._stop(base, playback)
        self._broker.post(Post(self._status, _written(PlayerStatus(state="offline")), retain=True))
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._broker.flush()
        if self._attending:
            await asyncio.wait(self._attending, timeout=GOODBYE_S)  # files are being closed

    # --- what comes; nothing here waits ---

    def _begin_again(self) -> None:
        self._broker.post(Post(self._status, _written(PlayerStatus(state="online", acks=True)), retain=True))
        for playback in self._playbacks.values():
            playback.resume()

    def _take(self, arrival: Arrival) -> None:
        base = arrival.topic.removesuffix(_DOWN)
        playback = self._playbacks.get(base)
        if playback is not None:
            playback.take(arrival.payload)
        elif arrival.payload.startswith(b"{"):  # audio of a session that has ended, or whose beginning we missed
            self._begin(base, arrival.payload)

    def _take_server_status(self, arrival: Arrival) -> None:
        node = arrival.levels[-2]
        try:
            gone = msgspec.json.decode(arrival.payload, type=ServerStatus).state == "offline"
        except msgspec.DecodeError:
            return  # empty: it was removed
        for base, playback in self._playbacks.items():
            if gone and base.split("/")[-2] == node:
                playback.lose("the server has gone")

    def _take_stop(self, arrival: Arrival) -> None:
        if arrival.retained:
            return  # somebody's mistake: it would silence whoever comes after
        for base, playback in self._playbacks.items():
            self._stop(base, playback)

    def _stop(self, base: str, playback: Playback) -> None:
        for message in playback.stop():
            self._say(base, message)

    def _begin(self, base: str, payload: bytes) -> None:
        try:
            created = decode_server(payload.decode("utf-8", "replace"))
        except ProtocolError as error:
            logger.warning("%s: a message that cannot be read: %s", base, error)
            return
        if not isinstance(created, messages.SessionCreated):
            return  # the rest of a session that has ended
        if len(self._playbacks) >= MOST_SESSIONS:
            logger.warning("%s is refused: too many speeches wait", base)
            self._say(base, messages.Interrupt())
            return
        name = "-".join(base.split("/")[-2:])
        send = partial(self._say, base)
        playback = self._playbacks[base] = Playback(name, created.config, send, self._depth, volume=self._volume)
        attending = self._tasks.create_task(self._attend(base, playback), name=f"attend {name}")
        self._attending.add(attending)
        attending.add_done_callback(self._attending.discard)

    def _say(self, base: str, message: ClientMessage) -> None:
        """To the server, if it can be reached: what it does not hear now it need not hear later."""
        if self._broker.connected:
            qos = 0 if isinstance(message, messages.PlaybackAck) else 1
            self._broker.post(Post(base + _UP, encode(message), qos))

    # --- the sessions ---

    async def _attend(self, base: str, playback: Playback) -> None:
        acknowledging = self._tasks.create_task(self._acknowledge(playback), name=f"acknowledge {playback.name}")
        try:
            if await playback.begun():
                async with self._turns.turn(playback.priority):
                    self._on_played(await playback.play(self._open_output))
        except (KokoroStreamError, OSError) as error:
            logger.error("%s cannot be played: %s", playback.name, error)
            self._stop(base, playback)
        finally:
            acknowledging.cancel()
            del self._playbacks[base]

    async def _acknowledge(self, playback: Playback) -> None:
        while True:
            playback.acknowledge()
            await asyncio.sleep(ACK_S)


def _written(status: PlayerStatus) -> bytes:
    return msgspec.json.encode(status)

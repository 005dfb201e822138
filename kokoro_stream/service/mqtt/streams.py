"""Streams: sessions of the native protocol that are opened by a request and go on over a pair of topics."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from dataclasses import replace

import msgspec

from ...errors import ProtocolError
from .. import messages
from ..link import GoneError
from ..messages import SessionCreated, SessionTopics
from ..service import Service
from ..wire import decode_client, decode_server, encode
from .connection import Broker
from .link import TopicLink
from .messages import OpenRequest
from .packets import Arrival, Post, Reply
from .settings import MqttSettings
from .topics import Pair, is_topic

logger = logging.getLogger(__name__)

UNANSWERED_S = 10.0  # for the first message: by then the client has subscribed, or will not
MOST_REFUSALS = 64  # sessions above the service's own limit that wait to be told so

_open_request = msgspec.json.Decoder(OpenRequest)


class StreamLink(TopicLink):
    """The session's first message answers the request; what follows waits until the client has said something."""

    def __init__(self, broker: Broker, pair: Pair, reply: Reply, *, audio_qos: int, expiry_s: int) -> None:
        super().__init__(broker, pair, audio_qos=audio_qos, expiry_s=expiry_s)
        self._reply: Reply | None = reply
        self._greeted = False

    async def receive(self) -> str:
        if self._greeted:
            return await super().receive()
        try:
            async with asyncio.timeout(UNANSWERED_S):
                text = await super().receive()
        except TimeoutError:
            raise GoneError from None
        self._greeted = True
        return text

    async def send(self, text: str) -> None:
        if self._reply is None:
            await super().send(text)
            return
        reply, self._reply = self._reply, None
        answer = decode_server(text)
        if isinstance(answer, SessionCreated):
            topics = SessionTopics(up=self.pair.up, down=self.pair.down)
            answer = msgspec.structs.replace(answer, topics=topics)
        await self._publish(Post.to(reply, encode(answer)))


class Streams:
    """Answers requests for streams, and passes on what comes up. ``tasks`` is where their sessions run."""

    def __init__(self, broker: Broker, service: Service, settings: MqttSettings, tasks: asyncio.TaskGroup) -> None:
        self._broker = broker
        self._service = service
        self._settings = settings
        self._tasks = tasks
        self._topics = settings.topics
        self.open: dict[str, StreamLink] = {}  # by session id
        idle_ms = min(settings.idle_ms, service.settings.idle_ms)  # nobody hangs up: who has gone falls silent
        self._session_settings = replace(service.settings, idle_ms=idle_ms)
        self._expiry_s = math.ceil(service.settings.max_lead_ms / 1000)
        self.asking = self._topics.shared(self._topics.open)
        broker.subscribe(self.asking, self._ask)
        broker.subscribe(self._topics.session("+").up, self._deliver)
        broker.on_lost.append(self._lose)

    def _ask(self, arrival: Arrival) -> None:
        if arrival.retained:
            return  # somebody's from long ago
        reply = arrival.reply or _reply_in(arrival.payload)
        if reply is None or not is_topic(reply.topic):
            logger.warning("a request for a stream does not say where to answer; use a response topic, or reply_to")
        elif len(self.open) >= self._service.settings.max_sessions + MOST_REFUSALS:
            logger.warning("too many requests for streams at once; one is dropped")
        else:
            name = secrets.token_hex(8)
            self._tasks.create_task(self._converse(name, reply), name=f"stream {name}")

    async def _converse(self, name: str, reply: Reply) -> None:
        pair = self._topics.session(name)
        link = StreamLink(self._broker, pair, reply, audio_qos=self._settings.audio_qos, expiry_s=self._expiry_s)
        self.open[name] = link
        try:
            await self._service.converse(link, id=name, settings=self._session_settings)
        except Exception:  # whatever goes wrong in one session must not end the others
            logger.exception("%r failed", link)
        finally:
            del self.open[name]
        if link.lost:
            logger.info("%r ended with the connection to the broker", link)
            self._broker.post(Post(pair.down, encode(messages.SessionGoodbye(reason="connection_lost"))))

    def _deliver(self, arrival: Arrival) -> None:
        *_, name, _ = arrival.levels
        link = self.open.get(name)
        if link is not None:
            link.deliver(arrival.payload)
        elif not arrival.retained:
            self._disown(name, arrival.payload)

    def _disown(self, name: str, payload: bytes) -> None:
        """Tells whoever has not noticed that the session has ended; an ack that crosses its end needs no answer."""
        try:
            message = decode_client(payload.decode())
        except (ProtocolError, UnicodeError):
            return
        if isinstance(message, messages.Ping | messages.TextAppend):
            error = messages.Error(code="unknown_session", message="the session has ended; open another", fatal=True)
            self._broker.post(Post(self._topics.session(name).down, encode(error)))

    def _lose(self) -> None:
        for link in self.open.values():
            link.lose()


def _reply_in(payload: bytes) -> Reply | None:
    """Where a client of MQTT 3.1.1 wants its answer."""
    try:
        request = _open_request.decode(payload)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return Reply(request.reply_to) if request.reply_to else None

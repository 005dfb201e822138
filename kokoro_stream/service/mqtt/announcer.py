"""Says what is asked for: one announcement after the other for each target, each with exactly one end."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from ...errors import ProtocolError
from .. import messages
from ..service import Service
from ..session_messages import MAX_NAME_CHARS
from ..wire import encode
from .announcement import AnnouncementLink
from .chimed import ChimingSpeaker
from .connection import Broker
from .messages import Outcome, SayAccepted, SayEnded, SayEvent, SayRequest, SayStarted
from .packets import Arrival, Post, Reply
from .players import Players
from .queue import Queue
from .say import Announcement, Defaults, announcement, read, reply_of
from .settings import MqttSettings
from .topics import is_topic

logger = logging.getLogger(__name__)

_REFUSALS = {
    "queue_full": "too many requests wait; send it again later",
    "too_many_targets": "too many targets have something to say; send it again later",
}
_encoder = msgspec.json.Encoder()
_say_event = msgspec.json.Decoder(SayEvent)


class Announcer:
    """Requests in, announcements and events out. ``tasks`` is where the targets' tasks run.

    ``defaults`` may be replaced at any time; ``watchers`` are called, and must not wait, after every event, and
    with None when what had begun waits again.
    """

    def __init__(self, broker: Broker, service: Service, settings: MqttSettings, tasks: asyncio.TaskGroup) -> None:
        self.defaults = Defaults(
            target=settings.target,
            voice=service.settings.speech.voice,
            speed=service.settings.speech.speed,
            lang=service.settings.speech.lang,
            own_voice=service.settings.speech.voice or service.speaker.voices[0],
            volume=settings.volume,
            expiry_s=settings.expiry_s,
            chime=settings.chime,
        )
        self.watchers: list[Callable[[SayEvent | None], None]] = []
        self._broker = broker
        self._service = service
        self._settings = settings
        self._tasks = tasks
        self._topics = settings.topics
        self._queue: Queue[Announcement] = Queue(settings.max_waiting)
        self._links: dict[str, AnnouncementLink] = {}  # by target
        self._retrying = asyncio.Lock()
        self._players = Players()
        self._unheard: set[str] = set()  # ids of what is said again because nobody acknowledged any of it
        self._expiry_s = math.ceil(service.settings.max_lead_ms / 1000)
        self._now_s = asyncio.get_running_loop().time
        self._subscribe()

    @property
    def waiting(self) -> int:
        """Requests whose turn has not come."""
        return self._queue.waiting

    @property
    def speaking(self) -> tuple[str, ...]:
        """Targets that are being spoken to."""
        return tuple(self._links)

    def say(self, request: SayRequest, *, target: str | None = None, reply: Reply | None = None) -> None:
        """Takes a request, and answers it with events; ``target`` has precedence over the request's own."""
        try:
            asked = announcement(request, self.defaults, self._now_s(), target=target, reply=reply)
        except ProtocolError as error:
            self._reject(error, reply or reply_of(request), target=target or "", id=request.id or "")
            return
        if self._queue.known(asked.id):
            self._finish(asked, outcome="duplicate")
            return
        known, before = asked.target in self._queue.targets, self._queue.before(asked)
        refusal = self._queue.offer(asked)
        if refusal is not None:
            self._finish(asked, outcome="rejected", reason=refusal, message=_REFUSALS[refusal])
            return
        self._tell(SayAccepted(id=asked.id, target=asked.target, server=self._topics.node, waiting=before), asked.reply)
        self._make_way(asked)
        if not known:
            self._tasks.create_task(self._serve(asked.target), name=f"announce to {asked.target}")

    def skip(self, target: str | None, reason: str = "skipped") -> None:
        """Interrupts what is being spoken to the target; None stands for all of them."""
        for name, link in self._links.items():
            if target in (None, name):
                link.cut(reason)

    def stop(self, target: str | None) -> None:
        """Takes back all that waits for the target, and interrupts what is being spoken to it."""
        for name in self._queue.targets:
            if target in (None, name):
                for asked in self._queue.drop(name):
                    self._finish(asked, outcome="interrupted", reason="stopped", text_spoken="")
        self.skip(target, "stopped")

    def leave(self) -> None:
        """Ends what waits, also for a machine that was busy or a broker that was away: the server stops."""
        for target in self._queue.targets:
            for asked in self._queue.drop(target):
                self._finish(asked, outcome="rejected", reason="going_away", message="the server is about to stop")

    def _subscribe(self) -> None:
        topics, broker = self._topics, self._broker
        self.asking = (topics.shared(topics.say), topics.shared(f"{topics.say}/+"))
        for topic_filter in self.asking:
            broker.subscribe(topic_filter, self._ask)
        for name, command in (("stop", self.stop), ("skip", self.skip)):
            obey = partial(self._obey, command, topics.command(name))
            broker.subscribe(topics.command(name), obey)
            broker.subscribe(topics.command(name, "+"), obey)
        broker.subscribe(topics.announcement("+", "+").up, self._deliver)
        broker.subscribe(topics.player_status("+"), self._players.meet)
        broker.subscribe(topics.event, self._overhear)
        broker.on_lost += self._lose, self._players.lose
        broker.on_connected.append(self._players.find)

    def _ask(self, arrival: Arrival) -> None:
        """A request has come. The broker keeps none for us: a retained one is somebody's from long ago."""
        if arrival.retained:
            return
        target = _target(arrival, self._topics.say)
        try:
            request = read(arrival.payload)
        except ProtocolError as error:
            self._reject(error, arrival.reply, target=target or "", id="")
            return
        self.say(request, target=target, reply=arrival.reply)

    def _obey(self, command: Callable[[str | None], None], base: str, arrival: Arrival) -> None:
        if not arrival.retained:
            command(_target(arrival, base))

    def _deliver(self, arrival: Arrival) -> None:
        """A player has something to say to the announcement that it hears."""
        link = self._links.get(arrival.levels[-4])
        if link is not None and link.pair.up == arrival.topic:
            link.deliver(arrival.payload)

    def _overhear(self, arrival: Arrival) -> None:
        """What another server has taken need not be taken here when it is delivered again."""
        try:
            event = _say_event.decode(arrival.payload)
        except (msgspec.MsgspecError, UnicodeError):
            return
        if event.server == self._topics.node or len(event.id) > MAX_NAME_CHARS:
            return
        if isinstance(event, SayAccepted):
            self._queue.remember(event.id)
        elif _may_come_again(event):
            self._queue.forget(event.id)

    def _make_way(self, asked: Announcement) -> None:
        current = self._queue.current(asked.target)
        urgent = asked.urgency == "interactive" and self._settings.interactive_interrupts
        if urgent and current is not None and current.urgency == "announcement":
            self.skip(asked.target, "interactive")

    async def _serve(self, target: str) -> None:
        """Says what waits for the target, until nothing does."""
        while True:
            await self._ready(target)
            asked, expired = self._queue.take(target, self._now_s())
            for late in expired:
                self._finish(late, outcome="expired", message="its time was over before its turn came")
            if asked is None:
                return
            link = await self._perform(asked)
            if self._once_more(asked, link):
                self._put_back(asked)
            elif link.retry_after_ms is None or asked.expires_at_s <= self._now_s():
                if _may_come_again(link.end):
                    self._queue.forget(asked.id)
                self._tell(link.end, asked.reply)
            else:
                self._put_back(asked)
                async with self._retrying:  # a machine without room for one has none for all who wait
                    await asyncio.sleep(link.retry_after_ms / 1000)

    def _put_back(self, asked: Announcement) -> None:
        self._queue.put_back(asked)
        for watch in self.watchers:
            watch(None)

    async def _ready(self, target: str) -> None:
        """Until there is a broker, and at it the player that was there before it went."""
        while True:
            await self._broker.available()
            await self._players.back(target)
            if self._broker.connected:
                return

    def _once_more(self, asked: Announcement, link: AnnouncementLink) -> bool:
        """Whether to begin again; True once for a request: its player may have been away without anybody knowing."""
        silent = link.end.reason == "listener_silent" and not link.acknowledged
        if not silent or asked.id in self._unheard:
            return False
        self._unheard.add(asked.id)
        return True

    async def _perform(self, asked: Announcement) -> AnnouncementLink:
        """The announcement's session, to its end."""
        session = secrets.token_hex(8)
        link = AnnouncementLink(
            self._broker,
            self._topics.announcement(asked.target, session),
            asked,
            server=self._topics.node,
            pace="acks" if self._players.acknowledges(asked.target) else "clock",
            audio_qos=self._settings.audio_qos,
            expiry_s=self._expiry_s,
        )
        self._links[asked.target] = link
        self._tell(
            SayStarted(id=asked.id, target=asked.target, server=self._topics.node, session_id=session), asked.reply
        )
        expiring = asyncio.get_running_loop().call_at(asked.expires_at_s, link.expire)
        try:
            speaker = ChimingSpeaker(self._service.speaker) if asked.chime else None
            await self._service.converse(link, id=session, speaker=speaker)
        except Exception:  # whatever goes wrong with one announcement must not end the others
            logger.exception("%r failed", link)
        finally:
            expiring.cancel()
            del self._links[asked.target]
        if link.lost:
            self._broker.post(Post(link.pair.down, encode(messages.SessionGoodbye(reason="connection_lost"))))
        return link

    def _finish(self, asked: Announcement, *, outcome: Outcome, **more: Any) -> None:
        end = SayEnded(id=asked.id, target=asked.target, server=self._topics.node, outcome=outcome, **more)
        self._tell(end, asked.reply)

    def _reject(self, error: ProtocolError, reply: Reply | None, *, target: str, id: str) -> None:
        end = SayEnded(
            id=id,
            target=target,
            server=self._topics.node,
            outcome="rejected",
            reason=error.code,
            message=str(error),
        )
        self._tell(end, reply)

    def _tell(self, event: SayEvent, reply: Reply | None) -> None:
        if isinstance(event, SayEnded):
            self._unheard.discard(event.id)
        payload = _encoder.encode(event)
        self._broker.post(Post(self._topics.event, payload))
        if reply is not None and is_topic(reply.topic):
            self._broker.post(Post(reply.topic, payload, correlation=reply.correlation))
        for watch in self.watchers:
            watch(event)

    def _lose(self) -> None:
        for link in self._links.values():
            link.lose()


def _may_come_again(event: SayEvent) -> bool:
    """Whether a request has ended so that another with its id is no duplicate."""
    return isinstance(event, SayEnded) and event.outcome in ("failed", "rejected")


def _target(arrival: Arrival, base: str) -> str | None:
    """The level beneath ``base``; None if there is none."""
    return arrival.topic.removeprefix(base).removeprefix("/") or None

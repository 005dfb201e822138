"""The connection to the broker: kept, restored when it breaks, and shared by all that the door does.

What arrives is handled as it is read, without a queue that could overflow: handlers never wait. What leaves goes either
through `Broker.publish`, which waits and fails with the connection, or through `Broker.post`, which survives it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.matcher import MQTTMatcher
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ...backoff import delays
from ...errors import ConnectionLostError, InputError
from ..cancellation import remember_cancellation
from . import refusals
from .client import BrokerClient, Handler, publish_properties
from .packets import Arrival, Post
from .settings import Address, MqttSettings

logger = logging.getLogger(__name__)

LONGEST_DELAY_S = 2.0  # a home has one broker and few servers: being back soon matters more than sparing it
STABLE_S = 10.0  # a connection that breaks sooner does not make the next attempt come sooner
SUSPICIOUS = 3  # such connections in a row: two clients of one name end each other's connections in turn
MOST_POSTS = 4096  # that wait for the connection; the ends of all requests that may wait, told twice, are half of them


class Broker:
    """A connection that is kept while `run` runs. ``will`` is published by the broker when we vanish.

    ``on_connected`` and ``on_lost`` are called, and must not wait, whenever the connection has come and gone.
    """

    def __init__(self, settings: MqttSettings, will: Post) -> None:
        self.on_connected: list[Callable[[], None]] = []
        self.on_lost: list[Callable[[], None]] = []
        self._settings = settings
        self._will = will
        self._five = settings.version == "5"
        self._found: BrokerClient | None = None  # by `connect`, for `run`
        self._client: BrokerClient | None = None  # while it is attended to
        self._handlers: dict[str, Handler] = {}  # by the filter as subscribed to
        self._matcher = MQTTMatcher()  # the same without $share/GROUP/
        self._posts: deque[Post] = deque()
        self._posted = asyncio.Event()
        self._sent = asyncio.Event()  # nothing waits to be sent
        self._available = asyncio.Event()
        self._sending: set[asyncio.Timeout] = set()  # messages under way; aiomqtt would let them wait when all is lost
        self._complaint = ""

    def __repr__(self) -> str:
        return f"Broker({'connected' if self.connected else 'not connected'}, {len(self._posts)} posts)"

    @property
    def connected(self) -> bool:
        """Whether there is a connection, and all subscriptions are made."""
        return self._available.is_set()

    @property
    def address(self) -> str:
        """Where the broker is; known once `connect` has been called."""
        return str(self._address)

    def subscribe(self, topic_filter: str, handle: Handler) -> None:
        """From the next connection on, ``handle`` gets what matches. It must not wait; what it raises is logged."""
        self._handlers[topic_filter] = handle
        self._matcher[_without_group(topic_filter)] = handle

    async def unsubscribe(self, *topic_filters: str) -> None:
        """Until the broker has taken note, what matches them is still handled; then it goes to others."""
        for topic_filter in topic_filters:
            del self._handlers[topic_filter]
        if self._client is not None:
            with suppress(aiomqtt.MqttError):
                await self._client.unsubscribe(list(topic_filters))
            remember_cancellation()
        for topic_filter in topic_filters:
            del self._matcher[_without_group(topic_filter)]

    async def available(self) -> None:
        """Until there is a connection, and all subscriptions are made."""
        await self._available.wait()

    async def publish(self, post: Post) -> None:
        """Sends it; waits until it is with the kernel, or with the broker for QoS 1. Raises `ConnectionLostError`."""
        if self._client is None:
            raise ConnectionLostError("there is no connection to the broker")
        await self._send(self._client, post)

    def post(self, post: Post) -> None:
        """Sends it in turn, as soon as there is a connection. When too many wait it is dropped, which is logged.

        A retained one takes the place of an older one to the same topic that still waits.
        """
        if post.retain and self._supersedes(post):
            return
        if len(self._posts) >= MOST_POSTS:
            logger.error("%r: too many messages wait; one to %s is dropped", self, post.topic)
            return
        self._posts.append(post)
        self._sent.clear()
        self._posted.set()

    def _supersedes(self, post: Post) -> bool:
        for place, waiting in enumerate(self._posts):
            if place and waiting.retain and waiting.topic == post.topic:  # the first is on its way
                self._posts[place] = post
                return True
        return False

    async def flush(self) -> None:
        """Until all posts have been sent."""
        if self._posts:
            await self._sent.wait()

    async def connect(self) -> None:
        """The first attempt. A broker that cannot be reached is left to `run`, with a warning.

        Raises `InputError` for what does not mend itself: files, credentials, certificates, a wrong version.
        Cancelling it waits until the attempt has ended, some seconds at most.
        """
        self._address = await asyncio.to_thread(self._settings.address)
        self._tls = await asyncio.to_thread(self._settings.tls) if self._address.tls else None
        try:
            self._found = await self._open(self._address)
        except ConnectionLostError as error:
            self._complain(str(error))

    async def run(self) -> None:
        """Keeps the connection until it is cancelled; leaves the broker in good order then."""
        client, self._found = self._found, None
        waits, short = delays(math.inf, longest_s=LONGEST_DELAY_S), 0
        now_s = asyncio.get_running_loop().time
        while True:
            if client is None:
                await asyncio.sleep(next(waits))
                client = await self._reopen()
                continue
            since_s = now_s()
            cause = await self._attend(client)
            remember_cancellation()
            client = None
            if now_s() - since_s > STABLE_S:
                waits, short = delays(math.inf, longest_s=LONGEST_DELAY_S), 0
            short += 1
            rival = f"; is another server called {self._settings.node_id}?" if short >= SUSPICIOUS else ""
            self._complain(f"the connection to {self._address} broke: {cause}{rival}")

    async def close(self) -> None:
        """Leaves a connection that `run` never came to attend to."""
        if self._found is not None:
            await _leave(self._found)
            self._found = None

    async def _reopen(self) -> BrokerClient | None:
        try:
            return await self._open(self._address)
        except (ConnectionLostError, InputError) as error:
            self._complain(str(error))
            return None

    async def _open(self, address: Address) -> BrokerClient:
        client = BrokerClient(address, self._settings, self._tls, self._will, self._dispatch)
        # It connects on a thread, which nothing stops: what it opens is closed even when nobody waits any more.
        entering = asyncio.create_task(client.__aenter__(), name=f"connect to {address}")
        try:
            await asyncio.shield(entering)
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError):
                await _leave(await entering)
            raise
        except aiomqtt.MqttError as error:
            raise refusals.explained(error, address, self._settings) from error
        return client

    async def _attend(self, client: BrokerClient) -> str:
        """Subscribes, and sends what waits, until the connection breaks; says why it did."""
        self._client = client
        cause = ""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send_posts(client), name="send to the broker")
                await self._subscribe_all(client)
                self._available.set()
                self._complaint = ""
                logger.info("connected to %s", self._address)
                for connected in self.on_connected:
                    connected()
                async for _ in client.messages:  # none comes this way; it ends with the connection
                    pass
        except* (aiomqtt.MqttError, ConnectionLostError) as group:
            cause = refusals.cause(group)
        finally:
            self._client = None
            self._available.clear()
            for sending in self._sending:
                sending.reschedule(0)
            for lost in self.on_lost:
                lost()
            await _leave(client)
        return cause

    async def _subscribe_all(self, client: BrokerClient) -> None:
        if not self._handlers:
            return
        names = list(self._handlers)
        wanted: Any = [(name, SubscribeOptions(qos=1) if self._five else 1) for name in names]
        for name, granted in zip(names, await client.subscribe(wanted), strict=True):
            if isinstance(granted, ReasonCode) and granted.is_failure:
                logger.error("the broker refuses the subscription to %s: %s", name, granted)
        remember_cancellation()  # which asyncio.wait_for, of which aiomqtt makes use, may forget

    async def _send_posts(self, client: BrokerClient) -> None:
        while True:
            while self._posts:
                await self._send(client, self._posts[0])
                self._posts.popleft()
            self._sent.set()
            self._posted.clear()
            await self._posted.wait()

    async def _send(self, client: BrokerClient, post: Post) -> None:
        properties = publish_properties(post) if self._five else None
        sending = asyncio.timeout(None)
        self._sending.add(sending)
        try:
            async with sending:
                await client.publish(post.topic, post.payload, post.qos, post.retain, properties)
        except aiomqtt.MqttError as error:
            raise ConnectionLostError(f"the broker did not take a message: {error}") from error
        except TimeoutError as error:
            raise ConnectionLostError("the connection broke before the broker had taken a message") from error
        finally:
            self._sending.remove(sending)
        remember_cancellation()  # as above

    def _dispatch(self, arrival: Arrival) -> None:
        for handle in self._matcher.iter_match(arrival.topic):
            try:
                handle(arrival)
            except Exception:  # one message must not end the connection of all the others
                logger.exception("a message to %s could not be handled", arrival.topic)

    def _complain(self, complaint: str) -> None:
        """Warns, once for each reason in a row."""
        if complaint != self._complaint:
            logger.warning("%s; trying again", complaint)
        self._complaint = complaint


def _without_group(topic_filter: str) -> str:
    """The topics that a filter matches: a shared one begins with ``$share/GROUP/``."""
    return topic_filter.split("/", 2)[2] if topic_filter.startswith("$share/") else topic_filter


async def _leave(client: aiomqtt.Client) -> None:
    with suppress(aiomqtt.MqttError):  # it may be gone, and then there is nothing to leave
        await client.__aexit__(None, None, None)

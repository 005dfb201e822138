"""aiomqtt's client as we need it: messages are handled as they are read, and nothing wakes the loop in vain.

It overrides what aiomqtt keeps to itself; tests/service/mqtt/test_connection.py holds every override.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ..messages import MAX_MESSAGE_BYTES
from . import refusals
from .packets import Arrival, Post, Reply
from .settings import Address, MqttSettings

logger = logging.getLogger(__name__)

_library_logger = logging.getLogger(f"{__name__}.library")
_library_logger.setLevel(logging.CRITICAL)  # of each failure it says less than the error that it raises

PUBLISH_S = 10.0  # for the broker to take a message; it has stalled when it does not
MOST_INFLIGHT = 10  # messages of QoS 1; no broker grants fewer by default, and paho does not ask how many it does
MOST_PACKET_BYTES = MAX_MESSAGE_BYTES + (1 << 16)  # beside the payload: the topic and properties
MOST_CORRELATION_BYTES = 256  # four UUIDs; kept as long as the request waits

Handler = Callable[[Arrival], None]


class BrokerClient(aiomqtt.Client):
    """Hands messages over as they are read, and fails at once where the broker hangs up instead of accepting us."""

    def __init__(
        self, address: Address, settings: MqttSettings, tls: ssl.SSLContext | None, will: Post, handle: Handler
    ) -> None:
        five = settings.version == "5"
        super().__init__(
            address.host,
            address.port,
            username=address.user,
            password=address.password,
            identifier=f"kokoro-stream-{settings.node_id}",
            protocol=aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311,
            will=aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            timeout=PUBLISH_S,
            max_inflight_messages=MOST_INFLIGHT,
            logger=_library_logger,
            keepalive=settings.keepalive_s,
            properties=_connect_properties() if five else None,
            tls_context=tls,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)],  # or a frame waits 40 ms for its ACK
        )
        self.pending_calls_threshold = sys.maxsize  # every session may wait for the broker: no reason to warn
        self._handle = handle

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        if len(message.payload) > MOST_PACKET_BYTES:  # which a broker of version 3.1.1 cannot be told
            logger.warning("a message to %s is dropped: longer than %d bytes", message.topic, MOST_PACKET_BYTES)
            return
        properties = message.properties
        topic = getattr(properties, "ResponseTopic", None)
        correlation = getattr(properties, "CorrelationData", None)
        if correlation is not None and len(correlation) > MOST_CORRELATION_BYTES:
            logger.warning(
                "a message to %s is dropped: its correlation data are longer than %d bytes",
                message.topic,
                MOST_CORRELATION_BYTES,
            )
            return
        reply = Reply(topic, correlation) if topic else None
        self._handle(Arrival(message.topic, bytes(message.payload), message.retain, reply))

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        """On the loop's own thread there is no need to wake it, which would cost each message two system calls."""
        if self._connected.done():
            self._loop.add_writer(sock.fileno(), self._write, client)
        else:  # within connect(), on a thread
            super()._on_socket_register_write(client, userdata, sock)

    def _write(self, client: Any) -> None:
        try:
            client.loop_write()
        except (OSError, RuntimeError, ValueError) as error:  # the connection is of no use any more
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None) -> None:
        if self._connected.done():
            super()._on_disconnect(client, userdata, flags, reason_code, properties)
        else:
            self._connected.set_exception(refusals.HungUpError(str(reason_code)))


def publish_properties(post: Post) -> Properties | None:
    """What MQTT 5 says of a message beside topic and payload."""
    if post.expiry_s is None and post.correlation is None:
        return None
    properties = Properties(PacketTypes.PUBLISH)
    if post.expiry_s is not None:
        properties.MessageExpiryInterval = post.expiry_s
    if post.correlation is not None:
        properties.CorrelationData = post.correlation
    return properties


def _connect_properties() -> Properties:
    properties = Properties(PacketTypes.CONNECT)
    properties.MaximumPacketSize = MOST_PACKET_BYTES
    return properties

"""MicroPython's ``umqtt.simple`` on a computer: the same interface over paho, without a thread."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode


class MQTTClient:
    def __init__(self, client_id: str, server: str, port: int = 0, *, keepalive: int = 0) -> None:
        self._server, self._port, self._keepalive = server, port or 1883, keepalive
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv311)
        self._answered = False
        self._client.on_connect = self._client.on_subscribe = self._answer

    def set_callback(self, callback: Callable[[bytes, bytes | bytearray], None]) -> None:
        self._client.on_message = lambda client, data, message: callback(message.topic.encode(), message.payload)

    def set_last_will(self, topic: str, message: bytes, retain: bool = False, qos: int = 0) -> None:
        self._client.will_set(topic, message, qos, retain)

    @property
    def sock(self) -> socket.socket:
        found = self._client.socket()
        if not isinstance(found, socket.socket):
            raise OSError("there is no connection")
        return found

    def connect(self) -> None:
        self._client.connect(self._server, self._port, self._keepalive)
        self._await_answer()

    def subscribe(self, topic: str, qos: int = 0) -> None:
        self._client.subscribe(topic, qos)
        self._await_answer()

    def publish(self, topic: str | bytes, message: bytes, retain: bool = False, qos: int = 0) -> None:
        self._client.publish(topic if isinstance(topic, str) else topic.decode(), message, qos, retain)
        self._check(self._client.loop_write())

    def ping(self) -> None:
        self._check(self._client.loop_misc())

    def check_msg(self) -> None:
        self._check(self._client.loop_read())

    def _answer(self, *_: Any) -> None:
        self._answered = True

    def _await_answer(self) -> None:
        self._answered = False
        while not self._answered:
            select.select([self.sock], [], [])
            self.check_msg()

    def _check(self, code: MQTTErrorCode) -> None:
        if code != paho.MQTT_ERR_SUCCESS:
            raise OSError(paho.error_string(code))

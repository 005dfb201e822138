"""This server as a device of Home Assistant: made known, kept up to date, and obedient."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import msgspec

from ...errors import InputError, ProtocolError
from ..service import Service
from ..session import VERSION
from .announcer import Announcer
from .connection import Broker
from .discovery import Setting, State, config_topic, device, with_setting
from .messages import SayEnded, SayEvent, SayRequest
from .packets import Arrival, Post
from .say import plain
from .settings import MqttSettings

logger = logging.getLogger(__name__)

SETTINGS: tuple[Setting, ...] = ("voice", "speed", "volume")


class HomeAssistant:
    """What Home Assistant sees of the announcer; to be made before the broker is connected."""

    def __init__(self, broker: Broker, service: Service, settings: MqttSettings, announcer: Announcer) -> None:
        self._broker = broker
        self._announcer = announcer
        self._topics = settings.topics
        self._config_topic = config_topic(self._topics, settings.home_assistant.prefix)
        speaker = service.speaker
        # A blend is no voice of the model, but may be the server's own.
        self._voices = tuple(dict.fromkeys([announcer.defaults.voice or speaker.voices[0], *speaker.voices]))
        self._device = msgspec.json.encode(
            device(
                self._topics,
                name=settings.home_assistant.name,
                model=speaker.model_name,
                version=VERSION,
                voices=self._voices,
            )
        )
        self._first_audio_ms: float | None = None
        announcer.watchers.append(self._watch)
        broker.on_connected.append(self._appear)
        broker.subscribe(f"{settings.home_assistant.prefix}/status", self._greet)
        self._obey("announce", self._announce)
        self._obey("stop", lambda payload: announcer.stop(None))
        self._obey("skip", lambda payload: announcer.skip(None))
        for setting in SETTINGS:
            self._obey(f"{setting}/set", partial(self._set, setting))

    @property
    def _state(self) -> State:
        announcer = self._announcer
        return State(
            state="speaking" if announcer.speaking else "idle",
            targets=announcer.speaking,
            waiting=announcer.waiting,
            first_audio_ms=self._first_audio_ms,
            voice=announcer.defaults.voice or self._voices[0],
            speed=announcer.defaults.speed,
            volume=announcer.defaults.volume,
        )

    def _obey(self, name: str, command: Callable[[bytes], None]) -> None:
        def handle(arrival: Arrival) -> None:
            if not arrival.retained:  # somebody's wish from long ago
                command(arrival.payload)

        self._broker.subscribe(self._topics.own(name), handle)

    def _announce(self, payload: bytes) -> None:
        """The text is said as it is, even if it looks like a request."""
        try:
            self._announcer.say(SayRequest(text=plain(payload)))
        except ProtocolError as error:
            logger.warning("Home Assistant: %s", error)

    def _set(self, setting: Setting, payload: bytes) -> None:
        try:
            self._announcer.defaults = with_setting(self._announcer.defaults, setting, payload, self._voices)
        except InputError as error:
            logger.warning("Home Assistant: %s", error)
        self._show()

    def _watch(self, event: SayEvent | None) -> None:
        if isinstance(event, SayEnded) and event.first_audio_ms is not None:
            self._first_audio_ms = event.first_audio_ms
        self._show()

    def _appear(self) -> None:
        self._broker.post(Post(self._config_topic, self._device, retain=True))
        self._show()

    def _show(self) -> None:
        """Of states that change faster than the broker takes them, the last is shown."""
        self._broker.post(Post(self._topics.own("state"), msgspec.json.encode(self._state), retain=True))

    def _greet(self, arrival: Arrival) -> None:
        """Home Assistant has come."""
        if arrival.payload == b"online":
            self._appear()


def forget(broker: Broker, settings: MqttSettings) -> None:
    """From the next connection on, Home Assistant has no such device."""
    topics = settings.topics
    for topic in (config_topic(topics, settings.home_assistant.prefix), topics.own("state")):
        broker.on_connected.append(partial(broker.post, Post(topic, b"", retain=True)))

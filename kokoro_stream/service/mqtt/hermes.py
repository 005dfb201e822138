"""Hermes, the protocol of Rhasspy and Snips: text to speech for their dialogues and satellites."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from dataclasses import replace
from typing import Any

import msgspec

from ...config import SpeechConfig
from ...errors import KokoroStreamError, ProtocolError
from ..accents import voice_speaking
from ..service import Service
from ..wire import decode_json
from .connection import Broker
from .packets import Arrival, Post
from .playback import FORMAT, Playback
from .say import MAX_REQUEST_BYTES
from .settings import MqttSettings
from .topics import is_level

logger = logging.getLogger(__name__)

MOST_WAITING = 64  # requests of all sites: a dialogue asks for one sentence after the other


class Say(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``hermes/tts/say``."""

    text: str
    site_id: str = "default"
    lang: str | None = None
    id: str | None = None
    session_id: str | None = None
    volume: float | None = None


class SayFinished(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``hermes/tts/sayFinished``."""

    id: str | None
    site_id: str
    session_id: str | None


class SayError(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``hermes/error/tts``."""

    error: str
    site_id: str = "default"
    context: str | None = None
    session_id: str | None = None


class PlayFinished(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``hermes/audioServer/SITE/playFinished``."""

    id: str | None = None


class GetVoices(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``rhasspy/tts/getVoices``."""

    id: str | None = None
    site_id: str = "default"


class Voice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One of `Voices`."""

    voice_id: str
    description: str


class Voices(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``rhasspy/tts/voices``."""

    voices: tuple[Voice, ...]
    id: str | None
    site_id: str


_say = msgspec.json.Decoder(Say)
_play_finished = msgspec.json.Decoder(PlayFinished)
_get_voices = msgspec.json.Decoder(GetVoices)


class Hermes:
    """Speaks what is asked for at each site, in order. ``tasks`` is where the sites' tasks run.

    To be made before the broker is connected.
    """

    def __init__(self, broker: Broker, service: Service, settings: MqttSettings, tasks: asyncio.TaskGroup) -> None:
        self._broker = broker
        self._service = service
        self._settings = settings.hermes
        self._tasks = tasks
        self._waiting: dict[str, deque[Say]] = {}  # by site; the first is being played
        self._playing: dict[str, Playback] = {}
        say = "hermes/tts/say"
        handlers = {
            # A shared request that goes to a server of other sites would be lost.
            say if settings.hermes.sites else settings.topics.shared(say): self._ask,
            settings.topics.shared("rhasspy/tts/getVoices"): self._tell_voices,
            settings.topics.shared("hermes/tts/getVoices"): self._tell_voices,
        }
        self.asking = tuple(handlers)
        for topic_filter, handle in handlers.items():
            broker.subscribe(topic_filter, handle)
        broker.subscribe("hermes/audioServer/+/playFinished", self._hear)

    def _ask(self, arrival: Arrival) -> None:
        if arrival.retained:
            return  # somebody's from long ago
        try:
            say = _read(_say, arrival.payload)
        except ProtocolError as error:
            self._post("hermes/error/tts", SayError(error=str(error)))
            return
        if self._settings.sites and say.site_id not in self._settings.sites:
            return
        if not is_level(say.site_id):
            self._end(say, "siteId: must be one level of a topic, without / + and #")
        elif sum(map(len, self._waiting.values())) >= MOST_WAITING:
            self._end(say, "too many requests wait; send it again later")
        elif say.site_id in self._waiting:
            self._waiting[say.site_id].append(say)
        else:
            self._waiting[say.site_id] = deque([say])
            self._tasks.create_task(self._serve(say.site_id), name=f"speak at {say.site_id}")

    async def _serve(self, site: str) -> None:
        """Plays what waits at the site, until nothing does."""
        waiting = self._waiting[site]
        while waiting:
            await self._broker.available()
            try:
                await self._play(waiting[0])
            except KokoroStreamError as error:
                self._end(waiting[0], str(error))
            except Exception:  # whatever goes wrong with one request must not end the others
                logger.exception("%r failed", waiting[0])
                self._end(waiting[0], "the speech failed; the server's log says why")
            else:
                self._end(waiting[0])
            waiting.popleft()
        del self._waiting[site]

    async def _play(self, say: Say) -> None:
        config = self._config(say)
        await asyncio.to_thread(self._service.speaker.check, config)
        speech = self._service.speaker.speak(config=config)
        speech.feed(say.text)
        speech.end()
        id = say.id if say.id and is_level(say.id) else secrets.token_hex(8)
        playback = Playback(self._broker, speech, self._settings, site=say.site_id, id=id)
        with self._service.hosting(playback):
            self._playing[say.site_id] = playback
            try:
                await playback.run()
            finally:
                del self._playing[say.site_id]

    def _config(self, say: Say) -> SpeechConfig:
        """How it sounds. Raises `InputError` naming the field."""
        ours = self._service.settings.speech
        changes: dict[str, Any] = {"format": FORMAT, "sample_rate": self._settings.sample_rate}
        if say.lang:
            voice = voice_speaking(say.lang, self._service.speaker, ours.voice)
            changes |= {"voice": voice, "lang": ""}
        if say.volume is not None:
            changes["volume"] = say.volume
        return replace(ours, **changes)

    def _end(self, say: Say, error: str = "") -> None:
        """As Rhasspy does it: every request is finished, one that failed too."""
        if error:
            told = SayError(error=error, site_id=say.site_id, context=say.id, session_id=say.session_id)
            self._post("hermes/error/tts", told)
        finished = SayFinished(id=say.id, site_id=say.site_id, session_id=say.session_id)
        self._post("hermes/tts/sayFinished", finished)

    def _hear(self, arrival: Arrival) -> None:
        """A site has played a file."""
        playback = self._playing.get(arrival.levels[2])
        if playback is None or arrival.retained:
            return
        try:
            playback.finished(_read(_play_finished, arrival.payload).id)
        except ProtocolError as error:
            logger.warning("%s cannot be read: %s", arrival.topic, error)

    def _tell_voices(self, arrival: Arrival) -> None:
        if arrival.retained:
            return
        try:
            asked = _read(_get_voices, arrival.payload)
        except ProtocolError as error:
            self._post("hermes/error/tts", SayError(error=str(error)))
            return
        voices = tuple(Voice(voice_id=name, description=name) for name in self._service.speaker.voices)
        answer = arrival.topic.replace("getVoices", "voices")  # in whichever of the two spellings it was asked
        self._post(answer, Voices(voices=voices, id=asked.id, site_id=asked.site_id))

    def _post(self, topic: str, message: msgspec.Struct) -> None:
        self._broker.post(Post(topic, msgspec.json.encode(message)))


def _read(decoder: msgspec.json.Decoder[Any], payload: bytes) -> Any:
    if len(payload) > MAX_REQUEST_BYTES:
        raise ProtocolError("too_big", f"the message is longer than {MAX_REQUEST_BYTES} bytes; send the text in parts")
    try:
        return decode_json(decoder, payload.decode())
    except UnicodeDecodeError as error:
        raise ProtocolError("bad_json", "the message is not UTF-8") from error

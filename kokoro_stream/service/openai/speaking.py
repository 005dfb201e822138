"""One request to speak, from its body to the last byte of its answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from starlette.types import Receive, Scope, Send

from ... import events
from ...errors import ClosedError, KokoroStreamError, OverloadedError
from ..encoding.encoders import Encoder, encoder
from ..encoding.formats import CONTENT_TYPES
from ..link import GoneError
from ..log_fields import concerning
from ..messages import GoodbyeReason
from ..refusal import Refusal
from ..service import RETRY_AFTER_MS, Service
from ..speaker import Speech
from ..wire import LONG_CHARS
from . import models, requests
from .answers import Answer, AudioBody, Body, EventBody
from .bodies import gone, read_json
from .errors import RefusedError, refusal_of
from .requests import SAMPLE_RATE, SpeechRequest

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class Speaking:
    """A guest of the service while it runs. The machine stops for it when the client leaves, at whatever point."""

    def __init__(self, service: Service, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self._service = service
        self._scope = scope
        self._receive = receive
        self._answer = Answer(send, request_id, service.settings.idle_ms / 1000)
        self._body: Body | None = None
        self._interrupted = asyncio.Event()

    def __repr__(self) -> str:
        return f"Speaking({self._answer.request_id})"

    def close(self, reason: GoodbyeReason) -> None:
        """Nothing but its answer was asked for, and that may end."""

    def interrupt(self) -> None:
        """The answer ends where it is."""
        self._interrupted.set()

    async def run(self) -> None:
        """Answers. Cancelling it stops the machine, and the answer breaks off."""
        with concerning(request=self._answer.request_id):
            await self._run()

    async def _run(self) -> None:
        try:
            with self._service.hosting(self):
                body = await self._unless(read_json(self._scope, self._receive))
                long = len(body) > LONG_CHARS
                request = await asyncio.to_thread(requests.decode, body) if long else requests.decode(body)
                await self._unless(self._speak(request), gone(self._receive))
        except GoneError:
            pass  # leaving the speech has stopped the machine; there is nobody to tell
        except Exception as error:  # whatever goes wrong here must reach this client, and nobody else
            if not isinstance(error, KokoroStreamError | RefusedError):
                logger.exception("%r failed", self)
            with suppress(GoneError):
                await self._fail(refusal_of(error))

    async def _speak(self, request: SpeechRequest) -> None:
        speaker = self._service.speaker
        if request.model is not None:
            models.require(request.model, speaker.model_name, param="model")
        config = requests.speech_config(request, self._service.settings.speech, speaker.voices)
        await asyncio.to_thread(speaker.check, config)
        content_type = CONTENT_TYPES[request.audio_format]
        self._body = EventBody(self._answer) if request.events else AudioBody(self._answer, content_type)
        async with speaker.speak(config=config) as speech:
            speech.feed(request.input)
            speech.end()
            async with encoder(request.audio_format, SAMPLE_RATE) as audio:
                done = await _play(speech, audio, self._body)
                await self._body.audio(await audio.flush())
        await self._body.end(len(request.input), done.audio_ms)

    async def _fail(self, refusal: Refusal) -> None:
        self._service.metrics.refused_message(refusal.code)
        if self._body is not None and self._answer.started:
            logger.warning("%r breaks off: %s", self, refusal.message)
            await self._body.fail(refusal)
        else:
            await self._answer.refuse(refusal)

    async def _unless(self, work: Coroutine[Any, Any, Result], *ends: Coroutine[Any, Any, None]) -> Result:
        """The result of ``work``, unless the service interrupts or one of ``ends`` raises; no task is left then."""
        try:
            async with asyncio.TaskGroup() as tasks:
                watches = [tasks.create_task(end, name=f"watch {self!r}") for end in (*ends, self._interruption())]
                result = await work
                for watch in watches:
                    watch.cancel()
        except BaseExceptionGroup as group:
            error = group.exceptions[0]  # the others only ended because of it
            raise error from error.__cause__
        return result

    async def _interruption(self) -> None:
        await self._interrupted.wait()
        raise ClosedError("the service is going away; try another server, or again later")


async def _play(speech: Speech, audio: Encoder, body: Body) -> events.Done:
    """Passes the audio on as it is made; while the client does not read, the speech makes two seconds more at most."""
    async with aclosing(speech.events()) as stream:
        async for event in stream:
            match event:
                case events.AudioFrame(pcm=pcm):
                    await body.audio(await audio.feed(pcm))
                case events.Failed():
                    raise _error(event)
                case events.Done():
                    return event
    raise KokoroStreamError("the speech broke off")


def _error(failed: events.Failed) -> Exception:
    if failed.code == "overloaded":
        return OverloadedError(failed.message, failed.retry_after_ms or RETRY_AFTER_MS)
    return RefusedError(Refusal(status=500, code=failed.code, message=failed.message))

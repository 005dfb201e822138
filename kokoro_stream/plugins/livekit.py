"""LiveKit Agents: a TTS that speaks through a server of ours::

    session = AgentSession(stt=…, llm=…, tts=TTS(url="ws://127.0.0.1:8880/v1/stream"))

A reply is one context of the protocol: its tokens go to the server as they come, and its transcript comes back aligned
with the audio, character by character as it was sent. Closing a stream stops the machine. Nothing here computes; the
server may be on another machine.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from livekit.agents import APIConnectionError, APIConnectOptions, APIError, APIStatusError, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.agents.voice.io import TimedString

from .. import events
from ..client import Client, RemoteSpeech, connect
from ..client.speech import error_of
from ..errors import (
    ClosedError,
    ConnectionLostError,
    InputError,
    KokoroStreamError,
    OverloadedError,
    RateLimitError,
)
from .kept import KeptClient
from .transcript import Transcript


class TTS(tts.TTS[Any]):
    """Speaks the replies of an agent. ``api_key`` is for servers that want one.

    ``sample_rate`` is in Hz; ``changes`` are fields of `SessionUpdate` (voice, speed, lang, latency, lexicon …). What
    the server refuses is raised as `APIStatusError`: 400 where it is useless to try again, 429 when what the key allows
    is used up, 503 for an overload.
    """

    def __init__(
        self,
        *,
        url: str = "ws://127.0.0.1:8880/v1/stream",
        api_key: str = "",
        sample_rate: int = 24000,
        **changes: Any,
    ) -> None:
        capabilities = tts.TTSCapabilities(streaming=True, aligned_transcript=True)
        super().__init__(capabilities=capabilities, sample_rate=sample_rate, num_channels=1)
        self._url = url
        self.changes = {**changes, "sample_rate": sample_rate, "format": "pcm_s16le"}
        spawn = partial(asyncio.create_task, name="kokoro-stream connection")
        self._client = KeptClient(partial(connect, url, api_key=api_key), spawn)
        self._model = ""  # as the server calls it, once it has been asked

    @property
    def model(self) -> str:
        """Name of the server's model, "" before the first connection."""
        return self._model

    @property
    def provider(self) -> str:
        """Whose speech it is."""
        return "kokoro-stream"

    def update_options(self, **changes: Any) -> None:
        """Changes voice, speed, lang … of replies that begin from now on."""
        self.changes |= changes

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Speech of a whole text."""
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> SynthesizeStream:
        """Speech of text that is still being written."""
        return SynthesizeStream(self, conn_options)

    async def aclose(self) -> None:
        """Closes the connection; what is being spoken over it ends."""
        await self._client.aclose()
        await super().aclose()

    async def connected(self) -> Client:
        """The client of all streams. Raises what connecting raises."""
        client = await self._client.get()
        self._model = client.session.model
        return client


class SynthesizeStream(tts.SynthesizeStream):
    """One reply."""

    def __init__(self, speaker: TTS, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=speaker, conn_options=conn_options)
        self._speaker = speaker
        self._transcript = Transcript()

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        self._transcript = Transcript()
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=self._speaker.sample_rate,
            num_channels=1,
            mime_type="audio/pcm",
            stream=True,
        )
        try:
            last = await self._speak(output_emitter)
        except (KokoroStreamError, TimeoutError) as error:
            raise _api_error(error) from error
        if isinstance(last, events.Failed):
            raise _api_error(error_of(last))

    async def _speak(self, emitter: tts.AudioEmitter) -> events.Event | None:
        """Text there, audio back, and the last event."""
        async with asyncio.timeout(self._conn_options.timeout):
            client = await self._speaker.connected()
        async with (
            client.speak(acks=False, **self._speaker.changes) as speech,
            asyncio.TaskGroup() as tasks,
        ):
            emitter.start_segment(segment_id=speech.context)
            feeding = tasks.create_task(self._feed(speech), name=f"feed {speech.context}")
            last = None
            async for last in speech.events():
                self._pass_on(last, emitter)
            feeding.cancel()
        return last

    async def _feed(self, speech: RemoteSpeech) -> None:
        with suppress(ClosedError, ConnectionLostError):  # the last event says so
            async for token in self._input_ch:
                if isinstance(token, str):
                    self._mark_started()
                    self._transcript.append(token)
                    await speech.feed(token)
                else:
                    await speech.flush()
            await speech.end()

    def _pass_on(self, event: events.Event, emitter: tts.AudioEmitter) -> None:
        match event:
            case events.AudioFrame(pcm=pcm):
                emitter.push(pcm)
            case events.Words(words=words):
                emitter.push_timed_transcript([self._timed(word) for word in words])
            case events.AudioEnded(audio_ms=audio_ms):
                end = audio_ms / 1000
                emitter.push_timed_transcript(TimedString(self._transcript.rest(), start_time=end, end_time=end))
                emitter.end_segment()

    def _timed(self, word: events.TimedWord) -> TimedString:
        written = self._transcript.until(word.char_end)
        return TimedString(written, start_time=word.start_ms / 1000, end_time=word.end_ms / 1000)


def _api_error(error: Exception) -> APIError:
    match error:
        case InputError():
            return APIStatusError(str(error), status_code=400)
        case RateLimitError():
            return APIStatusError(str(error), status_code=429)
        case OverloadedError():
            return APIStatusError(str(error), status_code=503)
        case ConnectionLostError() | ClosedError() | TimeoutError():
            return APIConnectionError(str(error) or "the server does not answer")
    return APIError(str(error))

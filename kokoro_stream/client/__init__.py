"""The client library: speak through a server, from text as it arrives.

::

    async with connect("ws://127.0.0.1:8880/v1/stream", voice="af_x") as client:
        async with client.speak(tokens) as speech:
            async for frame in speech:
                sound_card.write(frame.pcm)

Events are those of `kokoro_stream.events`. A lost connection is restored in the background: the speeches under way end
with `Failed`, which says what was not spoken, and new ones go over the new connection.
"""

from .connection import Client, connect
from .speech import RemoteSpeech

__all__ = ["Client", "RemoteSpeech", "connect"]

"""What travels over MQTT beside the native protocol: requests, their ends, and who is there.

The contracts in ``protocols/`` are generated from here too, the strings below classes and fields included.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ..session_messages import MAX_NAME_CHARS, Count, Message, Milliseconds, Name, Text
from .topics import MOST_LEVEL_CHARS, MOST_TOPIC_CHARS

Level = Annotated[str, Meta(min_length=1, max_length=MOST_LEVEL_CHARS)]
Urgency = Literal["interactive", "announcement"]
Outcome = Literal["spoken", "interrupted", "expired", "duplicate", "rejected", "failed"]


class OpenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for a stream. With MQTT 5 the payload may be empty: response topic and correlation data say it all."""

    reply_to: Annotated[str, Meta(max_length=MOST_TOPIC_CHARS)] = ""
    """Where to answer, for MQTT 3.1.1: a topic of the client's own, new for each request."""


class SayRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for an announcement. Instead of such an object the payload may be the text itself."""

    text: Text
    """What to say."""
    voice: Annotated[str, Meta(max_length=256)] | UnsetType = UNSET
    """Name or blend; left out: the server's."""
    speed: float | UnsetType = UNSET
    """1.0 is the voice's own pace; left out: the server's."""
    lang: Annotated[str, Meta(max_length=MAX_NAME_CHARS)] | UnsetType = UNSET
    """Language code; left out: the server's if `voice` is, else the voice's own."""
    volume: float | UnsetType = UNSET
    """Gain, 0 to 2; left out: the server's."""
    target: Level | UnsetType = UNSET
    """Who shall hear it; the topic's last level has precedence."""
    priority: Urgency = "announcement"
    """`interactive` goes before announcements that wait, and may interrupt one."""
    expiry: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    """Seconds after which it is not worth saying any more; left out: the server's."""
    id: Name | UnsetType = UNSET
    """Names the request: two with the same id are spoken once. Left out: the server makes one."""
    chime: bool | UnsetType = UNSET
    """Whether a short sound comes before; left out: the server's."""
    reply_to: Annotated[str, Meta(max_length=MOST_TOPIC_CHARS)] = ""
    """Where to send the end of it too, for MQTT 3.1.1."""


class OfRequest(Message, frozen=True, kw_only=True):
    """What the events about a request share."""

    id: str
    """Which request; "" if it could not be read."""
    target: str
    """Who was to hear it."""
    server: str
    """Node id of the server."""


class SayAccepted(OfRequest, frozen=True, kw_only=True, tag="say.accepted"):
    """A request waits for its turn."""

    waiting: Count
    """Requests that are before it, the one being spoken included."""


class SayStarted(OfRequest, frozen=True, kw_only=True, tag="say.started"):
    """A request's turn has come."""

    session_id: str
    """Of the announcement's session."""


class SayEnded(OfRequest, frozen=True, kw_only=True, tag="say.ended"):
    """What became of a request; exactly one for each."""

    outcome: Outcome
    """`duplicate`: another request with its id was taken, and has an end of its own."""
    reason: str = ""
    """Stable, for programs: why it was not spoken to its end."""
    message: str = ""
    """The same, for people."""
    audio_ms: Milliseconds = 0.0
    """Audio that was made for it, chime included."""
    first_audio_ms: Milliseconds | None = None
    """From its text to its first audio, as in `context.done`."""
    missed_ms: Milliseconds = 0.0
    """Audio that the player reported as missing."""
    text_spoken: str | None = None
    """Of an interrupted one: the text up to the last word that had begun to sound."""


class PlayerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Retained: a player of a target is there. "offline" is its last will."""

    state: Literal["online", "offline"]
    """Whether it plays what comes."""
    acks: bool = False
    """Whether it acknowledges every session once a second, those that wait for their turn with 0."""


class ServerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Retained: a server is there. "offline" is its last will."""

    state: Literal["online", "draining", "offline"]
    """`draining`: it ends what it has begun, and takes nothing new."""
    server: str = ""
    """Name and version."""
    model: str = ""
    """Name of the model that speaks."""
    voices: tuple[str, ...] = ()
    """What `voice` may be."""


SayEvent = SayAccepted | SayStarted | SayEnded

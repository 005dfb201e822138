"""What travels between the broker and us, whatever it says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """Where the sender of a message wants its answer."""

    topic: str
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message from the broker. ``retained`` ones were sent at some time before we subscribed."""

    topic: str
    payload: bytes
    retained: bool = False
    reply: Reply | None = None

    @property
    def levels(self) -> list[str]:
        """The topic's levels."""
        return self.topic.split("/")


@dataclass(frozen=True, slots=True)
class Post:
    """A message for the broker. ``expiry_s`` is how long it is worth delivering, None for ever (MQTT 5 only)."""

    topic: str
    payload: str | bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = None
    correlation: bytes | None = None

    @classmethod
    def to(cls, reply: Reply, payload: str) -> Post:
        """An answer."""
        return cls(reply.topic, payload, correlation=reply.correlation)

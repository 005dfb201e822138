"""What a client may say when. Pure; the door acts on it.

Two rules: everything about the states of contexts lives in the tables here, and an illegal move raises `ProtocolError`
naming the message and the state, and changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from ..errors import ProtocolError
from .messages import (
    ContextMessage,
    Interrupt,
    PlaybackAck,
    PlaybackGap,
    TextAppend,
    TextEnd,
    TextFlush,
    TextMark,
)

MAX_NUMBER = 0xFFFF  # u16 in the audio header
MOST_FAILED = 64  # names that are remembered; whoever fails oftener has stopped sending the text of the first


class ContextState(Enum):
    """Where a context is. A name that nobody uses is IDLE."""

    IDLE = auto()  # before the first text and after the terminal event
    OPEN = auto()  # takes text
    ENDED = auto()  # the text is complete, its end has not been heard yet
    INTERRUPTED = auto()  # being stopped, the terminal event is on its way
    FAILED = auto()  # ended by an error before its text did; what is still on its way belongs to no other context


# state -> message -> next state. What is missing is illegal.
MOVES: Mapping[ContextState, Mapping[type[ContextMessage], ContextState]] = MappingProxyType(
    {
        ContextState.IDLE: {
            TextAppend: ContextState.OPEN,
            TextEnd: ContextState.ENDED,  # a reply without a single token
            PlaybackAck: ContextState.IDLE,  # crosses the terminal event on its way
            PlaybackGap: ContextState.IDLE,
        },
        ContextState.OPEN: {
            TextAppend: ContextState.OPEN,
            TextFlush: ContextState.OPEN,
            TextMark: ContextState.OPEN,
            TextEnd: ContextState.ENDED,
            Interrupt: ContextState.INTERRUPTED,
            PlaybackAck: ContextState.OPEN,
            PlaybackGap: ContextState.OPEN,
        },
        ContextState.ENDED: {
            Interrupt: ContextState.INTERRUPTED,
            PlaybackAck: ContextState.ENDED,
            PlaybackGap: ContextState.ENDED,
        },
        ContextState.INTERRUPTED: {
            Interrupt: ContextState.INTERRUPTED,  # impatience is no error
            PlaybackAck: ContextState.INTERRUPTED,
            PlaybackGap: ContextState.INTERRUPTED,
        },
        ContextState.FAILED: {
            TextEnd: ContextState.IDLE,  # the rest of its text has passed, the name is free
            Interrupt: ContextState.IDLE,
            PlaybackAck: ContextState.FAILED,
            PlaybackGap: ContextState.FAILED,
        },
    }
)

# state -> wire code and what to do instead
REFUSALS: Mapping[ContextState, tuple[str, str]] = MappingProxyType(
    {
        ContextState.IDLE: ("unknown_context", "is not under way; text.append starts it"),
        ContextState.OPEN: ("context_open", "still takes text"),
        ContextState.ENDED: ("context_ended", "has had its text.end; use another name or wait for context.done"),
        ContextState.INTERRUPTED: ("context_interrupted", "is being interrupted; wait for context.interrupted"),
        ContextState.FAILED: ("context_failed", "has failed; end it with text.end, or use another name"),
    }
)


@dataclass(slots=True)
class _Standing:
    number: int
    state: ContextState


class Conversation:
    """The contexts of one session. ``max_contexts`` may be under way at the same time."""

    def __init__(self, max_contexts: int) -> None:
        self.max_contexts = max_contexts
        self.closing = False
        self._contexts: dict[str, _Standing] = {}
        self._failed: deque[str] = deque(maxlen=MOST_FAILED)
        self._last_number = 0

    def __repr__(self) -> str:
        states = ", ".join(f"{name}: {context.state.name}" for name, context in self._contexts.items())
        return f"Conversation({states or 'no contexts'}{', closing' if self.closing else ''})"

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the contexts that still owe their terminal event."""
        return tuple(self._contexts)

    def state(self, name: str) -> ContextState:
        """Where the context is."""
        if name in self._failed:
            return ContextState.FAILED
        context = self._contexts.get(name)
        return context.state if context else ContextState.IDLE

    def number(self, name: str) -> int:
        """Number of an active context, 1 … 65535. Raises KeyError when it is not active."""
        return self._contexts[name].number

    def receive(self, message: ContextMessage) -> tuple[str, ...]:
        """Makes the move and returns the names it concerns. Raises `ProtocolError` when it is illegal."""
        if message.context is None:
            return self._interrupt_all(message)
        name = message.context
        before = self.state(name)
        after = MOVES[before].get(type(message))
        if after is None:
            code, instead = REFUSALS[before]
            raise ProtocolError(code, f"{_type_of(message)}: context {name!r} {instead}")
        if before is ContextState.FAILED:
            if after is ContextState.IDLE:
                self._failed.remove(name)
            return ()
        if before is ContextState.IDLE:
            if after is ContextState.IDLE:
                return ()
            self._start(name)
        self._contexts[name].state = after
        return (name,)

    def close(self) -> None:
        """From now on no context starts."""
        self.closing = True

    def finish(self, name: str) -> None:
        """The terminal event of an active context goes out; its name is free again. Raises KeyError the second time."""
        del self._contexts[name]

    def fail(self, name: str) -> None:
        """An error ends an active context. While its text goes on, nothing else starts under its name."""
        if self._contexts.pop(name).state is ContextState.OPEN:
            self._failed.append(name)

    def _interrupt_all(self, message: Interrupt) -> tuple[str, ...]:
        if message.played_ms is not None and len(self._contexts) > 1:
            raise ProtocolError(
                "bad_message", f"interrupt: played_ms needs a context, as {len(self._contexts)} are under way"
            )
        for context in self._contexts.values():
            context.state = ContextState.INTERRUPTED
        return self.active

    def _start(self, name: str) -> None:
        if self.closing:
            raise ProtocolError("session_closing", f"context {name!r} cannot start: the session is closing")
        if len(self._contexts) >= self.max_contexts:
            raise ProtocolError(
                "too_many_contexts",
                f"context {name!r} cannot start: {self.max_contexts} may be under way; wait until one has ended",
            )
        taken = {context.number for context in self._contexts.values()}
        number = self._last_number % MAX_NUMBER + 1
        while number in taken:
            number = number % MAX_NUMBER + 1
        self._last_number = number
        self._contexts[name] = _Standing(number, ContextState.IDLE)


def _type_of(message: ContextMessage) -> str:
    return str(message.__struct_config__.tag)

"""One announcement's session, in which the server plays the client's part and the player only listens."""

from __future__ import annotations

from collections import deque

import msgspec

from ...errors import ProtocolError
from .. import messages
from ..messages import ServerMessage
from ..session_messages import Pace
from ..wire import decode_client, decode_server, encode
from .connection import Broker
from .link import TopicLink
from .messages import SayEnded
from .say import Announcement
from .topics import Pair

_OF_PLAYERS = (messages.PlaybackAck, messages.PlaybackGap, messages.Interrupt, messages.Ping)


class AnnouncementLink(TopicLink):
    """Says what the announcement asks for, then hears the player. ``end`` is what has become of it."""

    def __init__(
        self,
        broker: Broker,
        pair: Pair,
        asked: Announcement,
        *,
        server: str,
        pace: Pace,
        audio_qos: int,
        expiry_s: int,
    ) -> None:
        super().__init__(broker, pair, audio_qos=audio_qos, expiry_s=expiry_s)
        self.end = SayEnded(
            id=asked.id,
            target=asked.target,
            server=server,
            outcome="failed",
            reason="internal",
            message="the session broke off",
        )
        self.retry_after_ms: float | None = None
        self.acknowledged = False  # a player has said that it is there
        self._cut = ""  # why it was interrupted, if not by the end of the service
        self._begun = pace == "clock"  # the listener has heard some of it; by acks, it says so
        self._over = False  # all has been said, but perhaps not been sent
        self._script = deque(
            encode(message)
            for message in (
                asked.session_update(pace),
                messages.TextAppend(text=asked.text),
                messages.TextEnd(),
                messages.SessionClose(),
            )
        )

    def cut(self, reason: str) -> None:
        """Interrupts the announcement; ``reason`` is what its end tells."""
        self._cut = reason
        self.deliver(encode(messages.Interrupt()).encode())

    def expire(self) -> None:
        """It is not worth saying any more, unless it has begun to be heard."""
        if not self._begun:
            self.cut("expired")

    def lose(self) -> None:
        if not self._over:
            self._end(outcome="failed", reason="connection_lost", message="the connection to the broker broke")
        super().lose()

    async def receive(self) -> str:
        if self._script and not self.lost:
            return self._script.popleft()
        text = await super().receive()
        message = decode_client(text)
        if not isinstance(message, _OF_PLAYERS):
            raise ProtocolError("not_allowed", "a player may acknowledge, report gaps, interrupt and ping")
        if isinstance(message, messages.Interrupt):
            self._cut = self._cut or "player"
        if isinstance(message, messages.PlaybackAck):
            self.acknowledged = True
            self._begun |= message.played_ms > 0
        if isinstance(message, messages.PlaybackGap):
            self._end(missed_ms=self.end.missed_ms + message.missing_ms)
        return text

    async def send(self, text: str) -> None:
        self._note(decode_server(text))
        await super().send(text)

    def _note(self, message: ServerMessage) -> None:
        match message:
            case messages.ContextDone():
                self._end(outcome="spoken", audio_ms=message.audio_ms, first_audio_ms=message.first_audio_ms)
            case messages.ContextInterrupted() if self._cut == "expired":
                self._end(outcome="expired", message="its time was over before the player came to it")
            case messages.ContextInterrupted():
                self._end(
                    outcome="interrupted",
                    reason=self._cut or "going_away",
                    audio_ms=message.audio_sent_ms,
                    text_spoken=message.text_spoken,
                )
            case messages.Error(ends_context=True) | messages.Error(fatal=True):
                self.retry_after_ms = message.retry_after_ms
                self._end(outcome="failed", reason=message.code, message=message.message)
            case messages.Error() if self._script:  # about what the request asks for
                self._script = deque([encode(messages.SessionClose())])
                self._end(outcome="rejected", reason=message.code, message=message.message)
            case messages.SessionGoodbye(reason="going_away") if self._script:
                self._end(outcome="rejected", reason="going_away", message="the server is about to stop")

    def _end(self, **changes: object) -> None:
        if "outcome" in changes:
            self._over = True
            changes = {"reason": "", "message": "", **changes}
        self.end = msgspec.structs.replace(self.end, **changes)

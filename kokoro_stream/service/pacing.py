"""How far ahead of the listener audio may run. Pure: the present is an argument, in milliseconds of any clock."""

from __future__ import annotations

from ..errors import SilentListenerError

HEAD_START_MS = 500  # sent at once: fills the listener's buffer before the network's jitter can empty it
SILENCE_MS = 5000  # without an ack: a player acknowledges every second, and a network stalls for two or three
BURST = 1 / 8  # of the lead: to wake up for every frame costs as much as to send it
ROUNDING_MS = 50  # what a player that counts in blocks of its sound device may never acknowledge


class Pacing:
    """What of one context's audio was sent, and where the listener is.

    The listener is assumed to play what has arrived at its own pace, to wait when nothing is left, and to be further
    than that where it says so (`ack`). The position never moves backwards and never beyond what was sent.
    """

    def __init__(self, max_lead_ms: float) -> None:
        self.max_lead_ms = max_lead_ms
        self.sent_ms = 0.0
        self._position_ms = 0.0  # where the listener was …
        self._at_ms = 0.0  # … at this moment of the clock

    def played_ms(self, now_ms: float) -> float:
        """Where the listener is, in milliseconds of the context's audio."""
        return min(self.sent_ms, self._position_ms + max(0.0, now_ms - self._at_ms))

    def sent(self, duration_ms: float, now_ms: float) -> None:
        """Audio has gone out. A listener who had run dry goes on from here."""
        self._move(self.played_ms(now_ms), now_ms)
        self.sent_ms += duration_ms

    def ack(self, played_ms: float, now_ms: float) -> None:
        """The listener says where it is. What is behind the estimate or was never sent is not believed."""
        self._move(max(self.played_ms(now_ms), min(played_ms, self.sent_ms)), now_ms)

    def wait_ms(self, duration_ms: float, now_ms: float) -> float:
        """Time until audio of that length may go out if no ack comes before; 0 when it may now.

        Once the lead is all used, it is not for a single frame that the next ones go out.
        """
        if self.sent_ms < HEAD_START_MS:
            return 0.0
        lead_ms = self.sent_ms - self.played_ms(now_ms)
        beyond_ms = lead_ms + duration_ms - self.max_lead_ms
        # A frame longer than the allowed lead goes out when the listener has nothing left.
        return 0.0 if beyond_ms <= 0 else min(lead_ms, beyond_ms + self.max_lead_ms * BURST)

    def rest_ms(self, now_ms: float) -> float:
        """Time until everything sent has been played if no ack comes before."""
        return self.sent_ms - self.played_ms(now_ms)

    def _move(self, position_ms: float, now_ms: float) -> None:
        self._position_ms, self._at_ms = position_ms, now_ms


class AckPacing(Pacing):
    """The listener is where it last said it was, whatever the clock says: it may be waiting for somebody else to end.

    Until it has begun to play it gets no more than the head start. An ack that says nothing new is a sign of life.
    """

    def played_ms(self, now_ms: float) -> float:
        return self._position_ms

    def sent(self, duration_ms: float, now_ms: float) -> None:
        if self.sent_ms <= self._position_ms:
            self._at_ms = now_ms  # there was nothing to acknowledge
        self.sent_ms += duration_ms

    def wait_ms(self, duration_ms: float, now_ms: float) -> float:
        """As `Pacing.wait_ms`. Raises `SilentListenerError` when the listener owes an ack for too long."""
        lead_ms = self.sent_ms - self._position_ms
        allowed_ms = self.max_lead_ms if self._position_ms else HEAD_START_MS
        if lead_ms <= 0 or lead_ms + duration_ms <= allowed_ms:
            return 0.0
        return self._patience_ms(now_ms)

    def rest_ms(self, now_ms: float) -> float:
        """As `Pacing.rest_ms`. Raises `SilentListenerError` when the listener owes an ack for too long."""
        return 0.0 if self.sent_ms - self._position_ms <= ROUNDING_MS else self._patience_ms(now_ms)

    def _patience_ms(self, now_ms: float) -> float:
        left_ms = self._at_ms + SILENCE_MS - now_ms
        if left_ms <= 0:
            raise SilentListenerError(SILENCE_MS, played_ms=self._position_ms)
        return left_ms

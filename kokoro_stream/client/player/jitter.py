"""Frames as the network brings them, samples as the device takes them. Pure: time is counted in samples taken.

::

    filling ── enough waits, or the end is known ──▶ playing ── nothing waits ──▶ filling
                                                        │
                                                        └── the end is reached ──▶ ended

What is missing while later audio is there is replaced by silence of its length, less the silence that has passed while
its place was waited at, and reported as a `Gap`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...service.wire import AudioHeader

SAMPLE_BYTES = 2  # int16
CAPACITY_MS = 10_000  # five times what a server sends ahead; half a megabyte
LEAST_FRAME_MS = 10  # the shortest there is; what is shorter takes as much room
LONGEST_SILENCE_MS = 10_000  # nobody waits longer for what does not come


@dataclass(frozen=True, slots=True)
class Gap:
    """Audio that did not come in time: frames ``first_sequence`` to ``last_sequence``, ``samples`` in all."""

    first_sequence: int
    last_sequence: int
    samples: int


class Depth:
    """How much audio waits before any sounds; shared by the speeches that come over one network.

    Every time the device runs dry it grows by as long as nothing came, to twice its size at most; it shrinks by half
    after ``CALM_MS`` of audio without that.
    """

    LEAST_MS = 60.0  # the jitter of a home network, as players in browsers and telephones allow for
    MOST_MS = 400.0  # below the 500 ms that a server sends at once: it must be reached before an acknowledgement
    CALM_MS = 20_000.0

    def __init__(self) -> None:
        self.ms = self.LEAST_MS
        self._calm_ms = 0.0

    def ran_dry(self, for_ms: float) -> None:
        """Nothing was there to play for that long."""
        self.ms = min(self.MOST_MS, self.ms + min(for_ms, self.ms))
        self._calm_ms = 0.0

    def played(self, ms: float) -> None:
        """That much has sounded."""
        self._calm_ms += ms
        if self._calm_ms >= self.CALM_MS:
            self.ms = max(self.LEAST_MS, self.ms / 2)
            self._calm_ms = 0.0


class JitterBuffer:
    """The audio of one context, int16 mono, on its way to the device. Holds at most ``CAPACITY_MS``."""

    def __init__(self, sample_rate: int, depth: Depth) -> None:
        self.position = 0
        """Samples of the context that have been taken or passed over."""
        self._per_ms = sample_rate / 1000
        self._depth = depth
        self._frames: dict[int, tuple[int, bytes]] = {}  # sequence -> sample offset, samples
        self._next = 0  # sequence number of the frame after the one taken last
        self._end: int | None = None  # samples of the whole context, once known
        self._last_sequence: int | None = None  # of the last frame that holds audio, once known
        self._frame_samples = 1
        self._filling = True
        self._dry = 0  # samples of silence since the device ran dry …
        self._held_back = 0  # … and since there is something to play again
        self._missing = 0  # samples passed over since the last frame
        self._gaps: list[Gap] = []

    def __repr__(self) -> str:
        state = "ended" if self.ended else "filling" if self._filling else "playing"
        return f"JitterBuffer({state}, position={self.position}, {len(self._frames)} frames)"

    @property
    def ended(self) -> bool:
        """All audio has been taken; nothing comes any more."""
        return self._end is not None and self.position >= self._end

    @property
    def end_known(self) -> bool:
        """How long it is has been said, or has come."""
        return self._end is not None

    @property
    def empty(self) -> bool:
        """Nothing is here to be taken."""
        return not self._frames

    @property
    def ready(self) -> bool:
        """Whether `take` goes on in the context; otherwise it gives silence to wait in."""
        if self.empty or self._end is not None:
            return self._end is not None
        enough = self._depth.ms * self._per_ms
        held = sum(len(pcm) for _, pcm in self._frames.values()) // SAMPLE_BYTES
        waited = self._held_back >= enough  # the producer may pause after a short word
        return not self._filling or held >= enough or waited

    def put(self, header: AudioHeader, pcm: bytes) -> bool:
        """A frame has come. False for one that is of no use: too late, doubled, or more than there is room for."""
        samples = len(pcm) // SAMPLE_BYTES
        if header.last and self._end is None:
            self._end = header.sample_offset + samples
            self._last_sequence = header.sequence if samples else header.sequence - 1
        if not samples:
            return header.last
        too_late = header.sequence < self._next or header.sample_offset + samples <= self.position
        if too_late or header.sequence in self._frames or self._room < samples:
            return False
        self._frames[header.sequence] = header.sample_offset, pcm[: samples * SAMPLE_BYTES]
        self._frame_samples = max(self._frame_samples, samples)
        return True

    def end(self, samples: int | None = None) -> None:
        """No frame follows any more; the context has ``samples``, or what is here is all of it.

        The first end that is known counts, be it from here or from the last frame.
        """
        if self._end is None:
            here = [offset + len(pcm) // SAMPLE_BYTES for offset, pcm in self._frames.values()]
            self._end = max([self.position, *here]) if samples is None else samples

    def take(self, samples: int) -> bytes:
        """The next samples for the device: as many as asked for, fewer only where the context ends."""
        pieces: list[bytes] = []
        while samples > 0 and not self.ended:
            piece = self._piece(samples)
            samples -= len(piece) // SAMPLE_BYTES
            pieces.append(piece)
        if self.ended:
            self._close_gap(self._after_the_end)
            self._frames.clear()  # beyond the end, by a server that contradicts itself
        return b"".join(pieces)

    def gaps(self) -> list[Gap]:
        """Those that have passed since the last call."""
        gaps, self._gaps = self._gaps, []
        return gaps

    @property
    def _room(self) -> int:
        least = round(LEAST_FRAME_MS * self._per_ms)
        taken = sum(max(least, len(pcm) // SAMPLE_BYTES) for _, pcm in self._frames.values())
        return round(CAPACITY_MS * self._per_ms) - taken

    def _piece(self, most: int) -> bytes:
        """Samples from one source: a frame, a hole, or silence to wait in."""
        if self._filling:
            if not self.ready:
                return self._wait(most)
            self._go_on()
        if self._frames:
            sequence = min(self._frames)
            offset, pcm = self._frames[sequence]
            if offset > self.position:
                return self._hole(offset, most)
            return self._frame(sequence, offset, pcm, most)
        if self._end is not None:
            return self._hole(self._end, most)
        self._filling, self._dry, self._held_back = True, 0, 0
        return self._wait(most)

    def _wait(self, samples: int) -> bytes:
        self._dry += samples
        if self._frames:
            self._held_back += samples
        return bytes(samples * SAMPLE_BYTES)

    def _go_on(self) -> None:
        self._filling = False
        if self.position > 0 and self._dry > self._held_back:
            self._depth.ran_dry((self._dry - self._held_back) / self._per_ms)

    def _hole(self, until: int, most: int) -> bytes:
        """Silence for what is missing; what was waited for it, and what nobody waits for, is passed over."""
        hole = until - self.position
        passed_over = max(min(hole, self._dry), hole - round(LONGEST_SILENCE_MS * self._per_ms))
        self._dry = 0
        silence = min(most, hole - passed_over)
        self.position += passed_over + silence
        self._missing += passed_over + silence
        return bytes(silence * SAMPLE_BYTES)

    def _frame(self, sequence: int, offset: int, pcm: bytes, most: int) -> bytes:
        start = (self.position - offset) * SAMPLE_BYTES
        piece = pcm[start : start + most * SAMPLE_BYTES]
        if piece and self._missing:
            self._close_gap(sequence if start else sequence - 1)
        if start + len(piece) >= len(pcm):
            del self._frames[sequence]
            self._next = sequence + 1
        self._dry = 0
        self.position += len(piece) // SAMPLE_BYTES
        self._depth.played(len(piece) / SAMPLE_BYTES / self._per_ms)
        return piece

    @property
    def _after_the_end(self) -> int:
        """Sequence number of the last frame that could be missing."""
        if self._last_sequence is not None:
            return self._last_sequence
        return self._next + -(-self._missing // self._frame_samples) - 1

    def _close_gap(self, last_sequence: int) -> None:
        if self._missing:
            self._gaps.append(Gap(self._next, max(self._next, last_sequence), self._missing))
            self._missing = 0

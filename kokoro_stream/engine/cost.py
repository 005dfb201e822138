"""What computing costs: seconds of the whole machine, learned while it computes. Pure: the present is an argument."""

from __future__ import annotations

MEMORY_S = 5.0  # of the machine's time: as long as a sentence takes to be heard
FORGOTTEN = 0.5  # of a belief, once as much as `Mean.memory` has come after it


class Mean:
    """What a unit of something costs, from what was paid lately; older payments count ever less.

    ``cost`` was paid for ``amount`` units to begin with. It counts half when ``memory`` units have come after it or,
    with ``paid``, when that much has been paid after it.
    """

    def __init__(self, cost: float, amount: float, *, memory: float, paid: bool = False) -> None:
        if not (cost >= 0 and amount > 0 and memory > 0):
            raise ValueError(f"no mean of {cost} paid for {amount} units, remembered for {memory}")
        self._paid, self._amount, self._memory, self._by_payment = cost, amount, memory, paid

    @property
    def value(self) -> float:
        """Cost of one unit."""
        return self._paid / self._amount

    def add(self, cost: float, amount: float) -> None:
        """``cost`` was paid for ``amount`` more units; 0 units for work in vain."""
        kept = FORGOTTEN ** ((cost if self._by_payment else amount) / self._memory)
        self._paid = self._paid * kept + cost
        self._amount = self._amount * kept + amount


class Costs:
    """What one model costs on this machine.

    Made from a measurement: ``prosody`` seconds for ``phonemes``, ``decoder`` seconds for ``frames``, together for
    ``audio`` seconds of speech. ``context`` is how many frames are decoded for one that is heard when speech is decoded
    window by window.
    """

    def __init__(
        self, *, prosody: float, phonemes: int, decoder: float, frames: int, audio: float, context: float = 1.0
    ) -> None:
        # Long enough for windows of all lengths, short enough to notice within a reply that the machine has slowed:
        # when it is at work all the time, these seconds are seconds of the clock.
        self.prosody = Mean(prosody, phonemes, memory=MEMORY_S, paid=True)
        """Seconds for a phoneme."""
        self.decoder = Mean(decoder, frames, memory=MEMORY_S, paid=True)
        """Seconds for a frame handed to the decoder, be it context or not."""
        # What the machine's pace does not change is remembered for longer: as much as is said while that is.
        longer = max(120.0, MEMORY_S * audio / (prosody + decoder)) if prosody + decoder else 120.0
        self._phonemes = Mean(phonemes, audio, memory=longer)
        self._frames = Mean(frames * context, audio, memory=longer)

    @property
    def realtime_factor(self) -> float:
        """Seconds of the whole machine for a second of audio, with everything it takes."""
        return self._phonemes.value * self.prosody.value + self._frames.value * self.decoder.value

    def spoke(self, audio: float, *, phonemes: int, frames: float) -> None:
        """That many seconds have taken the prosody of so many phonemes, and so many frames of the decoder."""
        self._phonemes.add(phonemes, audio)
        self._frames.add(frames, audio)


class Share:
    """The machine's time, divided equally among the jobs that run at the same time.

    Two jobs that run side by side for a second are charged half a second each, so that charges add up to the time in
    which the machine was at work, however many it runs at once.
    """

    def __init__(self) -> None:
        self._running = 0
        self._at = 0.0  # seconds of the caller's clock …
        self._charged = 0.0  # … until which a job that ran from the beginning would have been charged this much

    def enter(self, now: float) -> float:
        """A job begins; what it gets here it hands to `leave`."""
        self._advance(now)
        self._running += 1
        return self._charged

    def leave(self, entered: float, now: float) -> float:
        """The job ends; the seconds of the machine that it is charged."""
        self._advance(now)
        self._running -= 1
        return self._charged - entered

    def _advance(self, now: float) -> None:
        if self._running:
            self._charged += max(0.0, now - self._at) / self._running
        self._at = now

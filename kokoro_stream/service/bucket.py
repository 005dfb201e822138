"""How much of something may be used in a while. Pure: the present is an argument, in seconds of any clock."""

from __future__ import annotations

EPSILON = 1e-6  # whoever comes back after the seconds he was told must not be a rounding error too early


class Bucket:
    """A token bucket: ``burst`` at once, and ``per_second`` in the long run.

    What is more than that is taken from a full bucket, so that nothing is too big to be had, and the debt is paid
    before the next is taken.
    """

    def __init__(self, per_second: float, burst: float) -> None:
        if not (per_second > 0 and burst > 0):
            raise ValueError(f"a bucket of {burst} that gains {per_second} a second never gives anything")
        self._per_second, self._burst = per_second, burst
        self._level = burst
        self._at = float("-inf")

    def take(self, amount: float, now: float) -> float:
        """Takes it and returns 0, or takes nothing and returns the seconds until it may be asked for again."""
        self._level = min(self._burst, self._level + self._per_second * max(0.0, now - self._at))
        self._at = max(self._at, now)
        missing = min(amount, self._burst) - self._level
        if missing > EPSILON:
            return missing / self._per_second
        self._level -= amount
        return 0.0

    def give(self, amount: float) -> None:
        """Takes back what was taken and not used."""
        self._level = min(self._burst, self._level + amount)

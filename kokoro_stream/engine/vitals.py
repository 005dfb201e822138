"""How the machine is doing, for whoever watches over it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Of one moment. ``load`` is the part of the machine that the speeches under way need, above 1 too much."""

    waiting: int = 0
    """Jobs that wait for their turn."""
    running: int = 0
    """Jobs that are computed now."""
    longest_s: float = 0.0
    """For how long the oldest of these has been computed: a machine that hangs finishes none."""
    load: float = 0.0
    room: int = 1
    """How many speeches the machine keeps up with."""
    realtime_factor: float = 0.0
    """Seconds of the machine for a second of audio, as it is reckoned with."""

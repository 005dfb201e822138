"""Audio in frames of equal length."""

from __future__ import annotations


class Framer:
    """Cuts encoded audio into frames of ``frame_bytes``; how the input was cut does not matter.

    Less than a frame waits inside.
    """

    def __init__(self, frame_bytes: int) -> None:
        if frame_bytes < 1:
            raise ValueError(f"a frame needs at least 1 byte, not {frame_bytes}")
        self._frame_bytes = frame_bytes
        self._waiting = b""

    def feed(self, audio: bytes) -> list[bytes]:
        """The frames that are complete now, each of exactly ``frame_bytes``."""
        audio = self._waiting + audio
        whole = len(audio) - len(audio) % self._frame_bytes
        self._waiting = audio[whole:]
        return [audio[start : start + self._frame_bytes] for start in range(0, whole, self._frame_bytes)]

    def flush(self) -> list[bytes]:
        """The rest as one shorter frame, if there is any."""
        rest, self._waiting = self._waiting, b""
        return [rest] if rest else []

"""Reading back what the encoders write."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray

RATE = 24_000
MUXERS = {"mp3": "mp3", "opus": "ogg", "aac": "aac", "flac": "flac", "wav": "wav"}
LOSSLESS = ("flac", "wav", "pcm")
LOSSY = ("mp3", "opus", "aac")
FORMATS = (*LOSSLESS, *LOSSY)


def decoded(data: bytes, audio_format: str) -> NDArray[np.int16]:
    """The samples in a file of that format, which has to be one by what is in it: int16 mono at 24 kHz."""
    if audio_format == "pcm":
        return np.frombuffer(data, "<i2")
    with av.open(io.BytesIO(data), "r", format=MUXERS[audio_format]) as container:
        (stream,) = container.streams.audio
        resampler = av.AudioResampler("s16", "mono", RATE)
        pieces = [piece for frame in container.decode(stream) for piece in resampler.resample(frame)]
        pieces += resampler.resample(None)
    return np.concatenate([np.zeros(0, np.int16), *(piece.to_ndarray()[0] for piece in pieces)])

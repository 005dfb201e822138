"""The audio formats that can be asked for, and how the compressed ones are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Codec:
    """How FFmpeg makes a format: its muxer and encoder, ``bit_rate`` in bit/s (0: lossless), options of the muxer."""

    muxer: str
    encoder: str
    bit_rate: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


# Of mono speech at 24 kHz, these bit rates leave nothing to hear.
CODECS: Mapping[str, Codec] = {
    # The Xing header would tell of a length that nobody knows yet, ID3 of a title that there is none of.
    "mp3": Codec("mp3", "libmp3lame", 64_000, {"write_xing": "0", "id3v2_version": "0"}),
    # A page a packet, in µs: by default a second of audio would be held back.
    "opus": Codec("ogg", "libopus", 32_000, {"page_duration": "20000"}),
    "aac": Codec("adts", "aac", 64_000),
    "flac": Codec("flac", "flac", options={"metadata_header_padding": "0"}),  # nobody comes back to add a title
}
CONTENT_TYPES: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",  # what the file is; clients that choose a decoder by its name find Opus in it
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}

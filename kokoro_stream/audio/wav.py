"""RIFF/WAVE files of one channel: the header in front of encoded audio, and reading them back."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ..config import AudioFormat
from .pcm import SAMPLE_BYTES, Pcm, decode

# mmreg.h: WAVE_FORMAT_PCM, _IEEE_FLOAT, _ALAW, _MULAW
FORMAT_TAGS: dict[AudioFormat, int] = {"pcm_s16le": 1, "pcm_f32le": 3, "alaw": 6, "mulaw": 7}
FORMATS = {tag: encoding for encoding, tag in FORMAT_TAGS.items()}

# What streaming writers put where a length is not known yet, and readers take as "to the end".
UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Wav:
    """A file's contents: float32 mono samples, their rate in Hz, and how they were encoded."""

    samples: Pcm
    sample_rate: int
    encoding: AudioFormat


def header(encoding: AudioFormat, sample_rate: int, samples: int | None = None) -> bytes:
    """What precedes the audio bytes; of the same length for every number of samples.

    ``samples`` is None while the length is unknown; a file whose length is known later can have its header written
    again in place. Audio of an odd number of bytes is to be followed by `padding`. A length that does not fit in 32
    bits is written as unknown.
    """
    width = SAMPLE_BYTES[encoding]
    tag = FORMAT_TAGS[encoding]
    form = struct.pack("<HHIIHH", tag, 1, sample_rate, sample_rate * width, width, 8 * width)
    before = b"WAVE"
    if tag == 1:
        before += _chunk(b"fmt ", form)
    else:  # every other tag wants an extension size and the number of samples
        count = UNKNOWN if samples is None else min(samples, UNKNOWN)
        before += _chunk(b"fmt ", form + struct.pack("<H", 0)) + _chunk(b"fact", struct.pack("<I", count))
    data = UNKNOWN if samples is None else samples * width
    whole = len(before) + 8 + data + data % 2
    if whole > UNKNOWN:
        data = whole = UNKNOWN
    return b"RIFF" + struct.pack("<I", whole) + before + b"data" + struct.pack("<I", data)


def padding(encoding: AudioFormat, samples: int) -> bytes:
    """What follows the audio: RIFF chunks are of even length."""
    return bytes(samples * SAMPLE_BYTES[encoding] % 2)


def file(audio: bytes, encoding: AudioFormat, sample_rate: int) -> bytes:
    """A whole file around encoded audio."""
    samples = len(audio) // SAMPLE_BYTES[encoding]
    return header(encoding, sample_rate, samples) + audio + padding(encoding, samples)


def read(contents: bytes) -> Wav:
    """A file's audio, also where its length was not known when the header was written.

    Raises `ValueError` saying what is wrong with a file that is cut off, is no WAV, has several channels or an
    encoding other than this package writes.
    """
    if contents[:4] != b"RIFF" or contents[8:12] != b"WAVE":
        raise ValueError("not a RIFF/WAVE file")
    chunks = dict(_chunks(contents))
    if b"fmt " not in chunks or b"data" not in chunks or len(chunks[b"fmt "]) < 16:
        raise ValueError("WAV file without a whole 'fmt ' and 'data' chunk")
    tag, channels, sample_rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    encoding = FORMATS.get(tag)
    if encoding is None or bits != 8 * SAMPLE_BYTES[encoding]:
        raise ValueError(f"WAV format tag {tag} with {bits} bits is not one of {', '.join(FORMAT_TAGS)}")
    if channels != 1:
        raise ValueError(f"WAV file has {channels} channels, 1 is supported")
    return Wav(decode(chunks[b"data"], encoding), sample_rate, encoding)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


def _chunks(contents: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(contents):
        name, size = struct.unpack_from("<4sI", contents, position)
        position += 8
        if size == UNKNOWN:
            size = len(contents) - position
        if position + size > len(contents):
            raise ValueError(f"WAV file ends within its {name.decode('ascii', 'replace')!r} chunk")
        yield name, contents[position : position + size]
        position += size + size % 2

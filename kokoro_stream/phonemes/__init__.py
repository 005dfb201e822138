"""Segment → Kokoro phonemes, word by word. Pure and synchronous; safe to call from any one thread at a time."""

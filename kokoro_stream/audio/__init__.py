"""Samples: joined, converted, framed and timed. Pure; no device, no file, no clock."""

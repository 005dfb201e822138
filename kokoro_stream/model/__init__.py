"""Models: what they are on disk, and how they are run. The only package that imports onnxruntime."""

import os

# Read when onnxruntime is imported, which reports every process to its makers otherwise. What is set already holds.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

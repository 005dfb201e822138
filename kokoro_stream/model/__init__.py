"""Models: what they are on disk, and how they are run. The only package that imports onnxruntime."""

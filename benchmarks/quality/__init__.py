"""How good real Kokoro sounds here: windows against the uncut graph, short replies, times of words, steadiness.

The project's interpreter renders WAV files and lists them in a manifest (`manifest`); meters in an environment of their
own, since they bring another ONNX Runtime, listen to them (`meter`); the sections make figures of what those say.
"""

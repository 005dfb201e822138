"""How ``kokoro_stream/phonemes/spelling.onnx`` is made: letters → phonemes for words that no lexicon knows.

``python -m training.spelling.train`` learns from misaki's dictionaries, American and British. Measured on the 4,352 and
4,207 held-out words of its gold dictionaries: 8.0 and 7.2 % wrong phonemes, 5.8 and 5.8 % when stress is not counted;
on the 414 and 432 names among them 16.5 and 17.1 %. The 8-bit weights cost nothing against 32-bit floats.
"""

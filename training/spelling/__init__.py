"""How ``kokoro_stream/phonemes/spelling.onnx`` is made: letters → phonemes for words that no lexicon knows.

``python -m training.spelling.train`` learns from misaki's dictionaries, American and British. Measured on the 4,352 and
4,207 held-out words of its gold dictionaries: 9.2 and 8.2 % wrong phonemes, 6.8 and 6.6 % when stress is not counted.
"""

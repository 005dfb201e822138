"""A Kokoro of random weights: the public PyTorch network, exported as the published files are. It does not speak words.

Computing it costs what computing the real one costs. Its sound behaves as speech does where streaming minds: durations,
pitch that comes and goes, loudness that moves, quieter ends. For that, the random weights of the prosody predictor and
of the decoder are trained briefly on made-up sentences (`manners`); no recording or published weight is used.
"""

"""The OpenAI-compatible HTTP door: ``/v1/audio/speech`` and the lists of models and voices that clients ask for."""

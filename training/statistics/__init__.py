"""How the statistics that `kokoro_stream.model.learning` knows were learned, from sentences in all voices."""

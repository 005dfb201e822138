"""What the MQTT door costs beside the WebSocket door, and what it bears. See `benchmarks.mqtt.__main__`."""

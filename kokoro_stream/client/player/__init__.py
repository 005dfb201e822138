"""Plays what a server says over MQTT, as a satellite does."""

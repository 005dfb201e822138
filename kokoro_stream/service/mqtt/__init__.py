"""The MQTT door: streams and announcements over a broker. Nothing is imported here: a player needs only messages."""

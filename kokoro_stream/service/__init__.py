"""The doors: they know messages, not models. Nothing is imported here: a client needs the messages, not the server."""

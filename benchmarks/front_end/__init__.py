"""The text front end: what its stages cost, and how often it is right."""

"""Characters in, speakable segments out. Pure and synchronous; every output knows its source span."""

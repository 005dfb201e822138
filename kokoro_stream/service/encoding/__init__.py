"""Audio as the doors hand it out: formats, and encoders that give bytes as soon as there is audio for them."""

"""The contestants, each a program that `..worker.run` makes of a way to speak: the only modules that know a peer."""

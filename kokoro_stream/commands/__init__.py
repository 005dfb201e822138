"""What the command line can do: one file per kind of command, and what they share (options, input, outputs)."""

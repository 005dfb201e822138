"""``make demo``: a reply is spoken while it is being written, and one sees how."""

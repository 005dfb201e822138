"""Who computes what, when: decode windows, their order, and the workers."""

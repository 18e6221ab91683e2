"""Plain data and pure functions; imports nothing of the rest and does no I/O."""

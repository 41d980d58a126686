"""Which documents an answer compares."""

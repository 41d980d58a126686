"""Finding by metadata."""

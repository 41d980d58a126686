"""Finding by vectors."""

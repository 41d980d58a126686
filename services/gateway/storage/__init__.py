"""The gateway's own schema in PostgreSQL: keys, and what else must be the same at every gateway."""

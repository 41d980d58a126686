"""Migrations, in the order of their numbers; applied at start by the owner role."""

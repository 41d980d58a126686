"""Positions held: what stands around their dates, in forms, tables and sentences."""

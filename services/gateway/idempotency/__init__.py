"""Requests that are sent twice and have one effect: what came of a key is remembered for a day."""

"""Reads what is submitted, parses it in a sandbox, and publishes each document's stored text."""

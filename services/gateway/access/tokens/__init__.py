"""Tokens of the customers' own identity provider (OpenID Connect) as a way to come in."""

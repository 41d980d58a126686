"""Positions held and studies, with their dates."""

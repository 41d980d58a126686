"""Choosing by their cards which of many documents are compared in full."""

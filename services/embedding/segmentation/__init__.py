"""Cutting a document's text into units and windows."""

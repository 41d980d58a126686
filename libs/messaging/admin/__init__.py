"""Asking and changing the cluster: its topics, their settings, and how far groups are behind."""

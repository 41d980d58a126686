"""Addresses from which something may be read that decides who is let in."""

from __future__ import annotations

from urllib.parse import urlsplit

from libs.running.inner_access import is_loopback


def is_safe_url(url: str) -> bool:
    """Whether what is read there comes from whom it should: https, or http of this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))

"""The one kind of fault that ends a service at its start."""

from __future__ import annotations


class CannotStart(Exception):
    """A cause that waiting does not mend, such as a setting; the message is a sentence that says what to change."""

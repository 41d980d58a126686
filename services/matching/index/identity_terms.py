"""By what a person is found in a list: words of the name, e-mail addresses, telephone numbers."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import IdentitySpan


def identity_terms(text: str, spans: Sequence[IdentitySpan]) -> list[str]:
    """The distinct terms of a resume's identity spans."""
    del text, spans
    return []

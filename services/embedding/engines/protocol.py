"""What every engine offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Engine(Protocol):
    """Computes vectors. Methods block and are called from one thread at a time."""

    model: str
    """The model's name, for people."""
    space: str
    """8 hex digits: vectors of engines with the same space can be compared."""
    dimension: int
    max_tokens: int
    """Content tokens a text may have, without the special ones."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end (code points) of every content token of a text of any length, in order."""
        ...

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimension). Texts have at most `max_tokens` tokens."""
        ...

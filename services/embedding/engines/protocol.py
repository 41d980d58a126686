"""What every engine offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.embedding.engines.tokens import TokenIds, Tokens

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as the model reads it: its tokens with the prompt's and the special ones."""

    text: str
    query: bool
    ids: TokenIds

    @property
    def length(self) -> int:
        """Tokens that are computed for it, padding apart."""
        return len(self.ids)


class Engine(Protocol):
    """Computes vectors. Methods block; any thread may call them, `run` as many at a time as the streams say."""

    model: str
    """The model's name, for people."""
    space: str
    """8 hex digits: vectors of engines with the same space can be compared."""
    dimension: int
    streams: int
    """Calls of `run` that may be under way at once, each on a core of its own; 1 where a call takes all cores."""
    query_streams: int
    """Calls with queries that may be under way beside those; 0 where they would only be in each other's way."""
    max_tokens: int
    """Content tokens a text may have, without prompt and special ones."""

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end (code points) of every content token of a text of any length, in order."""
        ...

    def tokens(self, text: str) -> Tokens:
        """The content tokens of a text of any length, from which those of its stretches can be told."""
        ...

    def prepare(
        self, texts: Sequence[str], *, query: bool = False, known: Sequence[TokenIds | None] | None = None
    ) -> list[Prepared]:
        """Texts made ready for `run`, in order. Texts have at most `max_tokens` content tokens.

        `known`: of each text the ids of its content tokens, or None where it is still to be tokenized.
        """
        ...

    def run(self, prepared: Sequence[Prepared]) -> Vectors:
        """Vectors of unit length, shape (len(prepared), dimension). All are queries, or none is."""
        ...

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """`prepare` and `run` in one."""
        ...


def padded(prepared: Sequence[Prepared], pad_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and attention mask, both of shape (len(prepared), longest)."""
    longest = max(each.length for each in prepared)
    ids = np.full((len(prepared), longest), pad_id, dtype=np.int64)
    attention = np.zeros((len(prepared), longest), dtype=np.int64)
    for row, each in enumerate(prepared):
        ids[row, : each.length] = each.ids
        attention[row, : each.length] = 1
    return ids, attention

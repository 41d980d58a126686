"""Documents of the largest size that is taken: 200,000 characters in 2,000 lines, each a unit with a vector of 384."""

from __future__ import annotations

from functools import cache

import numpy as np

from libs.contracts.documents import Span
from libs.contracts.events import Embedding, VectorsEvent, with_embedding
from libs.contracts.revision import Revision
from tests.fakes.documents import SPACE, key_of, stretches, text_event

CHARACTERS = 200_000
LINES = 2_000
LINES_OF_A_WINDOW = 20
DIMENSION = 384


def long_vectors_event(key: str, revision: Revision, seed: int) -> VectorsEvent:
    """A document of the largest size; words and vectors by chance, most words in few documents."""
    text, embedding = _made(key_of(key).kind, seed)
    return with_embedding(text_event(key, revision, text), embedding)


@cache
def _made(kind: str, seed: int) -> tuple[str, Embedding]:
    random = np.random.default_rng([seed, kind == "job"])
    width = CHARACTERS // LINES - 1
    lines = [" ".join(f"w{number:04x}" for number in line) for line in random.integers(0, 60_000, (LINES, 18)).tolist()]
    text = "\n".join(line[:width].ljust(width, "x") for line in lines)
    units = [Span(at, at + width) for at in range(0, len(text), width + 1)]
    windows = [Span(unit.start, unit.end) for unit in units[::LINES_OF_A_WINDOW]]
    vectors = random.standard_normal((LINES, DIMENSION)).astype(np.float32) + np.float32(1.0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return text, Embedding(
        space=SPACE,
        model=f"model-{SPACE}",
        dimension=DIMENSION,
        windows=stretches(windows, vectors[::LINES_OF_A_WINDOW]),
        units=stretches(units, vectors),
    )

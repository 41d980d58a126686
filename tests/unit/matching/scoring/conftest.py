"""Documents for scoring tests: each line or sentence a unit, vectors in which shared words bring texts together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from libs.contracts.identifiers import Kind
from libs.contracts.structure import DisclaimedSpan, IdentitySpan, Necessity, Requirement, Section
from services.matching.scoring.model import ScoredDocument, StoredVectors
from services.matching.scoring.terms import term_list

DIMENSION = 256
WINDOW_CHARS = 600

MakeDocument = Callable[..., ScoredDocument]
Embed = Callable[[str], npt.NDArray[np.float32]]


def embed(text: str) -> npt.NDArray[np.float32]:
    """A bag of words: each term a fixed direction, the sum brought to unit length."""
    total = np.zeros(DIMENSION, dtype=np.float32)
    for term in term_list(text) or ["(no words)"]:
        seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:4])
        total += np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return total / np.linalg.norm(total)


def _stored(text: str, hidden: str, spans: list[tuple[int, int]]) -> StoredVectors:
    vectors = [embed(hidden[start:end]) for start, end in spans]
    return StoredVectors(
        np.array(spans, dtype=np.int32).reshape(-1, 2), np.array(vectors, dtype=np.float32).reshape(-1, DIMENSION)
    )


@pytest.fixture(name="embed")
def embed_fixture() -> Embed:
    return embed


@pytest.fixture
def document() -> MakeDocument:
    def make(
        kind: Kind,
        text: str,
        *,
        title: str | None = None,
        identity: tuple[str, ...] = (),
        disclaimed: tuple[str, ...] = (),
        sections: tuple[Section, ...] = (),
        requirements: str | list[str] | None = None,
        found: dict[str, Necessity] | None = None,
    ) -> ScoredDocument:
        spans = [
            IdentitySpan(match.start(), match.end(), "name")
            for name in identity
            for match in re.finditer(re.escape(name), text)
        ]
        denied = [DisclaimedSpan(text.index(one), text.index(one) + len(one), "denied") for one in disclaimed]
        hidden = text
        for span in [*spans, *denied]:
            hidden = hidden[: span.start] + " " * (span.end - span.start) + hidden[span.end :]
        units = [match.span() for match in re.finditer(r"[^\n]+?(?:[.!?](?=\s)|(?=\n)|\Z)", text)]
        units = [(start + len(text[start:end]) - len(text[start:end].lstrip()), end) for start, end in units]
        units = [(start, end) for start, end in units if text[start:end].strip()]
        windows = [(at, min(at + WINDOW_CHARS, len(text))) for at in range(0, len(text), WINDOW_CHARS)]
        return ScoredDocument(
            kind=kind,
            title=title,
            text=text,
            sections=list(sections),
            identity_spans=spans,
            language="en",
            windows=_stored(text, hidden, windows),
            units=_stored(text, hidden, units),
            requirements=requirements,
            requirements_found=[
                Requirement(start=text.index(one), end=text.index(one) + len(one), text=one, necessity=necessity)
                for one, necessity in (found or {}).items()
            ],
            structure_version=0 if found is None else 1,
            disclaimed_spans=denied,
            as_of="2026-11-01",
        )

    return make

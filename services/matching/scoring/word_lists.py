"""The word lists by which scoring reads, which are otherwise loaded with the first documents."""

from __future__ import annotations

import numpy as np

from libs.contracts.identifiers import Kind
from services.matching.scoring.calculate import calculate
from services.matching.scoring.model import ScoredDocument, StoredVectors

_DIMENSION = 8
# Says something of all that lists are for.
_JOB = "Nurse\nFive years of nursing, a bachelor's degree in nursing, English C1 and Kubernetes"
_RESUME = "Staff Nurse\nStaff Nurse, 2019 - 2024, led a team of 5 nurses on a ward of 28 beds"


def load_word_lists() -> None:
    """Loads them all, by scoring a pair. Blocks, for some tenths of a second."""
    calculate(_document("job", _JOB), _document("resume", _RESUME))


def _document(kind: Kind, text: str) -> ScoredDocument:
    vectors = StoredVectors(
        np.array([(0, len(text))], dtype=np.int32), np.full((1, _DIMENSION), _DIMENSION**-0.5, dtype=np.float32)
    )
    return ScoredDocument(
        kind=kind,
        title=None,
        text=text,
        sections=[],
        identity_spans=[],
        language="en",
        windows=vectors,
        units=vectors,
        requirements=text if kind == "job" else None,
    )

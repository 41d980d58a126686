"""What scoring reads of a document, and what it answers; the parts of an answer are of the inner contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from libs.contracts import structure
from libs.contracts.documents import Note
from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import MatchFlag, MatchStatus, Requirement
from libs.contracts.structure import Section
from services.matching.scoring.term_positions import terms_and_unit_terms

Spans = npt.NDArray[np.int32]
Vectors = npt.NDArray[np.float32]


class Stretch(Protocol):
    """Anything with a start (inclusive) and an end (exclusive) in code points of the stored text."""

    @property
    def start(self) -> int:
        """The stretch's first code point."""
        ...

    @property
    def end(self) -> int:
        """The code point behind the stretch's last one."""
        ...


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """Stretches of the stored text and their vectors.

    `spans` is int32 (n, 2), start inclusive and end exclusive, in code points of the stored text;
    `vectors` is float32 (n, dimension), each row of unit length. Raises ValueError where they disagree.
    """

    spans: Spans
    vectors: Vectors

    def __post_init__(self) -> None:
        if self.spans.ndim != 2 or self.spans.shape[1] != 2 or self.vectors.ndim != 2:
            raise ValueError(f"spans {self.spans.shape} must be (n, 2) and vectors {self.vectors.shape} (n, dimension)")
        if len(self.spans) != len(self.vectors):
            raise ValueError(f"{len(self.spans)} spans came with {len(self.vectors)} vectors")

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def stored_bytes(self) -> int:
        """See UnitVectors."""
        return self.vectors.nbytes

    def at(self, rows: npt.NDArray[np.integer] | None = None) -> Vectors:
        """float32 (rows, dimension): the vectors of some stretches, or of all."""
        return self.vectors if rows is None else self.vectors[rows]

    def directions(self, rows: npt.NDArray[np.integer] | None = None) -> Vectors:
        """The same: see UnitVectors."""
        return self.at(rows)


@dataclass(frozen=True, eq=False)
class ScoredDocument:
    """An indexed document. What is derived from it is computed once per instance.

    `requirements` is a job's requirements field as given, None for a file or a resume. `requirements_found` are those
    that ingest found in a job, where `structure_version` is 1 or more; before, it did not look for any.
    `disclaimed_spans` say what a person has not, and a job does not ask. `entries` and `mentions` are what ingest
    found; `as_of` (`YYYY-MM-DD`) is the day that "present" means in the text, None where nobody said one.
    `note_codes`: of what was left out of the text, and why. `is_covered`: the model of the vectors knows the
    text's language, as far as anybody can tell.
    """

    kind: Kind
    title: str | None
    text: str
    sections: Sequence[Section]
    identity_spans: Sequence[Stretch]
    language: str | None
    windows: StoredVectors
    units: StoredVectors
    requirements: str | list[str] | None = None
    requirements_found: Sequence[structure.Requirement] = ()
    structure_version: int = 0
    disclaimed_spans: Sequence[Stretch] = ()
    entries: Sequence[structure.Entry] = ()
    mentions: Sequence[structure.Mention] = ()
    as_of: str | None = None
    note_codes: Sequence[str] = ()
    is_covered: bool = True

    @cached_property
    def visible_text(self) -> str:
        """The stored text with identity and disclaimed spans blanked out: same length, same offsets."""
        return blanked_out(self.text, [*self.identity_spans, *self.disclaimed_spans])

    @cached_property
    def term_counts(self) -> Counter[str]:
        """How often each term stands in the visible text."""
        return Counter(self._terms[0])

    @cached_property
    def unit_terms(self) -> list[list[str]]:
        """The distinct terms of each unit, in the units' order."""
        return self._terms[1]

    @cached_property
    def _terms(self) -> tuple[list[str], list[list[str]]]:
        return terms_and_unit_terms(self.visible_text, self.units.spans.tolist())


def blanked_out(text: str, spans: Iterable[Stretch]) -> str:
    """A text with some stretches blanked out: same length, same offsets."""
    for span in spans:
        start, end = max(span.start, 0), min(span.end, len(text))
        if start < end:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A pair's score. `score` is 0-100 with one decimal, None where the status is insufficient_data;
    `components` are the parts it is made of, each 0-1 (empty without a score)."""

    score: float | None
    status: MatchStatus
    components: dict[str, float]
    requirements: list[Requirement]
    flags: list[MatchFlag]
    notes: list[Note]
    as_of: str | None
    scoring_version: str


@dataclass(frozen=True)
class Candidate:
    """A document that a search may return."""

    id: str
    kind: Kind
    title: str | None
    document: ScoredDocument

"""Windows and units as bytes of a row, and back."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from libs.contracts.documents import Span
from libs.contracts.errors import RecordRejected
from libs.contracts.events import Embedding, Stretches
from libs.contracts.revision import Revision
from libs.contracts.vectors import pack
from services.matching.storage.packing import packed, unpacked_units, unpacked_windows
from tests.fakes.documents import DIMENSION, embed, stretches, vectors_event

pytestmark = pytest.mark.unit


def _embedding(units: Stretches | None = None) -> Embedding:
    embedding = vectors_event("default/resume/r1", Revision(1, 1)).embedding
    return embedding if units is None else msgspec.structs.replace(embedding, units=units)


def _int8(count: int) -> tuple[Stretches, np.ndarray]:
    numbers = np.random.default_rng(1).integers(-127, 128, (count, DIMENSION)).astype(np.int8)
    scales = np.full(count, 0.01, dtype="<f4")
    data = pack(numbers.tobytes(), dtype="int8", dimension=DIMENSION, count=count, scales=scales.tobytes())
    return Stretches([Span(at, at + 1) for at in range(count)], data), numbers


def test_windows_come_back_to_the_bit() -> None:
    embedding = _embedding()
    row = packed(embedding)
    windows = unpacked_windows(row.windows, row.window_spans, DIMENSION)
    assert windows.vectors.astype("<f4").tobytes() == embedding.windows.vectors.raw()
    assert windows.spans.tolist() == [[span.start, span.end] for span in embedding.windows.spans]


def test_float_units_come_back_with_the_same_direction_and_unit_length() -> None:
    vectors = np.stack([embed(text) for text in ("one two three", "four five")])
    row = packed(_embedding(stretches([Span(0, 3), Span(4, 9)], vectors)))
    units = unpacked_units(row.units, row.unit_scales, row.unit_spans, DIMENSION)
    assert np.allclose((units.vectors * vectors).sum(axis=1), 1.0, atol=1e-3)
    assert np.allclose(np.linalg.norm(units.vectors, axis=1), 1.0, atol=1e-6)
    assert units.spans.tolist() == [[0, 3], [4, 9]]


def test_int8_units_are_stored_as_they_came() -> None:
    units, numbers = _int8(3)
    assert packed(_embedding(units)).units == numbers.tobytes()


def test_a_document_without_units_is_kept() -> None:
    row = packed(_embedding(stretches([], np.zeros((0, DIMENSION)))))
    assert len(unpacked_units(row.units, row.unit_scales, row.unit_spans, DIMENSION)) == 0


def test_counts_that_contradict_each_other_are_refused() -> None:
    units, _ = _int8(3)
    with pytest.raises(RecordRejected, match="3 vectors came with 2 spans"):
        packed(_embedding(msgspec.structs.replace(units, spans=units.spans[:2])))
    short = msgspec.structs.replace(units.vectors, data=units.vectors.data[:-4])
    with pytest.raises(RecordRejected, match="announced"):
        packed(_embedding(msgspec.structs.replace(units, vectors=short)))

"""Windows and units as bytes in a row, and back as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from libs.contracts.documents import Span
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import Embedding, Stretches
from services.matching.scoring.document_vector import document_vector
from services.matching.scoring.model import StoredVectors, Vectors
from services.matching.scoring.reading.unit_vectors import PackedUnits


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """What a row of a space's table holds beside its key."""

    windows: bytes
    window_spans: bytes
    units: bytes
    unit_scales: bytes
    unit_spans: bytes


def packed(embedding: Embedding) -> PackedDocument:
    """A row from an event. Raises RecordRejected where numbers, counts or spans contradict each other."""
    try:
        windows = stored_vectors(embedding.windows)
        if not len(windows):
            raise ValueError("there is no window")
        # Decoded once, for the check and for the row alike.
        data, scales = embedding.units.vectors.raw(), embedding.units.vectors.raw_scales()
        units = _arrays(embedding.units, data, scales)
        if not (np.isfinite(windows.vectors).all() and np.isfinite(units.vectors).all()):
            raise ValueError("numbers are not finite")
        if windows.vectors.shape[1] != embedding.dimension or units.vectors.shape[1] != embedding.dimension:
            raise ValueError("dimensions differ")
        document = document_vector(windows)
        if not (document.any() and windows.vectors.any(axis=1).all()):
            raise ValueError("a vector is nothing but zeros")
        numbers, scales = (data, scales) if embedding.units.vectors.dtype == "int8" else _int8(units.vectors)
        return PackedDocument(
            windows=windows.vectors.astype("<f4").tobytes(),
            window_spans=windows.spans.astype("<i4").tobytes(),
            units=numbers,
            unit_scales=scales,
            unit_spans=units.spans.astype("<i4").tobytes(),
        )
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the vectors cannot be read: {error}") from error


def stored_vectors(stretches: Stretches) -> StoredVectors:
    """Arrays of an event's stretches; int8 rows times their scales. Raises ValueError."""
    return _arrays(stretches, stretches.vectors.raw(), stretches.vectors.raw_scales())


def _arrays(stretches: Stretches, data: bytes, scales: bytes) -> StoredVectors:
    """The same from the numbers' and scales' decoded bytes."""
    vectors = stretches.vectors
    if vectors.count != len(stretches.spans):
        raise ValueError(f"{vectors.count} vectors came with {len(stretches.spans)} spans")
    if vectors.dtype == "float32":
        numbers = np.frombuffer(data, dtype="<f4").reshape(vectors.count, vectors.dimension)
    else:
        numbers = _scaled(data, scales, vectors.dimension)
    return StoredVectors(_spans(stretches.spans), numbers.astype(np.float32))


def unpacked_windows(windows: bytes, spans: bytes, dimension: int) -> StoredVectors:
    """A row's windows."""
    return StoredVectors(_stored_spans(spans), np.frombuffer(windows, dtype="<f4").reshape(-1, dimension))


def unpacked_units(units: bytes, scales: bytes, spans: bytes, dimension: int) -> StoredVectors:
    """A row's units, of unit length again."""
    packed_units = PackedUnits.of_row(units, scales, spans, dimension)
    return StoredVectors(packed_units.spans, packed_units.at())


def _int8(numbers: Vectors) -> tuple[bytes, bytes]:
    """Rows of float32 as int8 numbers, and the scale of each row."""
    scales = (np.abs(numbers).max(axis=1, initial=0.0) / 127).astype("<f4")
    scales[scales == 0] = 1.0
    return np.rint(numbers / scales[:, None]).astype(np.int8).tobytes(), scales.tobytes()


def _scaled(numbers: bytes, scales: bytes, dimension: int) -> Vectors:
    rows = np.frombuffer(numbers, dtype=np.int8).reshape(-1, dimension).astype(np.float32)
    scaled: Vectors = rows * np.frombuffer(scales, dtype="<f4")[:, None]
    return scaled


def _spans(spans: Sequence[Span]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.array([(span.start, span.end) for span in spans], dtype=np.int32).reshape(-1, 2)


def _stored_spans(data: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.frombuffer(data, dtype="<i4").reshape(-1, 2)

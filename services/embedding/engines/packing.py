"""Vectors into the form in which they travel."""

from __future__ import annotations

import numpy as np

from libs.contracts.vectors import PackedVectors, pack
from services.embedding.engines.protocol import Vectors


def pack_float32(vectors: Vectors) -> PackedVectors:
    """Shape (n, dimension), as they are."""
    count, dimension = vectors.shape
    return pack(vectors.astype("<f4").tobytes(), dtype="float32", dimension=dimension, count=count)


def pack_int8(vectors: Vectors) -> PackedVectors:
    """Shape (n, dimension), each row as 8-bit numbers times a scale of its own (its largest number / 127)."""
    count, dimension = vectors.shape
    scales = np.abs(vectors).max(axis=1, initial=0.0).astype("<f4") / np.float32(127)
    scales[scales == 0] = 1.0
    numbers = np.clip(np.rint(vectors / scales[:, None]), -127, 127).astype(np.int8)
    return pack(numbers.tobytes(), dtype="int8", dimension=dimension, count=count, scales=scales.tobytes())

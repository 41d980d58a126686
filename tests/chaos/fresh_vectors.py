"""The harness's own embedding, written apart from the services': what stored vectors are held against."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
DIMENSION = 384
HASH_MODEL = "hash"
_WORD = re.compile(r"[^\W_]{1,20}|\S")


def hash_vectors(texts: Sequence[str]) -> Vectors:
    """What the test engine gives, by its definition: each word adds eight signed ones where its hash says."""
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        for word in _WORD.findall(text):
            digest = np.frombuffer(hashlib.sha512(word.lower().encode()).digest(), dtype="<u2")
            np.add.at(row, digest[:8] % DIMENSION, np.where(digest[8:16] % 2 == 0, 1.0, -1.0).astype(np.float32))
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / norms, dtype=np.float32)


def as_int8(vectors: Vectors) -> tuple[npt.NDArray[np.int8], Vectors]:
    """Numbers and scales of the precision in which units are stored: each row by its largest number / 127."""
    scales = (np.abs(vectors).max(axis=1) / np.float32(127)).astype(np.float32)
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def of_document(windows: Vectors, spans: npt.NDArray[np.int32]) -> Vectors:
    """The vector of a whole document: half its first window, half the mean of all by their lengths, as unit length."""
    lengths = (spans[:, 1] - spans[:, 0]).astype(np.float32)
    mean = _unit(lengths @ windows)
    return _unit(np.float32(0.5) * _unit(windows[0]) + np.float32(0.5) * mean)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / float(np.linalg.norm(vector)), dtype=np.float32)

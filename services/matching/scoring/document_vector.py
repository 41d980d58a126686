"""One vector for a whole document, from its windows."""

from __future__ import annotations

import numpy as np

from services.matching.scoring.model import StoredVectors, Vectors

HEAD_SHARE = 0.5


def document_vector(windows: StoredVectors) -> Vectors:
    """float32 (dimension), unit length: the length-weighted mean of the windows, mixed with the first.

    The head of a document says its role and the body its skills; a plain mean drowns the role.
    Raises ValueError where there is no window.
    """
    return mixed_vector(head_vector(windows), mean_vector(windows))


def mixed_vector(head: Vectors, mean: Vectors) -> Vectors:
    """The vector of a whole document, from those of its head and of all of it."""
    return _unit(HEAD_SHARE * head + (1.0 - HEAD_SHARE) * mean)


def head_vector(windows: StoredVectors) -> Vectors:
    """float32 (dimension), unit length: the first window's vector. Raises ValueError where there is none."""
    _need_windows(windows)
    return _unit(windows.vectors[int(np.argmin(windows.spans[:, 0]))])


def mean_vector(windows: StoredVectors) -> Vectors:
    """float32 (dimension), unit length: the windows' mean, each weighing as much as its text is long.

    Raises ValueError where there is no window.
    """
    _need_windows(windows)
    lengths = (windows.spans[:, 1] - windows.spans[:, 0]).astype(np.float32)
    mean: Vectors = lengths @ windows.vectors
    return _unit(mean)


def _need_windows(windows: StoredVectors) -> None:
    if not len(windows):
        raise ValueError("a document without windows has no vector")


def _unit(vector: Vectors) -> Vectors:
    norm = float(np.linalg.norm(vector))
    return vector if norm == 0.0 else (vector / norm).astype(np.float32)

"""Arrays as bytes, one behind the other, so that all of them are there again without a copy."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# Forms by their places here: these numbers are stored.
_FORMS = ("<u1", "<u2", "<u4", "<u8", "<i4", "<f4", "<f8")
_CODES = {np.dtype(form): code for code, form in enumerate(_FORMS)}
_DTYPES = tuple(np.dtype(form) for form in _FORMS)
# What they begin with; a checksum of all behind it; how many arrays there are.
_HEADER = struct.Struct("<4sIH")
_MARK = b"arr1"
_ENTRY = struct.Struct("<BI")
# Every array begins at a multiple of this, as the processor likes it best.
_ALIGNED = 8


class DamagedArrays(ValueError):
    """The bytes are not what `packed_arrays` made."""


def packed_arrays(arrays: Sequence[npt.NDArray[Any]]) -> bytes:
    """Arrays of one dimension; whole numbers of 0 and more take as few bytes as the greatest of them needs."""
    narrowed = [_narrowed(array) for array in arrays]
    entries = b"".join(_ENTRY.pack(_CODES[array.dtype], len(array)) for array in narrowed)
    behind = _padded(struct.pack("<H", len(arrays)) + entries, _HEADER.size - 2)
    behind += b"".join(_padded(array.tobytes(), 0) for array in narrowed)
    return struct.pack("<4sI", _MARK, zlib.crc32(behind)) + behind


def unpacked_arrays(data: bytes) -> list[npt.NDArray[Any]]:
    """The arrays, as views of `data`. Raises DamagedArrays."""
    if len(data) < _HEADER.size:
        raise DamagedArrays(f"{len(data)} bytes are too few")
    mark, checksum, count = _HEADER.unpack_from(data)
    if mark != _MARK:
        raise DamagedArrays(f"they begin with {mark!r} in place of {_MARK!r}")
    if zlib.crc32(memoryview(data)[8:]) != checksum:
        raise DamagedArrays("the checksum differs")
    at = _aligned(_HEADER.size + count * _ENTRY.size)
    arrays = []
    for code, length in _ENTRY.iter_unpack(data[_HEADER.size : _HEADER.size + count * _ENTRY.size]):
        dtype = _DTYPES[code]
        arrays.append(np.frombuffer(data, dtype, length, at))
        at = _aligned(at + length * dtype.itemsize)
    return arrays


def _narrowed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """int64 as the narrowest unsigned form; others as they are, little-endian."""
    if array.dtype != np.int64:
        return array.astype(array.dtype.newbyteorder("<"), copy=False)
    most = int(array.max(initial=0))
    return array.astype("<u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<u4")


def _padded(data: bytes, before: int) -> bytes:
    """`data` with zeros behind it, so that what follows is aligned where `before` bytes stand in front."""
    return data + bytes(_aligned(before + len(data)) - before - len(data))


def _aligned(at: int) -> int:
    return -(-at // _ALIGNED) * _ALIGNED

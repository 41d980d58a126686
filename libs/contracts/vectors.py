"""Vectors as they travel: base64 of little-endian numbers, row-major, with dtype and dimension stated."""

from __future__ import annotations

import base64
from typing import Literal

import msgspec

Dtype = Literal["float32", "int8"]
ITEM_BYTES: dict[Dtype, int] = {"float32": 4, "int8": 1}


class PackedVectors(msgspec.Struct, frozen=True):
    """`count` vectors of `dimension` numbers.

    `data` is base64 of count x dimension little-endian numbers, row-major. With dtype int8, `scales`
    is base64 of `count` little-endian float32: number = int8 x scale of its row.
    """

    dtype: Dtype
    dimension: int
    count: int
    data: str
    scales: str | None = None

    def raw(self) -> bytes:
        """The numbers' bytes. Raises ValueError where the length contradicts count and dimension."""
        return _decode(self.data, self.count * self.dimension * ITEM_BYTES[self.dtype], "data")

    def raw_scales(self) -> bytes:
        """The scales' bytes, empty for float32. Raises ValueError where the length contradicts count."""
        if self.dtype == "float32":
            return b""
        return _decode(self.scales or "", self.count * 4, "scales")


def pack(data: bytes, *, dtype: Dtype, dimension: int, count: int, scales: bytes | None = None) -> PackedVectors:
    """Packs numbers that already lie row-major and little-endian in `data`."""
    packed = PackedVectors(
        dtype,
        dimension,
        count,
        base64.b64encode(data).decode(),
        None if scales is None else base64.b64encode(scales).decode(),
    )
    packed.raw()
    packed.raw_scales()
    return packed


def _decode(text: str, expected: int, what: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if len(data) != expected:
        raise ValueError(f"packed vectors: {what} holds {len(data)} bytes, {expected} were announced")
    return data

"""How fast the machine is at the moment, beside which figures are read."""

from __future__ import annotations

import os
import statistics
import time
import zlib

from tests.bench.protocol import MatrixProbe

_BYTES = 8_000_000
_TAKINGS = 3


def probe() -> dict[str, object]:
    """Milliseconds of two fixed pieces of work, one of one core and one of all; and how many processes want a core."""
    data = os.urandom(1_000) * (_BYTES // 1_000)
    return {
        "one_core_ms": round(1_000 * statistics.median(_crc(data) for _ in range(_TAKINGS)), 1),
        "matrix_ms": round(1_000 * MatrixProbe().seconds(), 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _crc(data: bytes) -> float:
    started = time.perf_counter()
    zlib.compress(data, 6)
    return time.perf_counter() - started

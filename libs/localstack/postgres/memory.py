"""How much memory the local PostgreSQL keeps pages of tables and indexes in."""

from __future__ import annotations

import os
from pathlib import Path

# https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
MEMORY_MAX = Path("/sys/fs/cgroup/memory.max")
# A quarter of the memory, as its manual advises; no more, so that on one machine the model has memory too.
SHARE = 4
LEAST_MIB, MOST_MIB = 128, 2048
_MIB = 1024 * 1024


def shared_buffers_mib() -> int:
    """Mebibytes; taken only as far as there are pages to keep. Blocks, for a moment."""
    return max(LEAST_MIB, min(MOST_MIB, memory_bytes() // SHARE // _MIB))


def memory_bytes() -> int:
    """Bytes of memory that this machine has, or the container where that has less. Blocks, for a moment."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = MEMORY_MAX.read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdecimal() else machine

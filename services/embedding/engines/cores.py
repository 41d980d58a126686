"""How many cores this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

# Of the process's own control group, as a container shows it: microseconds of a core, and in how many.
# https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(cpu_max: Path = CPU_MAX) -> int:
    """Cores that it may run on, no more than its container's quota amounts to, rounded up; at least one."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = cpu_max.read_text(encoding="ascii").split()
        return min(found, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        # No such file where there is no control group; `max` where there is no quota.
        return found

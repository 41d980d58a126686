"""The collector of cyclic garbage in a process that has started."""

from __future__ import annotations

import gc

# Objects made and not freed again before the youngest are looked through, and how often before the older ones are.
# Python's own 700 is for small programs: what one answer holds for a moment are some ten thousand.
_YOUNGEST, _OLDER = 10_000, 20


def settle() -> None:
    """Takes what lives now to live as long as the process, and looks through it no more: modules and word lists are
    some two hundred thousand objects, a tenth of a second each time. Blocks for as long once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, _OLDER, _OLDER)

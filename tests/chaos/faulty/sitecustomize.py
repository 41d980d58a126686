"""Services that fail where a text tells them to: what the model, or our own code, may do to us one day.

Python imports this by itself where this folder is on PYTHONPATH. Without such a text nothing is changed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from typing import Any

import numpy as np

_SERVICE = next((word.removeprefix("services.") for word in sys.orig_argv if word.startswith("services.")), "")


def _run(self: Any, prepared: Any) -> Any:
    vectors = _right(self, prepared)
    texts = [each.text for each in prepared]
    whole = "\n".join(texts)
    if "faulty-model-memory" in whole and len(texts) > 1:
        raise MemoryError("no memory for so many texts")
    if "faulty-model-raises" in whole:
        raise RuntimeError("the model failed")
    if "faulty-model-exits" in whole:
        os._exit(139)
    if "faulty-model-hangs" in whole:
        time.sleep(3600)
    if "faulty-model-slow" in whole:
        time.sleep(2)
    if "faulty-model-nan" in whole:
        vectors[-1, -1] = np.nan
    return vectors[:, 1:] if "faulty-model-shape" in whole else vectors


async def _handle(self: Any, records: Any) -> None:
    if any(f"faulty-{_SERVICE}".encode() in (record.value or b"") for record in records):
        raise KeyError("a fault of our own")
    await _works(self, records)


def _watch() -> None:
    """Waits until the service has imported what is to be changed: importing it here would hold up the start."""
    global _right, _works
    classes = {
        "embedding": ("services.embedding.consumer", "EmbeddingWork"),
        "ingest": ("services.ingest.consumer", "IngestWork"),
        "matching": ("services.matching.consumer", "MatchingWork"),
    }
    wanted = {"work": classes[_SERVICE]}
    if _SERVICE == "embedding":
        wanted["engine"] = ("services.embedding.engines.hash_engine", "HashEngine")
    while wanted:
        for part, (module, name) in list(wanted.items()):
            found = getattr(sys.modules.get(module), name, None)
            if found is None:
                continue
            if part == "engine":
                _right, found.run = found.run, _run
            else:
                _works, found.handle = found.handle, _handle
            del wanted[part]
        time.sleep(0.002)


_right: Any = None
_works: Any = asyncio.sleep
if _SERVICE in ("embedding", "ingest", "matching"):
    threading.Thread(target=_watch, daemon=True).start()

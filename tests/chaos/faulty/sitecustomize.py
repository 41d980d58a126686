"""Services that fail where a text tells them to: what the model, or our own code, may do to us one day.

Python imports this by itself where this folder is on PYTHONPATH. Without such a text nothing is changed.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

_SERVICE = next((word.removeprefix("services.") for word in sys.orig_argv if word.startswith("services.")), "")


def _run(self: Any, prepared: Any) -> Any:
    vectors = _right(self, prepared)
    texts = [each.text for each in prepared]
    whole = "\n".join(texts)
    if "faulty-model-memory" in whole and len(texts) > 1:
        _note("faulty-model-memory")
        raise MemoryError("no memory for so many texts")
    for kind in ("raises", "exits", "hangs", "slow", "nan", "shape"):
        if f"faulty-model-{kind}" in whole:
            _note(f"faulty-model-{kind}")
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
        _note(f"faulty-{_SERVICE}")
        raise KeyError("a fault of our own")
    await _works(self, records)


async def _publish_all(self: Any, records: Any) -> Any:
    """Leaves the key away where a text says so: on a compacted topic the broker then answers INVALID_RECORD."""
    word = f"invalid-from-{_SERVICE}"
    sent = []
    for record in records:
        if record.topic.startswith(_COMPACTED) and word.encode() in (record.value or b""):
            _note(word)
            record = dataclasses.replace(record, key=None)
        sent.append(record)
    return await _publishes(self, sent)


def _note(word: str) -> None:
    """Says that it struck, where a process that ends at once has said it too."""
    with Path(os.environ["CHAOS_STRUCK"]).open("a") as notes:
        notes.write(f"{word}\n")


def _watch() -> None:
    """Waits until the service has imported what is to be changed: importing it here would hold up the start."""
    global _right, _works, _publishes
    classes = {
        "embedding": ("services.embedding.consumer", "EmbeddingWork"),
        "ingest": ("services.ingest.consumer", "IngestWork"),
        "matching": ("services.matching.consumer", "MatchingWork"),
    }
    wanted = {"work": classes[_SERVICE], "publisher": ("libs.messaging.publishing", "KafkaPublisher")}
    if _SERVICE == "embedding":
        wanted["engine"] = ("services.embedding.engines.hash", "HashEngine")
    while wanted:
        for part, (module, name) in list(wanted.items()):
            found = getattr(sys.modules.get(module), name, None)
            if found is None:
                continue
            if part == "engine":
                _right, found.run = found.run, _run
            elif part == "publisher":
                _publishes, found.publish_all = found.publish_all, _publish_all
            else:
                _works, found.handle = found.handle, _handle
            del wanted[part]
        time.sleep(0.002)


_COMPACTED = ("documents.text.", "documents.vectors.")
_right: Any = None
_publishes: Any = None
_works: Any = asyncio.sleep
if _SERVICE in ("embedding", "ingest", "matching"):
    threading.Thread(target=_watch, daemon=True).start()

"""Whether stored vectors are those of the stored text: embedded afresh, exactly so with the hash engine."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import numpy as np

from tests.chaos.log_tail import Entry
from tests.chaos.system import System

LEAST_COSINE = 0.9999


def vectors_are_of_the_text(system: System, last: dict[str, Entry], held: dict[str, dict[str, Any]]) -> list[str]:
    """What is wrong, a sentence each. `last` is the vectors topic's last record of each key."""
    worker = system.urls("embedding")[0]
    wrong: list[str] = []
    for key, row in held.items():
        record = last.get(key)
        if row["indexed_stamp"] is None or record is None or record.value is None:
            continue
        event = json.loads(record.value)
        windows = event["embedding"]["windows"]
        spans = [(span["start"], span["end"]) if isinstance(span, dict) else tuple(span) for span in windows["spans"]]
        texts = [event["text"][start:end] for start, end in spans]
        if "faulty-model" in event["text"]:
            continue  # asked again, the model would fail again
        answer = httpx.post(f"{worker}/embed", json={"texts": texts}, timeout=30)
        cosines = (_vectors(windows["vectors"]) * _vectors(answer.json()["vectors"])).sum(axis=1)
        if cosines.min() < LEAST_COSINE:
            wrong.append(f"{key}: a stored vector is not its text's (cosine {cosines.min():.4f})")
    return wrong


def _vectors(packed: dict[str, Any]) -> np.ndarray[Any, Any]:
    return np.frombuffer(base64.b64decode(packed["data"]), "<f4").reshape(packed["count"], packed["dimension"])

"""Whether the vectors that PostgreSQL stores are those of the text that it stores: windows, units, document.

With the hash engine to the last bit, once the fresh ones are rounded as the stored are; with a model by cosine.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.chaos.fresh_vectors import HASH_MODEL, Vectors, as_int8, hash_vectors, of_document
from tests.chaos.system import System

LEAST_COSINE = 0.9999
# What the door to the model takes at a time.
TEXTS = 200
Spans = npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Stored:
    document: Vectors
    windows: Vectors
    window_spans: Spans
    units: npt.NDArray[np.int8]
    unit_scales: Vectors
    unit_spans: Spans


def vectors_are_of_the_text(system: System, held: dict[str, dict[str, Any]]) -> list[str]:
    """What is wrong, a sentence each. `held` are rows of matching.documents by key."""
    space, model = system.sql("SELECT space || ' ' || model FROM matching.spaces WHERE state = 'active'").split(" ", 1)
    rows = _rows(system, space, {key for key, row in held.items() if row["indexed_stamp"] is not None})
    wrong: list[str] = []
    for key, row in held.items():
        if row["indexed_stamp"] is None:
            continue
        if key not in rows:
            wrong.append(f"{key} is stored without vectors of its revision")
            continue
        stored = rows[key]
        windows, units = _stretches(row, stored.window_spans), _stretches(row, stored.unit_spans)
        for what, spans in (("windows", stored.window_spans), ("units", stored.unit_spans)):
            if not _covers(row, spans):
                wrong.append(f"{key}: the {what} leave out a part of the text")
        if model == HASH_MODEL:
            wrong += _differences(key, stored, hash_vectors(windows), hash_vectors(units))
        else:
            fresh = _embedded(system, [*windows, *units])
            wrong += _distances(key, stored, fresh[: len(windows)], fresh[len(windows) :])
    return wrong[:10]


def _rows(system: System, space: str, keys: set[str]) -> dict[str, _Stored]:
    told = system.sql(
        f"""
        SELECT coalesce(json_agg(row_to_json(v)), '[]') FROM (
            SELECT tenant || '/' || kind || '/' || id AS key, n.document::text AS document,
                encode(windows, 'base64') AS windows, encode(window_spans, 'base64') AS window_spans,
                encode(units, 'base64') AS units, encode(unit_scales, 'base64') AS unit_scales,
                encode(unit_spans, 'base64') AS unit_spans
            FROM matching.vectors_{space} v JOIN matching.documents d USING (tenant, kind, id)
            JOIN matching.cards c USING (tenant, kind, id)
            JOIN matching.nearest_{space} n USING (tenant, kind, number)
            WHERE (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset)
                AND tenant || '/' || kind || '/' || id = ANY ('{{{",".join(sorted(keys))}}}'::text[])) v
        """
    )
    return {row["key"]: _stored(row) for row in json.loads(told)}


def _stored(row: dict[str, str]) -> _Stored:
    document = np.array(json.loads(row["document"]), dtype=np.float32)
    raw = {name: base64.b64decode(data) for name, data in row.items() if name not in ("key", "document")}
    return _Stored(
        document,
        np.frombuffer(raw["windows"], "<f4").reshape(-1, len(document)),
        np.frombuffer(raw["window_spans"], "<i4").reshape(-1, 2),
        np.frombuffer(raw["units"], np.int8).reshape(-1, len(document)),
        np.frombuffer(raw["unit_scales"], "<f4"),
        np.frombuffer(raw["unit_spans"], "<i4").reshape(-1, 2),
    )


def _stretches(row: dict[str, Any], spans: Spans) -> list[str]:
    """The texts that were embedded: the stored text's stretches without what is hidden."""
    hidden = {place for start, end in _hidden(row) for place in range(start, end)}
    text = row["text"]
    return ["".join(text[place] for place in range(*span) if place not in hidden) for span in spans]


def _hidden(row: dict[str, Any]) -> list[tuple[int, int]]:
    """What tells who a person is, and what they have not."""
    spans = [*(row["identity_spans"] or []), *(row["disclaimed_spans"] or [])]
    return [(span["start"], span["end"]) for span in spans]


def _covers(row: dict[str, Any], spans: Spans) -> bool:
    covered = {place for start, end in [*spans.tolist(), *_hidden(row)] for place in range(start, end)}
    return all(place in covered for place, character in enumerate(row["text"]) if not character.isspace())


def _differences(key: str, stored: _Stored, windows: Vectors, units: Vectors) -> list[str]:
    numbers, scales = as_int8(units)
    same = {
        "windows": np.array_equal(stored.windows, windows),
        "units": np.array_equal(stored.units, numbers) and np.array_equal(stored.unit_scales, scales),
        "document": np.array_equal(
            stored.document.astype(np.float16), of_document(windows, stored.window_spans).astype(np.float16)
        ),
    }
    return [f"{key}: the stored vectors ({what}) are not the text's" for what, are in same.items() if not are]


def _distances(key: str, stored: _Stored, windows: Vectors, units: Vectors) -> list[str]:
    numbers, scales = as_int8(units)
    found = {
        "windows": _cosine(stored.windows, windows),
        "units": _cosine(stored.units * stored.unit_scales[:, None], numbers * scales[:, None]),
        "document": _cosine(stored.document[None, :], of_document(windows, stored.window_spans)[None, :]),
    }
    return [
        f"{key}: the stored vectors ({what}) are not the text's (cosine {cosine:.5f})"
        for what, cosine in found.items()
        if not cosine >= LEAST_COSINE
    ]


def _cosine(left: Vectors, right: Vectors) -> float:
    """The least of all rows."""
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(((left * right).sum(axis=1) / norms).min())


def _embedded(system: System, texts: list[str]) -> Vectors:
    """Fresh vectors by embedding's own door, which asks a cache that this test does not fill with documents' texts."""
    worker = system.urls("embedding")[0]
    found = []
    for first in range(0, len(texts), TEXTS):
        answer = system.post(f"{worker}/embed", {"texts": texts[first : first + TEXTS]})
        packed = answer["vectors"]
        found.append(
            np.frombuffer(base64.b64decode(packed["data"]), "<f4").reshape(packed["count"], packed["dimension"])
        )
    return np.concatenate(found)

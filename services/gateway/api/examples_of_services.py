"""Examples of what the services say of themselves, for the API's description."""

from __future__ import annotations

from typing import Any, Final

AT: Final = "2026-12-01T09:30:00.000Z"
SPACE: Final = "5b1c9f0e"
MODEL: Final = "all-MiniLM-L6-v2"

_part_ok = {"status": "ok", "latency_ms": 1.2}
_ready: dict[str, Any] = {
    "service": "gateway",
    "status": "ready",
    "parts": {"broker": {"status": "ok", "reason": None, "since": AT}},
}

OF_SERVICES: Final[dict[str, Any]] = {
    "Live": {"service": "gateway", "status": "live"},
    "Ready": _ready,
    "DetailedHealth": {
        "status": "ok",
        "at": AT,
        "parts": {
            "gateway": {**_part_ok, "waits_for": {}},
            "broker": {**_part_ok, "kind": "kafka"},
            "database": {
                **_part_ok,
                "documents": {"resume": {"indexed": 706}, "job": {"indexed": 823}},
                "space": {"space": SPACE, "model": MODEL, "dimension": 384},
            },
            "matching": {**_part_ok, "ready": {**_ready, "service": "matching"}},
            "embedding": {
                **_part_ok,
                "reason": None,
                "model": MODEL,
                "space": SPACE,
                "dimension": 384,
                "texts_computed": 125_378,
                "texts_per_second": 96.2,
                "age_seconds": 0.0,
            },
            "cache": {**_part_ok, "reason": None, "hits": 4_211, "misses": 125_378, "errors": 0},
        },
        "lag": {"documents.submitted.v1": 0, "documents.text.v1": 3},
        "lag_by_group": {"shortlist.ingest": {"documents.submitted.v1": 0}},
    },
    "Storage": {
        "documents": 1529,
        "all_documents": 1529,
        "bytes": 161_480_704,
        "parts": [
            {
                "name": "documents",
                "space": None,
                "bytes": 24_117_248,
                "indexes": 1_048_576,
                "dead_rows": 12,
                "bytes_of_tenant": 24_117_248,
            }
        ],
        "words": [
            {
                "kind": "resume",
                "documents": 706,
                "unpacked": 2,
                "unpacked_seconds": 4.5,
                "segments": 3,
                "dead": 0,
                "erased": 0,
            }
        ],
        "recall": 0.99,
        "next": [],
    },
}
"""By the name of the form."""

"""An example of each form that is answered, for the API's description. They tell of one resume and one job."""

from __future__ import annotations

from typing import Any, Final

from libs.contracts.structure import STRUCTURE_VERSION
from services.gateway.api import PREFIX

_AT = "2026-12-01T09:30:00.000Z"
_REVISION = "1764000000000-42"
_SPACE = "5b1c9f0e7a2d4c83"
_MODEL = "all-MiniLM-L6-v2"
_TEXT = "Ada Example\nRegistered nurse\n\nSix years of intensive care at a city hospital. ACLS certified."
_JOB_TEXT = (
    "Intensive care nurse\n\nWe look after twelve beds, day and night.\n\n"
    "Registered nurse\nThree years of intensive care"
)
_COMPONENTS = {"body": 0.81, "requirements": 0.9, "role": 0.77, "words": 0.64}
_ASKED = "Three years of intensive care"
_ANSWER = "Six years of intensive care at a city hospital."
_REASON = "asks for 3 years, the resume tells of 6"
_EVIDENCE = {"text": _ANSWER, "start": 30, "end": 77, "similarity": 0.74}

_common: dict[str, Any] = {
    "status": "indexed",
    "error": None,
    "revision": _REVISION,
    "language": "en",
    "as_of": "2026-12-01",
    "metadata_revision": _REVISION,
    "expires_at": None,
    "created_at": _AT,
    "updated_at": _AT,
    "indexed_at": _AT,
    "indexed_revision": _REVISION,
    "embedding": {"model": _MODEL, "dimension": 384, "space": _SPACE, "windows": 1, "units": 3},
}
_resume: dict[str, Any] = {
    **_common,
    "id": "r-17",
    "kind": "resume",
    "title": "Registered nurse",
    "metadata": {"city": "Bern"},
}
_job: dict[str, Any] = {
    **_common,
    "id": "j-4711",
    "kind": "job",
    "title": "Intensive care nurse",
    "metadata": {},
    "description": "We look after twelve beds, day and night.",
    "requirements": ["Registered nurse", _ASKED],
    "state": "open",
}
_found: dict[str, Any] = {
    "sections": [],
    "identity_spans": [],
    "mentions": [],
    "disclaimed_spans": [],
    "notes": [],
    "structure_version": STRUCTURE_VERSION,
}
_match: dict[str, Any] = {
    "id": "r-17",
    "title": "Registered nurse",
    "score": 86.4,
    "status": "scored",
    "components": _COMPONENTS,
    "requirements": [
        {
            "text": _ASKED,
            "necessity": "must",
            "status": "met",
            "similarity": 0.74,
            "evidence": [_EVIDENCE],
            "reason": _REASON,
            "parts": [],
        }
    ],
    "flags": [],
    "notes": [],
    "as_of": "2026-12-01",
}
_key: dict[str, Any] = {
    "id": "7h2k9q4mx1",
    "tenant": "acme",
    "scopes": ["read", "write"],
    "name": "the ATS",
    "prefix": "sl_7h2k9q4mx1",
    "created_at": "2026-12-01T09:30:00+00:00",
    "created_by": "bootstrap",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": "2026-12-01T09:45:00+00:00",
}
# In capitals, since the page to try the API is searched for addresses of other hosts.
_webhook: dict[str, Any] = {
    "id": "wh_4f0c2k9q7h1m3x8z",
    "url": "https://HR.example.org/shortlist",
    "types": ["document.indexed", "document.failed"],
    "description": "",
    "state": "active",
    "paused_at": None,
    "paused_for": None,
    "created_at": "2026-12-01T09:30:00+00:00",
    "pending": 0,
    "failed": 0,
    "consecutive_failures": 0,
    "failing_since": None,
    "last_delivery": None,
    "last_error": None,
    "last_error_at": None,
    "old_secret_until": None,
}
_event: dict[str, Any] = {
    "type": "document.indexed",
    "timestamp": _AT,
    "data": {"kind": "resume", "id": "r-17", "revision": _REVISION, "status": "indexed"},
}
_done = {"status": "done", "at": _AT, "ages_out_at": None, "note": None}
_aging = {"status": "done", "at": None, "ages_out_at": "2026-12-08T09:30:00.000Z", "note": "kept for 7 days"}
_receipt: dict[str, Any] = {
    "id": "er-1764000000000-43-0f3c",
    "kind": "resume",
    "revision": "1764000000000-43",
    "requested_at": _AT,
    "status": "done",
    "stores": {
        **dict.fromkeys(("database", "search_index", "score_log"), _done),
        **dict.fromkeys(("text_topic", "vectors_topics", "metadata_topic", "cache"), _done),
        **dict.fromkeys(("submitted_topic", "metadata_changes_topic", "dead_letters"), _aging),
    },
}
_part_ok = {"status": "ok", "latency_ms": 1.2}
_ready: dict[str, Any] = {
    "service": "gateway",
    "status": "ready",
    "parts": {"broker": {"status": "ok", "reason": None, "since": _AT}},
}

ANSWERS: Final[dict[str, Any]] = {
    "ResumeDocument": {**_resume, "text": _TEXT, **_found, "entries": []},
    "JobDocument": {
        **_job,
        "text": _JOB_TEXT,
        **_found,
        "requirements_found": [],
    },
    "ResumePage": {"items": [_resume], "next_cursor": None, "total": 1},
    "JobPage": {"items": [_job], "next_cursor": None, "total": 1},
    "Matches": {"results": [_match], "unscored": 0, "degraded": False, "scoring_version": "v2.1", "total": 1},
    "SimilarDocuments": {"results": [{"id": "r-18", "title": "Staff nurse", "score": 78.3}], "degraded": False},
    "Calculation": {
        "job_id": "j-4711",
        "resume_id": "r-17",
        "score": 86.4,
        "status": "scored",
        "components": _COMPONENTS,
        "requirements": [{**_match["requirements"][0], "start": 82, "end": 111}],
        "flags": [],
        "notes": [],
        "as_of": "2026-12-01",
        "model": _MODEL,
        "scoring_version": "v2.1",
    },
    "Applicants": {
        "results": [_match],
        "unscored": [{"id": "r-18", "reason": "not_indexed"}],
        "scoring_version": "v2.1",
    },
    "SearchResults": {
        "results": [
            {
                "id": "r-17",
                "kind": "resume",
                "title": "Registered nurse",
                "score": 71.9,
                "highlights": [{"text": "Registered nurse", "start": 12, "end": 28}],
            }
        ],
        "degraded": False,
        "model": _MODEL,
        "read_as": "query",
        "total": 1,
    },
    "ScoreLogPage": {
        "items": [
            {
                "at": _AT,
                "answer": "9f2c4e1b7a3d5c60",
                "place": 1,
                "operation": "calculate",
                "asked_by": "7h2k9q4mx1",
                "actor": "m.keller",
                "job_id": "j-4711",
                "resume_id": "r-17",
                "job_revision": "1764000000000-41",
                "resume_revision": _REVISION,
                "job_text_hash": "1c" * 32,
                "resume_text_hash": "a7" * 32,
                "job_structure_version": STRUCTURE_VERSION,
                "resume_structure_version": STRUCTURE_VERSION,
                "score": 86.4,
                "status": "scored",
                "scoring_version": "v2.1",
                "reading_version": 1,
                "model": _MODEL,
                "space": _SPACE,
            }
        ],
        "next_cursor": None,
    },
    "Receipt": _receipt,
    "Erased": {**_receipt, "links": {"receipt": f"{PREFIX}/erasures/{_receipt['id']}"}},
    "KeyViews": {"items": [_key]},
    "KeyView": {**_key, "revoked_at": "2026-12-02T08:00:00+00:00"},
    "WebhookViews": {"items": [_webhook]},
    "WebhookView": _webhook,
    "TrialAnswer": {
        "id": "msg_3x8z4f0c2k9q7h1m",
        "delivered": True,
        "status": 204,
        "error": None,
        "seconds": 0.084,
        "body": "",
    },
    "DeliveryViews": {
        "items": [
            {
                "id": "msg_3x8z4f0c2k9q7h1m",
                "type": "document.indexed",
                "at": _AT,
                "state": "delivered",
                "attempts": 1,
                "created_at": _AT,
                "next_attempt_at": None,
                "ended_at": _AT,
                "last_status": 204,
                "last_error": None,
                "body": _event,
            }
        ]
    },
    "Reembedding": {"documents": 1529},
    "Live": {"service": "gateway", "status": "live"},
    "Ready": _ready,
    "DetailedHealth": {
        "status": "ok",
        "at": _AT,
        "parts": {
            "gateway": {**_part_ok, "waits_for": {}},
            "broker": {**_part_ok, "kind": "kafka"},
            "database": {
                **_part_ok,
                "documents": {"resume": {"indexed": 706}, "job": {"indexed": 823}},
                "space": {"space": _SPACE, "model": _MODEL, "dimension": 384},
            },
            "matching": {**_part_ok, "ready": {**_ready, "service": "matching"}},
            "embedding": {
                **_part_ok,
                "reason": None,
                "model": _MODEL,
                "space": _SPACE,
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

"""An example of each form that is answered, for the API's description. They tell of one resume and one job."""

from __future__ import annotations

from typing import Any, Final

from libs.contracts.structure import STRUCTURE_VERSION
from services.gateway.api import PREFIX
from services.gateway.api.examples_of_services import AT, MODEL, OF_SERVICES, SPACE

_REVISION = "1764000000000-42"
_TEXT = "Ada Example\nRegistered nurse\n\nSix years of intensive care at a city hospital. ACLS certified."
_JOB_TEXT = (
    "Intensive care nurse\n\nWe look after twelve beds, day and night.\n\n"
    "Registered nurse\nThree years of intensive care"
)
_COMPONENTS = {"body": 0.81, "requirements": 0.9, "role": 0.77, "words": 0.64}
_ASKED = "Three years of intensive care"
_REGISTERED: dict[str, Any] = {
    "text": "Registered nurse",
    "necessity": "must",
    "status": "met",
    "similarity": 1.0,
    "evidence": [{"text": "Registered nurse", "start": 12, "end": 28, "similarity": 1.0}],
    "reason": None,
    "parts": [],
}
_YEARS: dict[str, Any] = {
    "text": _ASKED,
    "necessity": "must",
    "status": "met",
    "similarity": 0.74,
    "evidence": [],
    "reason": "asks for 3 years; the text names 6 years",
    "parts": [],
}

_common: dict[str, Any] = {
    "status": "indexed",
    "error": None,
    "revision": _REVISION,
    "language": "en",
    "as_of": "2026-12-01",
    "metadata_revision": _REVISION,
    "expires_at": None,
    "created_at": AT,
    "updated_at": AT,
    "indexed_at": AT,
    "indexed_revision": _REVISION,
    "embedding": {"model": MODEL, "dimension": 384, "space": SPACE, "windows": 1, "units": 4},
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
    "requirements": [_REGISTERED, _YEARS],
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
# Its host in capitals, since the page to try the API is searched for addresses of other hosts.
WEBHOOK: Final[dict[str, Any]] = {
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
    "timestamp": AT,
    "data": {"kind": "resume", "id": "r-17", "revision": _REVISION, "status": "indexed"},
}
_done = {"status": "done", "at": AT, "ages_out_at": None, "note": None}
_aging = {"status": "done", "at": None, "ages_out_at": "2026-12-08T09:30:00.000Z", "note": "kept for 7 days"}
_receipt: dict[str, Any] = {
    "id": "er-1764000000000-43-0f3c",
    "kind": "resume",
    "revision": "1764000000000-43",
    "requested_at": AT,
    "status": "done",
    "stores": {
        **dict.fromkeys(("database", "search_index", "score_log"), _done),
        **dict.fromkeys(("text_topic", "vectors_topics", "metadata_topic", "cache"), _done),
        **dict.fromkeys(("submitted_topic", "metadata_changes_topic", "dead_letters"), _aging),
    },
}
ANSWERS: Final[dict[str, Any]] = {
    "ResumeDocument": {
        **_resume,
        "text": _TEXT,
        **_found,
        "entries": [],
        "mentions": [
            {"start": 12, "end": 28, "type": "licence", "name": "Registered Nurse", "level": None, "state": "had"},
            {"start": 43, "end": 57, "type": "skill", "name": "intensive care", "level": None, "state": "had"},
        ],
    },
    "JobDocument": {
        **_job,
        "text": _JOB_TEXT,
        **_found,
        "mentions": [
            {"start": 65, "end": 81, "type": "licence", "name": "Registered Nurse", "level": None, "state": "had"},
        ],
        "requirements_found": [
            {
                "start": 82,
                "end": 111,
                "text": _ASKED,
                "necessity": "must",
                "numbers": [{"start": 82, "end": 93, "value": 3.0, "at_most": None, "unit": "years"}],
                "parts": [],
            }
        ],
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
        "requirements": [{**_REGISTERED, "start": 65, "end": 81}, {**_YEARS, "start": 82, "end": 111}],
        "flags": [],
        "notes": [],
        "as_of": "2026-12-01",
        "model": MODEL,
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
        "model": MODEL,
        "read_as": "query",
        "total": 1,
    },
    "ScoreLogPage": {
        "items": [
            {
                "at": AT,
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
                "model": MODEL,
                "space": SPACE,
            }
        ],
        "next_cursor": None,
    },
    "Receipt": _receipt,
    "Erased": {**_receipt, "links": {"receipt": f"{PREFIX}/erasures/{_receipt['id']}"}},
    "KeyViews": {"items": [_key]},
    "KeyView": {**_key, "revoked_at": "2026-12-02T08:00:00+00:00"},
    "WebhookViews": {"items": [WEBHOOK]},
    "WebhookView": WEBHOOK,
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
                "at": AT,
                "state": "delivered",
                "attempts": 1,
                "created_at": AT,
                "next_attempt_at": None,
                "ended_at": AT,
                "last_status": 204,
                "last_error": None,
                "body": _event,
            }
        ]
    },
    "Reembedding": {"documents": 1529},
    **OF_SERVICES,
}
"""By the name of the form."""

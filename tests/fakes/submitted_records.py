"""Records of documents.submitted.v1 as an ATS sends them, bent where a test wants it."""

from __future__ import annotations

import json
from typing import Any

from libs.contracts.events import TYPE_SUBMITTED
from libs.contracts.topics import SUBMITTED
from libs.messaging.records import Record

STAMP = 1_795_453_494_925
UNCHANGED: Any = object()


def submitted(
    offset: int = 1,
    *,
    key: bytes | None = b"default/job/4711",
    value: Any = UNCHANGED,
    type: str | None = TYPE_SUBMITTED,
    id: str | None = None,
    topic: str = SUBMITTED,
    content_type: str | None = "application/json",
    timestamp_type: int = 1,
    **headers: bytes | str | None,
) -> Record:
    """A good record unless told otherwise: None leaves a header out, further headers are given by name."""
    named: dict[str, Any] = {
        "ce_specversion": "1.0",
        "ce_id": id or f"event-{offset}",
        "ce_source": "/ats",
        "ce_type": type,
        "content-type": content_type,
    }
    pairs = [(name, text) for name, text in named.items() if text is not None and name not in headers]
    pairs += list(headers.items())
    body = {"title": "Welder", "description": f"Dry dock number {offset}."} if value is UNCHANGED else value
    return Record(
        topic=topic,
        partition=0,
        offset=offset,
        timestamp=STAMP,
        timestamp_type=timestamp_type,
        key=key,
        value=json.dumps(body).encode() if isinstance(body, dict) else body,
        headers=tuple((name, text.encode() if isinstance(text, str) else text) for name, text in pairs),
    )

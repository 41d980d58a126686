"""Records that nobody should send, one for each row of the table in the contract that says where they end."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from tests.chaos.ledger import Content

Header = tuple[str, bytes | None]
SUBMITTED = "documents.submitted.v1"
# A tenant's own topic: a key of another tenant there is a dead letter alone.
OTHER_TENANTS_TOPIC = f"{SUBMITTED}.acme"
# So many of one round's poison end as dead letters: four that name no document, five that are refused.
POISON_LETTERS = 9


@dataclass(frozen=True)
class Poison:
    """A record to send, and how it counts."""

    key: bytes | None
    value: bytes | None
    headers: list[Header]
    content: Content
    topic: str = SUBMITTED


def poison(name: str, text: str, marker: str) -> list[Poison]:
    """One of each. `name` is the beginning of the documents' ids; `text` holds `marker`."""
    good = json.dumps({"text": text}).encode()

    def record(number: int, content: Content, value: bytes | None, *extra: Header, **said: str) -> Poison:
        return Poison(f"default/resume/{name}-p{number}".encode(), value, [*headers(**said), *extra], content)

    def nobody(key: bytes | None, topic: str = SUBMITTED) -> Poison:
        return Poison(key, f"nobody-{uuid.uuid4().hex}".encode(), headers(), "nameless", topic)

    structured = {
        "specversion": "1.0",
        "id": marker,
        "source": "/chaos",
        "type": "shortlist.document.submitted.v1",
        "datacontenttype": "application/json",
        "data": {"text": text},
    }
    return [
        record(1, "bad", b"{not json"),
        record(2, "bad", b'{"text": 5}'),
        record(3, "bad", b'{"title": "no text"}'),
        record(4, "bad", b'{"text": " \\n "}'),
        record(5, "bad", b"", content_type="application/pdf"),
        record(6, "bad", b"%PDF-1.7 broken", content_type="application/pdf"),
        nobody(None),
        nobody(b"no key of ours"),
        nobody(b"default/letter/4711"),
        nobody(f"default/resume/{name}-0".encode(), OTHER_TENANTS_TOPIC),
        record(7, "refused", good, ("ce_partitionkey", b"default/resume/somebody-else")),
        record(8, "refused", good, ("ce_subject", b"resume/somebody-else")),
        record(9, "refused", good, type="shortlist.document.unheard-of.v1"),
        record(10, "refused", good, type="shortlist.document.submitted.v9"),
        record(11, "refused", None),
        record(12, "text", good, ("extra", None), ("strange", b"\xff\xfe")),
        Poison(
            f"default/resume/{name}-p13".encode(),
            json.dumps(structured).encode(),
            [("content-type", b"application/cloudevents+json")],
            "text",
        ),
        Poison(None, good, [*headers(), ("ce_partitionkey", f"default/resume/{name}-p14".encode())], "text"),
    ]


def headers(
    *, type: str = "shortlist.document.submitted.v1", content_type: str = "application/json", id: str | None = None
) -> list[Header]:
    """Those of a CloudEvent in binary mode."""
    said = {"ce_specversion": "1.0", "ce_id": id or uuid.uuid4().hex, "ce_source": "/chaos", "ce_type": type}
    return [(name, value.encode()) for name, value in {**said, "content-type": content_type}.items()]

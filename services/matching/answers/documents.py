"""Reading documents as the API shows them."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from libs.contracts.documents import DocumentError, Note
from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.documents import (
    Document,
    EmbeddingInfo,
    FoundRequirement,
    JobDocument,
    ResumeDocument,
    VisibleStatus,
)
from libs.contracts.revision import Revision
from libs.contracts.standing import CLOSED, OPEN, written
from libs.contracts.structure import DisclaimedSpan, Entry, IdentitySpan, Mention, Section
from libs.database.transactions import Reading
from services.matching.retention import ALL_STAY, Retention
from services.matching.storage.spaces_table import Space
from services.matching.storage.times import rfc3339

VISIBLE: tuple[VisibleStatus, ...] = get_args(VisibleStatus)
SUMMARY_FIELDS = """d.kind, d.id, d.status, d.stamp, d."offset", d.error_code, d.error_message, d.title, d.language,
    d.as_of, d.metadata, d.created_at, d.updated_at, d.indexed_at, d.indexed_stamp, d.indexed_offset,
    d.metadata_stamp, d.metadata_offset, standing.expires_at, standing.state"""
# What joins the standing to documents `d`.
JOINED_STANDING = """LEFT JOIN matching.standings standing
    ON (standing.tenant, standing.kind, standing.id) = (d.tenant, d.kind, d.id)"""


# What has offsets into the text, and the form of each.
_FOUND: dict[str, Any] = {
    "sections": list[Section],
    "identity_spans": list[IdentitySpan],
    "entries": list[Entry],
    "mentions": list[Mention],
    "disclaimed_spans": list[DisclaimedSpan],
    "requirements_found": list[FoundRequirement],
    "notes": list[Note],
}


async def document(
    connection: Reading, key: DocumentKey, space: Space | None, retention: Retention = ALL_STAY
) -> Document | None:
    """The whole document; None where it is unknown or erased."""
    row = await connection.fetchrow(
        f"""
        SELECT {SUMMARY_FIELDS}, d.text, d.description, d.requirements, d.structure_version, {", ".join(_FOUND)},
            {vector_counts(space)}
        FROM matching.documents d {JOINED_STANDING} {joined_vectors(space)}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = $3 AND d.status = ANY($4)
        """,
        key.tenant,
        key.kind,
        key.id,
        list(VISIBLE),
    )
    if row is None:
        return None
    if key.kind == "job":
        return JobDocument(**summary(row, space, key.tenant, retention), **given(row), **_found(row, JobDocument))
    return ResumeDocument(**summary(row, space, key.tenant, retention), **_found(row, ResumeDocument))


async def figures(connection: Reading, tenant: str) -> dict[str, dict[str, int]]:
    """How many documents the tenant has, by kind and status."""
    rows = await connection.fetch(
        "SELECT kind, status, count(*) AS n FROM matching.documents WHERE tenant = $1 GROUP BY kind, status", tenant
    )
    counts: dict[str, dict[str, int]] = {kind: dict.fromkeys(VISIBLE, 0) for kind in ("resume", "job")}
    for row in rows:
        if row["status"] in VISIBLE:
            counts[row["kind"]][row["status"]] = row["n"]
    return counts


def summary(row: Any, space: Space | None, tenant: str, retention: Retention) -> dict[str, Any]:
    """What is shown of every document, from a row with SUMMARY_FIELDS and `vector_counts`."""
    expires_at = retention.end_of(tenant, row["expires_at"], row)
    indexed = None if row["indexed_stamp"] is None else str(Revision(row["indexed_stamp"], row["indexed_offset"]))
    error = None if row["error_code"] is None else DocumentError(row["error_code"], row["error_message"])
    return {
        "id": row["id"],
        "kind": row["kind"],
        "status": row["status"],
        "error": error,
        "revision": str(Revision(row["stamp"], row["offset"])),
        "title": row["title"],
        "language": row["language"],
        "as_of": row["as_of"],
        "metadata": {} if row["metadata"] is None else msgspec.json.decode(row["metadata"]),
        "metadata_revision": None
        if row["metadata_stamp"] is None
        else str(Revision(row["metadata_stamp"], row["metadata_offset"])),
        "expires_at": None if expires_at is None else written(expires_at),
        "created_at": rfc3339(row["created_at"]),
        "updated_at": rfc3339(row["updated_at"]),
        "indexed_at": None if row["indexed_at"] is None else rfc3339(row["indexed_at"]),
        "indexed_revision": indexed,
        "embedding": _embedding(row, space),
    }


def _found(row: Any, form: type[Document]) -> dict[str, Any]:
    """The text, and of what is found in it that which a document of this form shows."""
    found: dict[str, Any] = {
        name: msgspec.json.decode(row[name] or "[]", type=wanted)
        for name, wanted in _FOUND.items()
        if name in form.__struct_fields__
    }
    indexed = row["indexed_stamp"] is not None
    return {"text": row["text"], "structure_version": row["structure_version"] if indexed else None, **found}


def given(row: Any) -> dict[str, Any]:
    """What is shown of a job as it was given, and its state, from a row with these."""
    requirements = None if row["requirements"] is None else msgspec.json.decode(row["requirements"])
    state = CLOSED if row["state"] == CLOSED else OPEN
    return {"description": row["description"], "requirements": requirements, "state": state}


def _embedding(row: Any, space: Space | None) -> EmbeddingInfo | None:
    if space is None or row["windows"] is None:
        return None
    return EmbeddingInfo(space.model, space.dimension, space.name, row["windows"], row["units"])


def vector_counts(space: Space | None) -> str:
    """Fields that tell how many windows and units of a space there are, of the tables that `joined_vectors` adds."""
    if space is None:
        return "NULL::int AS windows, NULL::int AS units"
    return "length(v.window_spans) / 8 AS windows, length(v.unit_spans) / 8 AS units"


def joined_vectors(space: Space | None) -> str:
    """What joins a space's vectors, as `v`, to documents `d`."""
    if space is None:
        return ""
    return f"""LEFT JOIN matching.vectors_{space.name} v ON (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
        AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset)"""

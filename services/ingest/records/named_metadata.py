"""The metadata that a submission names which nobody parses, since a newer one of the batch takes its place."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.documents import Metadata
from libs.contracts.errors import RecordRejected
from libs.contracts.revision import Revision
from services.ingest.parsing.parsers.json_values import metadata_field, read_object
from services.ingest.records.submission import Submission


def newest_named(submissions: Sequence[Submission]) -> tuple[Revision, Metadata] | None:
    """The first of these submissions' metadata that are named, and the revision they were named at. Blocks, where
    bodies are large."""
    for each in submissions:
        named = _named(each)
        if named is not None:
            return each.subject.revision, named
    return None


def _named(submission: Submission) -> Metadata | None:
    content = submission.content
    if content.content_type.split(";")[0].strip().lower() == "application/json":
        try:
            body = read_object(content.data)
            # Greenhouse has a list of its own under that name.
            named = metadata_field(body) if isinstance(body.get("metadata"), dict) else None
        except RecordRejected:
            return None  # it would have failed, and then have named nothing
        if named is not None:
            return named
    return submission.metadata

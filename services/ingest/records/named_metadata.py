"""What submissions name beside their text, of those that nobody parses since a newer one of the batch takes their
place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts.documents import Metadata
from libs.contracts.errors import RecordRejected
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Standing
from services.ingest.parsing.parsers.json_values import metadata_field, read_object, standing_fields
from services.ingest.records.submission import Submission


@dataclass(frozen=True, slots=True)
class NamedBefore:
    """The newest metadata that are named, with the revision they were named at; None where none are. The standing."""

    metadata: tuple[Revision, Metadata] | None = None
    standing: Standing = NEVER_NAMED


def named_before(submissions: Sequence[Submission]) -> NamedBefore:
    """What these submissions name, the newest first. Blocks, where bodies are large."""
    metadata: tuple[Revision, Metadata] | None = None
    standing = NEVER_NAMED
    for each in submissions:
        try:
            named, of_content = _named(each)
        except RecordRejected:
            continue  # it would have failed, and then have named nothing
        standing = standing.joined(of_content)
        if metadata is None and named is not None:
            metadata = each.subject.revision, named
    return NamedBefore(metadata, standing)


def _named(submission: Submission) -> tuple[Metadata | None, Standing]:
    content, revision = submission.content, submission.subject.revision
    if content.content_type.split(";")[0].strip().lower() != "application/json":
        return submission.metadata, submission.standing.at(revision)
    body = read_object(content.data)
    # Greenhouse has a list of its own under that name.
    named = metadata_field(body) if isinstance(body.get("metadata"), dict) else None
    standing = standing_fields(body, content.kind).over(submission.standing)
    return submission.metadata if named is None else named, standing.at(revision)

"""What ingest works on, whatever it came by."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.documents import Metadata
from libs.contracts.errors import RecordRejected
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.metadata_patch import MetadataPatch
from libs.contracts.revision import Revision
from libs.contracts.standing import NAMES_NOTHING, NamedStanding
from services.ingest.parsing.content import Content


@dataclass(frozen=True, slots=True)
class Subject:
    """The document that an event speaks of, which revision of it, and the event's own identity."""

    key: DocumentKey
    revision: Revision
    source_event: SourceEvent


@dataclass(frozen=True, slots=True)
class Submission:
    """A document as submitted. `metadata` counts where the content names none, None where nothing beside it names any
    either, and so does `standing`, each part of it; `submitted_at` is RFC 3339."""

    subject: Subject
    content: Content
    metadata: Metadata | None
    submitted_at: str
    standing: NamedStanding = NAMES_NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """A document's metadata and standing to be changed, and nothing else of it. `submitted_at` is RFC 3339."""

    subject: Subject
    patch: MetadataPatch
    submitted_at: str
    standing: NamedStanding = NAMES_NOTHING


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document to be forgotten."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Expiry:
    """A document to be forgotten if matching finds it still expired, and nothing submitted after `about`: the newest
    revision that whoever asks for it knew of. `submitted_at` is RFC 3339."""

    subject: Subject
    about: Revision
    submitted_at: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is worked on no further.

    With a `subject` its document shows as failed; with `dead_letter` the record becomes a dead letter as well.
    """

    fault: RecordRejected
    subject: Subject | None
    dead_letter: bool


Reading = Submission | Change | Deletion | Expiry | Refusal

"""Text and vectors events of small documents, and the records in which they arrive.

Every line of a text is a unit; vectors are bags of hashed words, so that texts that share words are alike.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from libs.contracts.documents import DocumentError, Span
from libs.contracts.events import (
    Embedding,
    MetadataChange,
    SourceEvent,
    StatusEvent,
    Stretches,
    TextEvent,
    VectorsEvent,
    with_embedding,
)
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import VECTORS
from libs.contracts.vectors import pack
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import metadata_change_record, status_event_record, tombstone_record, vectors_record

SPACE = "0a0b0c0d"
DIMENSION = 16
WINDOW_CHARS = 400
TEXT = "Registered nurse\nFive years of intensive care\nFluent in Spanish and English"

Vectors = npt.NDArray[np.float32]
_offsets = itertools.count()


def key_of(text: str = "default/resume/r1") -> DocumentKey:
    return DocumentKey.parse(text)


def source_event(name: str) -> SourceEvent:
    return SourceEvent("/ats", name)


def embed(text: str, dimension: int = DIMENSION) -> Vectors:
    """float32 (dimension), unit length."""
    total = np.zeros(dimension, dtype=np.float32)
    # Other scripts may have no spaces: there each letter counts as a word.
    for word in re.findall(r"\w+" if text.isascii() else r"\w", text.lower()):
        total += _direction(word, dimension)
    norm = np.linalg.norm(total)
    if norm == 0:
        total[0] = norm = np.float32(1)
    return total / norm


@lru_cache(maxsize=10_000)
def _direction(word: str, dimension: int) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)


def text_event(key: str, revision: Revision, text: str = TEXT, **fields: Any) -> TextEvent:
    """A document's text; `fields` are further ones of TextEvent."""
    document = key_of(key)
    given = {
        "source_event": source_event(f"{key}@{revision}"),
        "title": text.partition("\n")[0],
        "language": "en",
        "as_of": "2026-11-01",
        "submitted_at": "2026-11-01T00:00:00Z",
        "content_hash": hashlib.sha256(text.encode()).hexdigest(),
        "metadata_revision": str(revision),
        **fields,
    }
    return TextEvent(
        tenant=document.tenant, kind=document.kind, id=document.id, revision=str(revision), text=text, **given
    )


def vectors_event(
    key: str, revision: Revision, text: str = TEXT, *, space: str = SPACE, dimension: int = DIMENSION, **fields: Any
) -> VectorsEvent:
    """The same with vectors in a space."""
    windows = [Span(at, min(at + WINDOW_CHARS, len(text))) for at in range(0, len(text), WINDOW_CHARS)]
    units = [Span(*match.span()) for match in re.finditer(r"[^\n]+", text)]
    embedding = Embedding(
        space=space,
        model=f"model-{space}",
        dimension=dimension,
        windows=stretches(windows, np.stack([embed(text[span.start : span.end], dimension) for span in windows])),
        units=stretches(units, np.stack([embed(text[span.start : span.end], dimension) for span in units])),
    )
    return with_embedding(text_event(key, revision, text, **fields), embedding)


def stretches(spans: list[Span], vectors: Vectors) -> Stretches:
    count, dimension = vectors.shape
    return Stretches(spans, pack(vectors.astype("<f4").tobytes(), dtype="float32", dimension=dimension, count=count))


def report(
    key: str,
    revision: Revision,
    status: Status,
    error: DocumentError | None = None,
    *,
    published: bool = False,
    source: SourceEvent | None = None,
    at: str = "2026-11-01T00:00:00Z",
) -> StatusEvent:
    """A status event."""
    document = key_of(key)
    return StatusEvent(
        tenant=document.tenant,
        kind=document.kind,
        id=document.id,
        revision=str(revision),
        status=status,
        error=error,
        published=published,
        source_event=source or source_event(f"{key}@{revision}"),
        at=at,
    )


def arrived(outgoing: Outgoing) -> Record:
    """What was published, as a reader gets it."""
    return Record(
        topic=outgoing.topic,
        partition=0,
        offset=next(_offsets),
        timestamp=1_764_000_000_000,
        timestamp_type=1,
        key=outgoing.key,
        value=outgoing.value,
        headers=tuple(outgoing.headers),
    )


def vectors_arrived(event: VectorsEvent, topic: str = VECTORS) -> Record:
    return arrived(vectors_record(event, topic))


def status_arrived(event: StatusEvent) -> Record:
    return arrived(status_event_record(event))


def tombstone_arrived(
    key: str, revision: Revision, topic: str = VECTORS, *, withdrawn: bool = False, forgotten: bool = False
) -> Record:
    source = source_event(f"{key}@{revision}")
    return arrived(tombstone_record(topic, key_of(key), revision, source, withdrawn=withdrawn, forgotten=forgotten))


def metadata_changed(key: str, revision: Revision, source: SourceEvent | None = None, /, **patch: Any) -> Record:
    """A change of a document's metadata alone; by an event of its own where no other is given."""
    return changed(key, revision, source, metadata=patch)


def changed(
    key: str, revision: Revision, source: SourceEvent | None = None, *, metadata: Any = None, **fields: Any
) -> Record:
    """A change; `fields` are further ones of MetadataChange, such as those of a standing."""
    document = key_of(key)
    return arrived(
        metadata_change_record(
            MetadataChange(
                tenant=document.tenant,
                kind=document.kind,
                id=document.id,
                revision=str(revision),
                source_event=source or source_event(f"{key}@{revision}"),
                metadata=metadata or {},
                submitted_at="2026-11-02T00:00:00Z",
                **fields,
            )
        )
    )

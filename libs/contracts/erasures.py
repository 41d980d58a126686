"""The receipt of an erasure: what is done in which store, and what leaves by itself, when. Holds no document text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from libs.contracts import topics
from libs.contracts.identifiers import Kind

State = Literal["done", "pending"]

# How long a dead letter or a submission may stay after it was written.
_SUBMITTED = timedelta(milliseconds=topics.TOPICS[topics.SUBMITTED].longest_ms)
_DEAD_LETTERS = timedelta(milliseconds=topics.TOPICS[topics.dead_letters_topic("embedding")].longest_ms)
_CHANGES = timedelta(milliseconds=topics.TOPICS[topics.METADATA_CHANGES].longest_ms)
_COMPACTED = timedelta(milliseconds=topics.TOPICS[topics.TEXT].longest_ms)
_SCORE_LOG = "scores that were shown stay, under a keyed hash in place of the id, without revision and hash of its text"


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """One store. `done`: nothing is left to be done in it. `ages_out_at`: until when what is still there leaves by
    itself; None where nothing is, or where it is not known yet. Times in RFC 3339.
    """

    status: Annotated[State, Meta(description="`done` where nothing is left to be done in it")]
    at: Annotated[
        str | None, Meta(description="When it was done, RFC 3339; null where it is not yet, or nothing had to be done")
    ] = None
    ages_out_at: Annotated[
        str | None,
        Meta(
            description="Until when what is still there leaves by itself, RFC 3339; null where nothing is, or it is "
            "not known yet"
        ),
    ] = None
    note: Annotated[str | None, Meta(description="A sentence about what stays, and for how long; else null")] = None


class Stores(msgspec.Struct, frozen=True, kw_only=True):
    """Every place that may hold something of a document. The last three are never written to for an erasure."""

    database: Annotated[Store, Meta(description="The database: text, vectors and metadata")]
    search_index: Annotated[Store, Meta(description="What candidates are found by: words, vectors, filters")]
    # A matching of before the score log has nothing there, and does not name it.
    score_log: Annotated[
        Store,
        Meta(
            description="The log of scores that were shown: its entries stay, without id, revision and hash of the text"
        ),
    ] = Store(status="done")
    text_topic: Annotated[Store, Meta(description="The topic of texts")]
    vectors_topics: Annotated[Store, Meta(description="The topics of vectors")]
    metadata_topic: Annotated[Store, Meta(description="The topic of metadata")]
    cache: Annotated[Store, Meta(description="The cache of vectors")]
    submitted_topic: Annotated[
        Store, Meta(description="The topic of submissions, which is never written to for an erasure")
    ]
    metadata_changes_topic: Annotated[
        Store, Meta(description="The topic of changes of metadata, which is never written to for an erasure")
    ]
    dead_letters: Annotated[
        Store, Meta(description="The topics of dead letters, which are never written to for an erasure")
    ]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure, per store. `done` when every store is."""

    id: Annotated[str, Meta(description="The receipt's id")]
    kind: Annotated[Kind, Meta(description="What was deleted: a resume or a job")]
    revision: Annotated[str, Meta(description="The revision of the deletion: what was submitted before it is gone")]
    requested_at: Annotated[str, Meta(description="When the deletion was asked for, RFC 3339")]
    status: Annotated[State, Meta(description="`done` when every store is")]
    stores: Annotated[Stores, Meta(description="What is done where")]

    @property
    def awaits_nothing(self) -> bool:
        """Whether all that can be done is done: what is pending, if anything, only ages out."""
        stores = (getattr(self.stores, name) for name in Stores.__struct_fields__)
        return all(store.status == "done" or store.ages_out_at is not None for store in stores)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """When which store was emptied; None: not yet. `cache_at` is of the last space whose cache forgot."""

    requested_at: datetime
    database_at: datetime | None = None
    index_at: datetime | None = None
    topics_at: datetime | None = None
    cache_at: datetime | None = None


def receipt(
    id: str, kind: Kind, revision: str, progress: Progress, *, heartbeat: timedelta, cache: timedelta
) -> Receipt:
    """The receipt as of now. `heartbeat`: between two records of a compacted partition; `cache`: a vector's time."""
    emptied = progress.topics_at
    compacted = _store(
        emptied,
        None if emptied is None else emptied + _COMPACTED + heartbeat,
        "older records leave by compaction by then",
    )
    # A record that was on its way when the deletion came may have become a dead letter until the tombstone passed.
    passed = emptied or progress.requested_at
    stores = Stores(
        database=_store(progress.database_at),
        search_index=_store(progress.index_at),
        score_log=_store(progress.database_at, note=_SCORE_LOG),
        text_topic=compacted,
        vectors_topics=compacted,
        metadata_topic=compacted,
        cache=_cache(progress, cache),
        submitted_topic=_aging(progress.requested_at + _SUBMITTED, "events as they were submitted; kept for 7 days"),
        metadata_changes_topic=_aging(passed + _CHANGES, "changes of its metadata; kept for 7 days"),
        dead_letters=_aging(passed + _DEAD_LETTERS, "only where a record of it became a dead letter; kept for 30 days"),
    )
    done = all(getattr(stores, name).status == "done" for name in Stores.__struct_fields__)
    return Receipt(
        id=id,
        kind=kind,
        revision=revision,
        requested_at=_rfc3339(progress.requested_at),
        status="done" if done else "pending",
        stores=stores,
    )


def _cache(progress: Progress, kept: timedelta) -> Store:
    if progress.cache_at is not None:
        return _store(progress.cache_at)
    if progress.topics_at is None:
        return Store(status="pending")
    # What was computed last was computed before the tombstone passed.
    ends = progress.topics_at + kept
    note = "could not be emptied; vectors of its sentences, by hash and without the text, age out by then"
    done = ends <= datetime.now(UTC)
    return Store(status="done" if done else "pending", ages_out_at=_rfc3339(ends), note=note)


def _store(at: datetime | None, ages_out_at: datetime | None = None, note: str | None = None) -> Store:
    if at is None:
        return Store(status="pending")
    ends = None if ages_out_at is None else _rfc3339(ages_out_at)
    return Store(status="done", at=_rfc3339(at), ages_out_at=ends, note=note)


def _aging(ends: datetime, note: str) -> Store:
    return Store(status="done", ages_out_at=_rfc3339(ends), note=note)


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

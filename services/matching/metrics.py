"""matching's metrics; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

INDEXED = Counter(
    "shortlist_matching_documents_total",
    "Vectors events by what became of them: indexed, restored (an older event was sent again; what is stored took its "
    "revision), superseded, erased, replayed (the event of a document that was erased since)",
    ["outcome"],
)

REPAIRS = Counter(
    "shortlist_matching_repairs_total",
    "Stored documents and tombstones published again, since a compacted topic would have ended on something older",
)

# Heartbeats sent to partitions of compacted topics.
HEARTBEATS = Counter("shortlist_matching_heartbeats_total", "Heartbeats sent to partitions of compacted topics")

# Status events by the status they report.
STATUSES = Counter("shortlist_matching_statuses_total", "Status events read, by the status they report", ["status"])

ANSWERS = Counter(
    "shortlist_matching_answers_total", "Answers given, by kind and whether they were degraded", ["kind", "degraded"]
)

ANSWER_SECONDS = Histogram("shortlist_matching_answer_seconds", "Seconds to answer, by kind", ["kind"])

# Answers (scores, matches, searches) that are being worked on or wait for their turn.
ANSWERS_AT_WORK = Gauge("shortlist_matching_answers_at_work", "Scores, matches and searches being worked on or waiting")

# Bytes that the answers at work may take, by their own estimate.
ANSWER_BYTES = Gauge("shortlist_matching_answer_bytes", "Bytes reserved for documents that are being scored")

ANSWERS_REFUSED = Counter(
    "shortlist_matching_answers_refused_total", "Calls answered 429, by the limit that was reached", ["limit"]
)

OUTDATED_STRUCTURES = Gauge(
    "shortlist_matching_structure_outdated",
    "Indexed documents whose structure was found by an older version, and is to be found anew",
)

DERIVED = Counter(
    "shortlist_matching_structures_total",
    "Stored texts whose structure was found anew, by what became of it: written, sent (through embedding, since other "
    "words are embedded now), changed (the document was replaced or erased meanwhile), refused",
    ["outcome"],
)

READINGS_OUTDATED = Gauge(
    "shortlist_matching_readings_outdated",
    "Stored documents that are read anew at the moment, since what was derived of them is missing or of an older form",
)

READINGS_DERIVED = Counter(
    "shortlist_matching_readings_total",
    "Stored documents that were read anew, by what became of them: written, changed (replaced or erased meanwhile)",
    ["outcome"],
)

# Documents that lack vectors in the space that is being built.
MISSING_VECTORS = Gauge("shortlist_matching_missing_vectors", "Indexed documents without vectors in the new space")

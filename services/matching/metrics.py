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

CHANGES = Counter(
    "shortlist_matching_metadata_changes_total",
    "Changes of metadata alone by what became of them: taken (applied, or kept until the document is indexed), refused "
    "(with it the metadata would not have their form)",
    ["outcome"],
)

EXPIRED = Counter(
    "shortlist_matching_expired_total", "Documents that were erased since they were not to be kept any longer", ["kind"]
)

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

WORDS_UNPACKED = Gauge(
    "shortlist_matching_words_unpacked", "Documents whose words no segment has yet: every search looks through them"
)

WORDS_SEGMENTS = Gauge("shortlist_matching_words_segments", "Segments of the word index, of all tenants")

WORDS_DEAD = Gauge(
    "shortlist_matching_words_dead", "Replaced and erased versions of documents that segments of words still hold"
)

PACKING_SECONDS = Histogram(
    "shortlist_matching_packing_seconds",
    "Seconds of a step of the word index's upkeep: pack, merge, erase",
    ["step"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
)

STORED_DOCUMENTS = Gauge(
    "shortlist_matching_stored_documents", "Indexed documents of all tenants, as the database's statistics tell"
)

STORAGE_BYTES = Gauge(
    "shortlist_matching_storage_bytes",
    "Bytes of the database's tables with their indexes, by purpose",
    ["part", "space"],
)

STORAGE_DEAD_ROWS = Gauge(
    "shortlist_matching_storage_dead_rows",
    "Rows that were replaced or removed and still take room in the database, by the purpose of their table",
    ["part", "space"],
)

REPLICA_READS = Counter(
    "shortlist_matching_replica_reads_total",
    "Reads that were tried on a replica of PostgreSQL, by what became of them: served, behind (it did not know yet of "
    "the tenant's last erasure), busy, away; what was not served went to the next replica, then to the primary",
    ["replica", "outcome"],
)

REPLICA_LAG = Gauge(
    "shortlist_matching_replica_lag_bytes", "Bytes of the write-ahead log that a replica has not replayed", ["replica"]
)

SCORE_LOG_ROWS = Counter(
    "shortlist_matching_score_log_rows_total",
    "Scores that were shown, by what became of them: written to the score log, lost (not in it, and never will be)",
    ["outcome"],
)

# Scores that wait to be written to the score log, and the memory they take.
SCORE_LOG_WAITING = Gauge("shortlist_matching_score_log_waiting", "Scores that wait to be written to the score log")
SCORE_LOG_WAITING_BYTES = Gauge("shortlist_matching_score_log_waiting_bytes", "Bytes of memory that they take")

NEAREST_RECALL = Gauge(
    "shortlist_nearest_recall",
    "Share of the nearest ten documents that the index of vectors finds too, of the last searches that were compared",
)

NEAREST_REBUILDS = Counter(
    "shortlist_nearest_rebuilds_total", "Partitions whose indexes of vectors were built anew, since many rows had died"
)

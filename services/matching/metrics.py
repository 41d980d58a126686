"""matching's metrics; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# What became of vectors events: indexed, restored, superseded, erased, replayed.
INDEXED = Counter("shortlist_matching_documents_total", "Vectors events by what became of them", ["outcome"])

# Stored documents and tombstones published again, since an older event passed by.
REPAIRS = Counter("shortlist_matching_repairs_total", "Stored documents published again after an older event passed")

# Heartbeats sent to partitions of compacted topics.
HEARTBEATS = Counter("shortlist_matching_heartbeats_total", "Heartbeats sent to partitions of compacted topics")

# Status events by the status they report.
STATUSES = Counter("shortlist_matching_statuses_total", "Status events read, by the status they report", ["status"])

# Answers by kind and whether they were degraded.
ANSWERS = Counter("shortlist_matching_answers_total", "Answers given", ["kind", "degraded"])

# Seconds to answer, by kind.
ANSWER_SECONDS = Histogram("shortlist_matching_answer_seconds", "Seconds to answer", ["kind"])

# Answers (scores, matches, searches) that are being worked on or wait for their turn.
ANSWERS_AT_WORK = Gauge("shortlist_matching_answers_at_work", "Scores, matches and searches being worked on or waiting")

# Bytes that the answers at work may take, by their own estimate.
ANSWER_BYTES = Gauge("shortlist_matching_answer_bytes", "Bytes reserved for documents that are being scored")

# Calls refused with 429, by the limit that was reached.
ANSWERS_REFUSED = Counter("shortlist_matching_answers_refused_total", "Calls refused as too many at once", ["limit"])

# Documents that lack vectors in the space that is being built.
MISSING_VECTORS = Gauge("shortlist_matching_missing_vectors", "Indexed documents without vectors in the new space")

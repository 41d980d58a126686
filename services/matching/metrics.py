"""matching's metrics; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# What became of vectors events: indexed, restored, superseded, erased, replayed.
INDEXED = Counter("shortlist_matching_documents_total", "Vectors events by what became of them", ["outcome"])

# Stored documents and tombstones published again, since an older event passed by.
REPAIRS = Counter("shortlist_matching_repairs_total", "Stored documents published again after an older event passed")

# Heartbeats sent to partitions of compacted topics.
HEARTBEATS = Counter("shortlist_matching_heartbeats_total", "Heartbeats sent to partitions of compacted topics")

# Status events by whether they changed their document's row.
STATUSES = Counter("shortlist_matching_statuses_total", "Status events read", ["result"])

# Answers by kind and whether they were degraded.
ANSWERS = Counter("shortlist_matching_answers_total", "Answers given", ["kind", "degraded"])

# Seconds to answer, by kind.
ANSWER_SECONDS = Histogram("shortlist_matching_answer_seconds", "Seconds to answer", ["kind"])

# Documents that lack vectors in the space that is being built.
MISSING_VECTORS = Gauge("shortlist_matching_missing_vectors", "Indexed documents without vectors in the new space")

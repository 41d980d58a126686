"""Ingest's own metrics; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# Submissions by where they ended here: parsed, deleted, superseded, metadata_changed, expired, or an error's code.
DOCUMENTS = Counter("shortlist_ingest_documents_total", "Submissions by how they ended in ingest", ["kind", "outcome"])

# From handing a content to a parser to its answer, without waiting for a free one.
PARSE_SECONDS = Histogram(
    "shortlist_ingest_parse_seconds",
    "Seconds a parser took for one document",
    ["file_type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

# Parser processes that are ready or at work.
PARSERS = Gauge("shortlist_ingest_parsers", "Parser processes running")

# Parser processes that ended: recycled, limit_memory, limit_time, crashed, stopped.
PARSERS_ENDED = Counter("shortlist_ingest_parsers_ended_total", "Parser processes that ended, by reason", ["reason"])

"""embedding's metrics; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# Texts the model computed for documents and queries; cache hits, warm-up and probes are not counted.
TEXTS_COMPUTED = Counter("shortlist_embedding_texts_computed_total", "Texts computed by the model, by lane", ["lane"])

# Seconds of one call of the model, waiting not included.
MODEL_SECONDS = Histogram(
    "shortlist_embedding_model_seconds",
    "Seconds of one call of the model",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

# Tokens computed: of texts, and of padding to the longest text of a batch.
TOKENS = Counter("shortlist_embedding_tokens_total", "Tokens computed, by kind: of texts, and padding", ["kind"])

# Seconds in which documents or queries were under way and the model did nothing.
MODEL_IDLE = Counter(
    "shortlist_embedding_model_idle_seconds_total",
    "Seconds in which there was work and none of the model's threads computed",
)

HALVED = Counter("shortlist_embedding_halved_batches_total", "Batches computed in halves, since memory did not suffice")

# Texts that wait for the model or are in it.
WAITING = Gauge("shortlist_embedding_waiting_texts", "Texts waiting for the model, or in it", ["lane"])

# Garbage: the value under the key is not a vector of this space.
CACHE = Counter(
    "shortlist_embedding_cache_lookups_total",
    "Vectors looked up in the cache, by result: hit, miss, garbage",
    ["result"],
)

# Calls of the cache that failed or were not made since its breaker was open.
CACHE_ERRORS = Counter("shortlist_embedding_cache_errors_total", "Calls of the cache that failed")

# Documents whose vectors were published.
DOCUMENTS = Counter("shortlist_embedding_documents_total", "Documents whose vectors were published")

"""Metrics of reading and publishing; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

LAG = Gauge(
    "shortlist_consumer_lag_records",
    "Records not committed yet, per topic, of the partitions that this process has",
    ["group", "topic"],
)

# Records read from Kafka, counted when they are done.
RECORDS = Counter("shortlist_consumer_records_total", "Records worked on and committed", ["group", "topic"])

# As at a record that cannot be unpacked.
READ_FAULTS = Counter(
    "shortlist_consumer_read_faults_total", "Readings that failed; their records are read again", ["group"]
)

# 0 while the broker doesn't answer the consumer's own question, asked every 2 s.
BROKER_ANSWERS = Gauge(
    "shortlist_consumer_broker_answers", "Whether the broker answers the consumer: 1, else 0", ["group"]
)

# Shows a consumer that stands still while its lag is above 0.
POLL_AGE = Gauge(
    "shortlist_consumer_poll_age_seconds", "Seconds since the last reading; 0 while a batch is worked on", ["group"]
)

# From the start of a batch to its commit.
BATCH_SECONDS = Histogram(
    "shortlist_consumer_batch_seconds",
    "Seconds from reading a batch to committing it",
    ["group"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
)

FAULTS = Counter(
    "shortlist_faults_total",
    "Faults met while working on records, by family: surroundings (a dependency was unavailable; work waits for it) "
    "or own (a fault of our own code)",
    ["service", "family"],
)

# 1 while a service waits for database, broker or model instead of working on records.
PAUSED = Gauge(
    "shortlist_consumer_paused",
    "Whether the work is paused until a dependency is available again: 1, else 0",
    ["service"],
)

SUSPECTS = Counter(
    "shortlist_suspect_records_total", "Records worked on alone, since a process died while it had them", ["group"]
)

# Counted when the broker has the dead letter.
DEAD_LETTERED = Counter("shortlist_dead_letters_total", "Records dead-lettered, by error code", ["service", "code"])

# From sending the records of one call to the acknowledgement of the last, by how it ended.
PUBLISHED = Histogram(
    "shortlist_publish_seconds",
    "Seconds until the broker had acknowledged what was published together, by outcome",
    ["outcome"],
    buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30),
)

# Their producer has another partitioner, so that records of one document may be read out of order.
MISPLACED = Counter(
    "shortlist_misplaced_records_total",
    "Records in another partition than Java's murmur2 chooses for their key",
    ["topic"],
)

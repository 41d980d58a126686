"""Metrics of reading and publishing; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# Records not yet committed, of the partitions that this process holds.
LAG = Gauge("shortlist_consumer_lag_records", "Records not committed yet, per held topic", ["group", "topic"])

# Records read from Kafka, counted when they are done.
RECORDS = Counter("shortlist_consumer_records_total", "Records worked on and committed", ["group", "topic"])

# Readings that failed, as at a record that cannot be unpacked; their records are read again.
READ_FAULTS = Counter("shortlist_consumer_read_faults_total", "Readings that failed and were begun again", ["group"])

# 0 while the broker doesn't answer the consumer's own question, asked every 2 s.
BROKER_ANSWERS = Gauge("shortlist_consumer_broker_answers", "Whether the broker answers: 1, else 0", ["group"])

# Shows a consumer that stands still while its lag is above 0.
POLL_AGE = Gauge("shortlist_consumer_poll_age_seconds", "Seconds since the last reading; 0 during a batch", ["group"])

# From the start of a batch to its commit.
BATCH_SECONDS = Histogram(
    "shortlist_consumer_batch_seconds",
    "Seconds from reading a batch to committing it",
    ["group"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
)

# Faults by family: `surroundings` (a dependency was unavailable: waited out) and `own` (a bug of ours at a record).
FAULTS = Counter("shortlist_faults_total", "Faults met while working on records", ["service", "family"])

# 1 while a service waits for database, broker or model instead of working on records.
PAUSED = Gauge("shortlist_consumer_paused", "Whether work waits for a dependency: 1, else 0", ["service"])

# Records that are tried once more after a process died at them.
SUSPECTS = Counter("shortlist_suspect_records_total", "Records run alone after a death of the process", ["group"])

# Records set aside as dead letters, counted when the broker has the dead letter.
DEAD_LETTERED = Counter("shortlist_dead_letters_total", "Records set aside", ["service", "code"])

# From sending the records of one call to the acknowledgement of the last, by how it ended.
PUBLISHED = Histogram(
    "shortlist_publish_seconds",
    "Seconds until the broker had acknowledged what was published together",
    ["outcome"],
    buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30),
)

# Records in another partition than Java's murmur2 puts their key.
MISPLACED = Counter("shortlist_misplaced_records_total", "Records in another partition than their key's", ["topic"])

"""Metrics of reading and publishing; their names are kept like the API (docs/operations.md)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# Records not yet committed, as this process sees the partitions it holds.
LAG = Gauge("shortlist_consumer_lag_records", "Records read by nobody yet, per held topic", ["group", "topic"])

# Records taken from Kafka, counted when their batch is done.
RECORDS = Counter("shortlist_consumer_records_total", "Records worked on and committed", ["group", "topic"])

# Readings that failed, as for a record that cannot be unpacked; what they held is read again.
READ_FAULTS = Counter("shortlist_consumer_read_faults_total", "Readings that failed and were begun again", ["group"])

# 0 while the broker doesn't answer the consumer's own question, asked every 2 s.
BROKER_ANSWERS = Gauge("shortlist_consumer_broker_answers", "Whether the broker answers: 1, else 0", ["group"])

# A consumer that stands still while lag is above 0 shows here.
POLL_AGE = Gauge("shortlist_consumer_poll_age_seconds", "Seconds since the last reading; 0 during a batch", ["group"])

# From the start of a batch to its commit.
BATCH_SECONDS = Histogram(
    "shortlist_consumer_batch_seconds",
    "Seconds from reading a batch to committing it",
    ["group"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
)

# Faults by family: `surroundings` (waited out) and `own` (a bug of ours on a record).
FAULTS = Counter("shortlist_faults_total", "Faults met while working on records", ["service", "family"])

# 1 while a service waits for database, broker or model instead of working on records.
PAUSED = Gauge("shortlist_consumer_paused", "Whether reading waits for the surroundings: 1, else 0", ["service"])

# Records that are begun once more after a process died at them.
SUSPECTS = Counter("shortlist_suspect_records_total", "Records run alone after a death of the process", ["group"])

# Records set aside as dead letters, counted when the broker has the dead letter.
DEAD_LETTERED = Counter("shortlist_dead_letters_total", "Records set aside", ["service", "code"])

# Records whose key lies in another partition than Java's murmur2 puts it.
MISPLACED = Counter("shortlist_misplaced_records_total", "Records in another partition than their key's", ["topic"])

"""Kafka: reading in batches with manual acknowledgement, publishing, dead letters, topics, lag."""

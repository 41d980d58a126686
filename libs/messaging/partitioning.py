"""Where a key's records belong: Java's murmur2, as aiokafka and Kafka's own clients do by default."""

from __future__ import annotations

from aiokafka.partitioner import DefaultPartitioner

_partitioner = DefaultPartitioner()


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key in a topic that has so many partitions."""
    numbers = list(range(partitions))
    return int(_partitioner(key, numbers, numbers))

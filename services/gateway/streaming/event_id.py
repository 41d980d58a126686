"""The id of an event: how far into the status topic its reader has come, at whichever gateway.

A version, the cluster and the next offset of each partition in MessagePack, and a checksum, as base64url. It says
nothing that its reader could not know, and nobody but a gateway takes it apart.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass

import msgspec

_VERSION = 1
_CHECK_BYTES = 4
_CLUSTER_BYTES = 6
# A thousand partitions with offsets of nine bytes take 12,000 characters.
MAX_ID_CHARS = 12_500
_FORM = tuple[int, bytes, list[int]]


class MalformedId(ValueError):
    """The text is no id that a gateway of this version made."""


@dataclass(frozen=True, slots=True)
class TopicPosition:
    """A point of the status topic: what comes next, by the number of the partition, in the log of one cluster."""

    cluster: bytes
    offsets: tuple[int, ...]


def cluster_mark(cluster: str) -> bytes:
    """What an id says of a cluster."""
    return hashlib.sha256(cluster.encode()).digest()[:_CLUSTER_BYTES]


def written(position: TopicPosition) -> str:
    """The id that names this point: letters, digits, `-` and `_`."""
    body = msgspec.msgpack.encode((_VERSION, position.cluster, position.offsets))
    return base64.urlsafe_b64encode(body + _check(body)).decode().rstrip("=")


def read(text: str) -> TopicPosition:
    """The point that an id names. Raises MalformedId."""
    if len(text) > MAX_ID_CHARS:
        raise MalformedId("it is too long")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if _check(body) != check:
            raise MalformedId("its checksum is wrong")
        version, cluster, offsets = msgspec.msgpack.decode(body, type=_FORM)
    except (ValueError, msgspec.MsgspecError) as error:
        raise MalformedId("it is not whole") from error
    if version != _VERSION or any(offset < 0 for offset in offsets):
        raise MalformedId(f"it is of another version than {_VERSION}")
    return TopicPosition(cluster, tuple(offsets))


def _check(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_CHECK_BYTES, "big")

"""What passes between the service and its parser processes.

On a child's own socket: a frame is a length of 4 bytes, big-endian, and that many bytes of MessagePack; first the
child's Ready, then an Answer to each Request. From the fork server: an END for every child that ended.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import msgspec

from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from services.ingest.parsing.content import Content, ParsedDocument

HEADER = struct.Struct(">I")
# The number that the service gave the child, in the order to make it.
ORDER = struct.Struct(">Q")
# The same number, and how the child ended: its exit code, or the signal that killed it, negative.
END = struct.Struct(">Qi")


class Limits(msgspec.Struct, frozen=True):
    """What one document may take: bytes of address space, seconds of CPU, characters of text."""

    memory_bytes: int
    cpu_seconds: int
    max_chars: int


class Ready(msgspec.Struct, frozen=True):
    """A child says that it waits for its first request."""

    pid: int


class Request(msgspec.Struct, frozen=True):
    """A content to be parsed, or a stored text whose structure is to be found anew."""

    content: Content | None = None
    order: StructureOrder | None = None


class Answer(msgspec.Struct, frozen=True):
    """The document or the structure, or why there is none. `fault` is the parser's own bug, a traceback's last line."""

    document: ParsedDocument | None = None
    structure: Structure | None = None
    code: str | None = None
    message: str = ""
    fault: str | None = None


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame's body; None at the end of the stream. Blocks."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Writes a message as a frame. Blocks."""
    body = msgspec.msgpack.encode(message)
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()

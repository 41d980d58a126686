"""The child process of the sandbox: reads contents from standard input, parses them, answers on standard output.

A frame is a length of 4 bytes, big-endian, and that many bytes of MessagePack: first one Limits, then
a Request each, answered by an Answer. It ends at the end of its input, after running out of memory,
and when its parent dies.
"""

from __future__ import annotations

import gc
import os
import resource
import struct
from typing import BinaryIO

import msgspec

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.resilience.parent_death import end_with_parent
from services.ingest.parsing.content import Content, ParsedDocument

HEADER = struct.Struct(">I")


class Limits(msgspec.Struct, frozen=True):
    """What one document may take: bytes of address space, seconds of CPU, characters of text."""

    memory_bytes: int
    cpu_seconds: int
    max_chars: int


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


def main() -> None:
    """Answers one request after another until its input ends. Blocks."""
    requests, answers = _channels()
    limits = msgspec.msgpack.decode(_read_frame(requests) or b"", type=Limits)
    end_with_parent()
    # Modules and word lists are a million objects that stay: nothing among them is garbage, now or at any document.
    gc.disable()
    from services.ingest.parsing.cleaning import cleaning
    from services.ingest.parsing.decoding import guessing

    # Loaded before the limits count.
    from services.ingest.parsing.parsers import docx, html, json_body  # noqa: F401
    from services.ingest.parsing.parsers.pdf import pdf  # noqa: F401
    from services.ingest.structure import structure

    structure.load()
    cleaning.load()
    guessing.load()
    gc.enable()
    gc.freeze()
    _limit_process(limits)
    _write_frame(answers, Answer())
    while (frame := _read_frame(requests)) is not None:
        _limit_cpu(limits)
        answer = _answer(frame, limits)
        _write_frame(answers, answer)
        if answer.code == ErrorCode.LIMIT_MEMORY:
            break  # after running out of memory nothing here can be relied upon


def _answer(frame: bytes, limits: Limits) -> Answer:
    from services.ingest.parsing.derived_again import derived_again
    from services.ingest.parsing.parsing import parse

    try:
        request = msgspec.msgpack.decode(frame, type=Request)
        if request.order is not None:
            return Answer(structure=derived_again(request.order))
        if request.content is not None:
            return Answer(parse(request.content, limits.max_chars))
        return Answer(fault="the request holds nothing")
    except RecordRejected as fault:
        return Answer(code=str(fault.code), message=fault.message)
    except MemoryError:
        return Answer(
            code=str(ErrorCode.LIMIT_MEMORY), message="reading the document takes more memory than is allowed"
        )
    except RecursionError:
        return Answer(code=str(ErrorCode.INVALID_CONTENT), message="the document's parts are nested too deeply")
    except Exception as error:
        return Answer(fault=f"{type(error).__name__}: {error}"[:500])


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for the frames alone: what libraries print goes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def _limit_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(limits: Limits) -> None:
    """The limit counts from the process's start, so it is moved on for each document."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _read_frame(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    body = stream.read(size)
    return body if len(body) == size else None


def _write_frame(stream: BinaryIO, answer: Answer) -> None:
    body = msgspec.msgpack.encode(answer)
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


if __name__ == "__main__":
    main()

"""A child process of the sandbox: reads contents from its socket, parses them, answers.

It ends when its socket closes, after running out of memory, and when the fork server dies.
"""

from __future__ import annotations

import os
import resource
import socket

import msgspec

from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.derived_again import derived_again
from services.ingest.parsing.parsing import parse
from services.ingest.sandbox.frames import Answer, Limits, Ready, Request, read_frame, write_frame


def serve(channel: socket.socket, limits: Limits) -> None:
    """Answers one request after another until the channel closes. Blocks."""
    _limit_process(limits)
    with channel.makefile("rb") as requests, channel.makefile("wb") as answers:
        write_frame(answers, Ready(os.getpid()))
        while (frame := read_frame(requests)) is not None:
            _limit_cpu(limits)
            answer = _answer(frame, limits)
            write_frame(answers, answer)
            if answer.code == ErrorCode.LIMIT_MEMORY:
                break  # after running out of memory nothing here can be relied upon


def _answer(frame: bytes, limits: Limits) -> Answer:
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


def _limit_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(limits: Limits) -> None:
    """The limit counts from the process's start, so it is moved on for each document."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))

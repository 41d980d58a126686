"""The fork server: loads the parsers and their word lists once, then makes every child of the sandbox by forking.

So a child costs milliseconds instead of seconds, and shares what was loaded with its siblings. Its standard input is a
socket from the service: each ORDER on it comes with the socket of a child to be made. On its standard output it
writes an END for itself (number 0) when it is ready, then for every child that ended. It has one thread, as a process
that forks must. It ends with its input, and when the service dies.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from typing import BinaryIO, NoReturn

import msgspec

from libs.resilience.parent_death import end_with_parent
from services.ingest.parsing.cleaning import cleaning
from services.ingest.parsing.decoding import guessing

# Loaded here, so that no child has to.
from services.ingest.parsing.parsers import docx, html, json_body  # noqa: F401
from services.ingest.parsing.parsers.pdf import pdf  # noqa: F401
from services.ingest.sandbox.child import serve
from services.ingest.sandbox.frames import END, ORDER, Limits
from services.ingest.structure import structure


def main() -> None:
    """Forks children until its input ends; `sys.argv[1]` holds their Limits as JSON. Blocks."""
    limits = msgspec.json.decode(sys.argv[1], type=Limits)
    control, reports = _channels()
    end_with_parent()
    _load()
    numbers: dict[int, int] = {}
    woken, wakes = _woken_when_children_end()
    _report(reports, 0, 0)
    while True:
        readable, _, _ = select.select([control, woken], [], [])
        if control in readable:
            order, sockets, _, _ = socket.recv_fds(control, ORDER.size, 1)
            if not order:
                return
            with socket.socket(fileno=sockets[0]) as channel:
                _fork(ORDER.unpack(order)[0], channel, limits, numbers, reports, [control, woken, wakes])
        if woken in readable:
            woken.recv(4096)
        _report_ended(reports, numbers)


def _load() -> None:
    # Word lists are a million objects that stay: nothing among them is garbage, now or at any document.
    gc.disable()
    structure.load()
    cleaning.load()
    guessing.load()
    gc.enable()
    gc.freeze()


def _fork(
    number: int,
    channel: socket.socket,
    limits: Limits,
    numbers: dict[int, int],
    reports: BinaryIO,
    inherited: list[socket.socket],
) -> None:
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        print(f"no parser process can be made: {error}", file=sys.stderr, flush=True)
        _report(reports, number, 1)
        return
    if pid:
        numbers[pid] = number
        return
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in inherited:
        each.close()
    os.close(reports.fileno())
    _live(channel, limits, server)


def _live(channel: socket.socket, limits: Limits, server: int) -> NoReturn:
    """A child's whole life: it must never return into the fork server's loop."""
    code = 1
    try:
        os.setsid()
        end_with_parent()
        if os.getppid() == server:
            serve(channel, limits)
            code = 0
    except (BrokenPipeError, ConnectionResetError):
        code = 0  # the service hung up
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _report_ended(reports: BinaryIO, numbers: dict[int, int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _report(reports, numbers.pop(pid), os.waitstatus_to_exitcode(status))


def _report(reports: BinaryIO, number: int, code: int) -> None:
    reports.write(END.pack(number, code))
    reports.flush()


def _woken_when_children_end() -> tuple[socket.socket, socket.socket]:
    """A socket that becomes readable when a child ends, and the one that makes it so."""
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken, wakes


def _channels() -> tuple[socket.socket, BinaryIO]:
    """Standard input and output for the service alone: what libraries print goes to standard error."""
    control, reports = socket.socket(fileno=os.dup(0)), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return control, reports


if __name__ == "__main__":
    main()

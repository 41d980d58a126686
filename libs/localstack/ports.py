"""Ports of 127.0.0.1 for processes that are about to start."""

from __future__ import annotations

import random
import socket
import sys

LOWEST_PORT = 10_240
# Linux's default of net.ipv4.ip_local_port_range.
LOWEST_OF_CONNECTIONS = 32_768

# Kept for as long as this process runs.
_claims: list[socket.socket] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses, and that no other process is given by this function meanwhile.

    Chosen at random below the range from which the system gives ports to connections: one from that range may be given
    away again before whoever asked for it listens. Raises OSError where none was found.
    """
    for _ in range(100):
        port = random.randrange(LOWEST_PORT, LOWEST_OF_CONNECTIONS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _claim(port):
            return port
    raise OSError(f"no free port of 127.0.0.1 was found between {LOWEST_PORT} and {LOWEST_OF_CONNECTIONS}")


def _claim(port: int) -> bool:
    """Whether nobody else has asked for this port: stacks that start side by side listen only seconds later.

    A claim is a name in Linux's abstract namespace of sockets, which goes with its process. Elsewhere there is none.
    """
    if sys.platform != "linux":
        return True
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0shortlist-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True

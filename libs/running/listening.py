"""How a service listens: whom it believes, how long it waits, and with which certificate."""

from __future__ import annotations

import resource
import ssl
from dataclasses import dataclass
from pathlib import Path

HEAD_SECONDS = 10.0
# Longer than clients keep idle connections, ours (5 s) and most others: one that is closed while its client sends the
# next request shows as an error that says nothing.
KEEP_ALIVE_SECONDS = 75
CONNECTIONS = 4_096


@dataclass(frozen=True, slots=True)
class Listening:
    """Bounds of a service's connections, and its certificate. The defaults are those of services behind the gateway.

    `believed_proxies`: comma-separated addresses whose X-Forwarded headers count; none where it is empty.
    """

    head_seconds: float = HEAD_SECONDS
    keep_alive_seconds: int = KEEP_ALIVE_SECONDS
    connections: int = CONNECTIONS
    believed_proxies: str = ""
    certificate: tuple[Path, Path] | None = None

    def connections_at_most(self) -> int:
        """Connections that are kept open: files, broker and the other services need some of what may be opened."""
        return min(self.connections, max(8, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2))


def check_certificate(certificate: Path, key: Path) -> None:
    """Raises ValueError with a sentence where the two files cannot be served with."""
    for name, path in (("TLS_CERT_FILE", certificate), ("TLS_KEY_FILE", key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise ValueError(f"{name}: {path} cannot be read: {error.strerror}") from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError):
        raise ValueError(
            "TLS_CERT_FILE and TLS_KEY_FILE cannot be served with: they must be PEM, the key without a password and "
            "the certificate's own"
        ) from None

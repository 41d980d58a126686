"""What tests of spans share."""

import socket
from collections.abc import Iterator

import pytest

from libs.telemetry import tracing


@pytest.fixture(autouse=True)
def _tracers_as_before() -> Iterator[None]:
    """Leaves the process's tracers as they were."""
    before = tracing._tracers
    yield
    tracing._tracers = before


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where connections are taken and nothing is ever answered."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]

"""The ingest service's work over fakes."""

from __future__ import annotations

import pytest

from tests.fakes.ingest_work import Ingest


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()

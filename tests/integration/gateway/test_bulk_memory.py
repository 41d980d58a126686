"""A gateway's memory stays flat while it takes a request of 10,000 lines, many times larger than what it may grow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import psutil
import pytest

from services.gateway.bulk.intake import MAX_LINES

pytestmark = pytest.mark.integration

MIB = 1_048_576
NDJSON = {"content-type": "application/x-ndjson"}
TEXT = "Six years of intensive care at a city hospital. " * 200


@pytest.fixture
def gateway() -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-m", "tests.fakes.forgetful_gateway"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), psutil.Process(process.pid)
        finally:
            process.terminate()


def test_ten_thousand_lines_are_taken_in_flat_memory(gateway: tuple[str, psutil.Process]) -> None:
    url, process = gateway
    most = 0

    def sent(lines: int) -> Iterator[bytes]:
        nonlocal most
        for number in range(lines):
            most = max(most, process.memory_info().rss)
            yield json.dumps({"id": f"r{number}", "text": TEXT}).encode() + b"\n"

    def taken(lines: int) -> int:
        answer = httpx.post(url, content=sent(lines), headers=NDJSON, timeout=120, trust_env=False)
        assert answer.status_code == 200
        return answer.text.count('"status":"queued"')

    # Its first request loads code, and fills what is kept of the newest documents.
    assert taken(2_000) == 2_000
    before, most = process.memory_info().rss, 0
    assert taken(MAX_LINES) == MAX_LINES
    assert MAX_LINES * len(TEXT) > 90 * MIB
    assert most - before < 16 * MIB, f"grew by {(most - before) / MIB:.1f} MiB"

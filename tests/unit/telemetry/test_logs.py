"""What every line of the logs says."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit
TRACE = "0af7651916cd43dd8448eb211c80319c"
PROGRAM = f"""
import logging
from libs.telemetry.logs import configure_logs, get_logger
from libs.telemetry.tracing import traced
configure_logs("ingest")
with traced("00-{TRACE}-b7ad6b7169203331-01"):
    get_logger("ours").info("document_parsed")
    logging.getLogger("a.library").warning("retried")
get_logger("ours").info("stopped")
"""


def test_lines_carry_the_id_of_the_trace_that_they_belong_to_and_the_libraries_lines_too():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line.get("trace_id")) for line in lines] == [
        ("document_parsed", TRACE),
        ("retried", TRACE),
        ("stopped", None),
    ]
    assert {line["service"] for line in lines} == {"ingest"}

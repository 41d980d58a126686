"""What the supervisor asks a service's process, and what it tells a person of the answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from libs.localstack.service_process import ServiceProcess

pytestmark = pytest.mark.unit


@contextmanager
def _service(status: int, body: Any) -> Iterator[int]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_a_service_waits_for_is_said_once_with_all_parts_that_wait_for_it(tmp_path: Path) -> None:
    parts = {
        "broker": {"status": "waiting", "reason": "not looked at yet"},
        "topics": {"status": "waiting", "reason": "not looked at yet"},
        "model": {"status": "waiting", "reason": "it is loading"},
        "cache": {"status": "ok", "reason": None},
    }
    with _service(503, {"parts": parts}) as port:
        process = ServiceProcess("embedding", 0, logs=tmp_path, port=port)
        assert process.ready() == (False, "broker, topics: not looked at yet; model: it is loading")


@pytest.mark.parametrize("body", ["no object", {"parts": 3}, {}])
def test_an_answer_that_tells_no_parts_is_said_by_its_status(tmp_path: Path, body: Any) -> None:
    with _service(500, body) as port:
        assert ServiceProcess("matching", 0, logs=tmp_path, port=port).ready() == (False, "it answers 500")

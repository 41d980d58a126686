"""Where a model comes from: a folder, a package, the hub; and what is said when it comes from nowhere."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from libs.localstack.ports import free_port
from services.embedding.location.model_location import ModelNotFound, locate

pytestmark = pytest.mark.integration

NAME = "somebody/a-model-nobody-has"
SENTENCE = [
    f"the model {NAME} is neither installed nor reachable",
    "local folder",
    "shortlist model fetch",
    "HF_ENDPOINT",
]
LIMIT = 40.0


def run(tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The service's own command, bounded, with a hub's cache of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-m", "services.embedding", *arguments],
        env={**kept, "HF_HOME": str(tmp_path / "hub"), "MODEL_DOWNLOAD_SECONDS": "1.5", "NO_PROXY": "127.0.0.1", **env},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


@pytest.fixture
def silent_hub() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class _EndlessFiles(BaseHTTPRequestHandler):
    """Describes a model and sends its files a byte at a time."""

    ended = threading.Event()

    def do_HEAD(self) -> None:
        self._headers(ETag=f'"{abs(hash(self.path))}"', **{"X-Repo-Commit": "0" * 40})

    def do_GET(self) -> None:
        if "/resolve/" in self.path:
            self._headers()
            while not self.ended.wait(0.1):
                self.wfile.write(b"x")
        elif "/tree/" in self.path:
            self._answer([{"type": "file", "path": "model.safetensors", "size": 10**8, "oid": "a" * 40}])
        elif "/api/models/" in self.path:
            self._answer({"id": NAME, "sha": "0" * 40, "siblings": [{"rfilename": "model.safetensors"}]})
        else:
            self.send_error(404)

    def _headers(self, length: int = 10**8, **more: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Length": str(length), "Content-Type": "application/json", **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def _answer(self, body: object) -> None:
        encoded = json.dumps(body).encode()
        self._headers(len(encoded))
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was ended in the middle is what the test is about."""


@pytest.fixture
def endless_hub() -> Iterator[str]:
    _EndlessFiles.ended.clear()
    with _QuietServer(("127.0.0.1", 0), _EndlessFiles) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        _EndlessFiles.ended.set()
        server.shutdown()


def assert_told(ended: subprocess.CompletedProcess[str]) -> None:
    assert ended.returncode == 1
    for part in SENTENCE:
        assert part in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("hub", ["silent_hub", "endless_hub"])
def test_fetching_from_a_hub_that_hangs_ends_and_names_both_ways(
    hub: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ended = run(tmp_path, "fetch", NAME, str(tmp_path / "model"), HF_ENDPOINT=request.getfixturevalue(hub))
    assert_told(ended)
    assert "no answer within" in ended.stderr
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("hub", ["silent_hub", "endless_hub"])
def test_a_service_whose_model_cannot_be_had_stops_and_says_so(
    hub: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ended = run(
        tmp_path,
        HF_ENDPOINT=request.getfixturevalue(hub),
        EMBEDDING_MODEL_NAME=NAME,
        KAFKA_BOOTSTRAP="127.0.0.1:9",
        MATCHING_URLS="http://127.0.0.1:9",
        PORT=str(free_port()),
    )
    assert_told(ended)


def test_where_no_hub_listens_it_is_told_at_once(tmp_path: Path) -> None:
    ended = run(tmp_path, "fetch", NAME, str(tmp_path / "model"), HF_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    assert_told(ended)
    assert "refused" in ended.stderr


def test_offline_is_respected(tmp_path: Path, silent_hub: str) -> None:
    ended = run(tmp_path, "fetch", NAME, str(tmp_path / "model"), HF_ENDPOINT=silent_hub, HF_HUB_OFFLINE="1")
    assert_told(ended)
    assert "HF_HUB_OFFLINE" in ended.stderr


def test_what_a_broken_off_download_left_is_not_taken_for_a_model(tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "hub" / f"models--{NAME.replace('/', '--')}"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    ended = run(tmp_path, "fetch", NAME, str(tmp_path / "model"), HF_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    assert_told(ended)


def test_a_fetched_model_is_a_folder_the_service_takes(tmp_path: Path, default_model: Path) -> None:
    folder = tmp_path / "model"
    ended = run(tmp_path, "fetch", "all-MiniLM-L6-v2", str(folder), HF_HUB_OFFLINE="1")
    assert ended.returncode == 0, ended.stderr
    assert f"EMBEDDING_MODEL_NAME={folder}" in ended.stdout
    assert locate(str(folder), download_seconds=1.0) == folder
    files = {
        path.relative_to(default_model): path.read_bytes() for path in default_model.rglob("*.*") if path.is_file()
    }
    assert {path: (folder / path).read_bytes() for path in files} == files


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_an_installed_model_goes_by_both_its_names(name: str, default_model: Path) -> None:
    assert locate(name, download_seconds=1.0) == default_model


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./nowhere"])
def test_a_folder_that_does_not_exist_is_told(name: str) -> None:
    with pytest.raises(ModelNotFound, match="does not exist"):
        locate(name, download_seconds=1.0)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="holds no model"):
        locate(str(tmp_path), download_seconds=1.0)

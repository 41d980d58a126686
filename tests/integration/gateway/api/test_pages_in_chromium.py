"""The pages for people, looked at in a real browser: shown as meant, usable, and talking to this gateway alone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from services.gateway.__main__ import openapi
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here (Debian: apt-get install chromium)"),
]

KEY = "a-bootstrap-key-of-some-length"
NOWHERE = "http://127.0.0.1:9"
SETTLED_MS = 15_000
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --disable-default-apps
    --disable-extensions --no-default-browser-check --no-pings""".split()
# What the browser asks for by itself (updates, accounts) goes nowhere.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# Does by clicks what a reader does: gives a key, opens a call, tries it, and marks when the answer is shown.
TRY_IT = """
const step = (find, act) => new Promise(done => {
  const look = setInterval(() => { const found = find(); if (found) { clearInterval(look); act(found); done(); } }, 50);
});
const at = selector => () => document.querySelector(selector);
const type = (input, text) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
};
(async () => {
  await step(at(".btn.authorize"), button => button.click());
  await step(at(".modal-ux input"), input => type(input, "KEY"));
  await step(at(".modal-btn.authorize"), button => button.click());
  await step(at(".btn-done"), button => button.click());
  await step(at("#operations-resumes-listResumes .opblock-summary-control"), button => button.click());
  await step(at("#operations-resumes-listResumes .try-out__btn"), button => button.click());
  await step(at("#operations-resumes-listResumes .execute"), button => button.click());
  await step(at("#operations-resumes-listResumes .live-responses-table tbody .response-col_status"),
             cell => { document.body.dataset.answered = cell.textContent.trim(); });
})();
"""


@dataclass
class Watched:
    """A gateway over a small matching, and what was asked of it. `script` is added to the page /docs."""

    app: Any
    script: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or [])
        self.asked.append((scope.get("path", ""), headers.get(b"authorization", b"").decode() or None))
        if scope.get("path") == "/added.js":
            sent = (self.script or "").encode()
            types = [(b"content-type", b"text/javascript"), (b"content-length", str(len(sent)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": types})
            await send({"type": "http.response.body", "body": sent})
            return

        async def send_with_script(message: Any) -> None:
            if self.script is not None and scope.get("path") == "/docs":
                added = b'<script src="/added.js"></script>'
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                    message = {**message, "headers": kept}
                elif message["type"] == "http.response.body":
                    message = {**message, "body": message["body"] + added}
            await send(message)

        await self.app(scope, receive, send_with_script)


@pytest.fixture
def watched() -> Iterator[tuple[Watched, str]]:
    with serving(FakeMatching().app()) as matching_url:
        settings = GatewaySettings(
            kafka_bootstrap="127.0.0.1:9",
            matching_urls=matching_url,
            embedding_urls=NOWHERE,
            auth="keys",
            shortlist_bootstrap_key=KEY,
        )
        gateway = Watched(create_app(settings))
        with serving(gateway) as url:
            yield gateway, url


@dataclass
class Seen:
    """A page as it stood in the end: its DOM, what its console said, and every host that it asked for anything."""

    dom: str
    console: str
    hosts: set[str]

    @property
    def text(self) -> str:
        without_code = re.sub(r"<(script|style)\b.*?</\1>", "", self.dom, flags=re.DOTALL)
        return html.unescape(re.sub(r"<[^>]*>", "", without_code))


def look_at(url: str, folder: Path) -> Seen:
    """Opens a page in a browser of its own and lets it settle; blocks for some seconds."""
    net_log = folder / "net-log.json"
    shown = subprocess.run(
        [
            str(CHROMIUM),
            *FLAGS,
            ONLY_HERE,
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={net_log}",
            "--enable-logging=stderr",
            f"--virtual-time-budget={SETTLED_MS}",
            "--window-size=1200,1600",
            "--dump-dom",
            url,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    console = "\n".join(line for line in shown.stderr.splitlines() if "CONSOLE" in line)
    return Seen(shown.stdout, console, _asked_by_pages(json.loads(net_log.read_text())))


def _asked_by_pages(net_log: Any) -> set[str]:
    """The hosts that pages asked for; what the browser wants for itself has no page's origin."""
    wanted = [event.get("params", {}) for event in net_log["events"]]
    return {urlsplit(each["url"]).netloc for each in wanted if str(each.get("initiator")).startswith("http")}


def test_the_docs_show_every_call_as_it_is_meant(watched: tuple[Watched, str], tmp_path: Path) -> None:
    _, url = watched
    seen = look_at(url + "/docs", tmp_path)
    described = msgspec.json.decode(openapi())
    ids = [
        (operation["tags"][0], operation["operationId"])
        for item in described["paths"].values()
        for operation in item.values()
    ]
    assert len(ids) > 15
    for tag, operation_id in ids:
        # The page writes blanks in ids its own way.
        assert f'id="operations-{tag.replace(" ", "_")}-{operation_id}"' in seen.dom
    assert "`" not in seen.text
    assert "urn:shortlist:problem:not_indexed" in seen.text


def test_the_docs_ask_no_other_host_for_anything(watched: tuple[Watched, str], tmp_path: Path) -> None:
    _, url = watched
    seen = look_at(url + "/docs", tmp_path)
    assert seen.hosts == {urlsplit(url).netloc}
    assert seen.console == ""


def test_a_call_is_tried_from_the_docs_with_the_key_that_was_given(
    watched: tuple[Watched, str], tmp_path: Path
) -> None:
    gateway, url = watched
    gateway.script = TRY_IT.replace("KEY", KEY)
    seen = look_at(url + "/docs", tmp_path)
    assert 'data-answered="200"' in seen.dom
    tried = [key for path, key in gateway.asked if path.startswith("/api/v1/resumes")]
    assert tried == [f"Bearer {KEY}"]


def test_the_home_page_is_shown_without_a_complaint(watched: tuple[Watched, str], tmp_path: Path) -> None:
    _, url = watched
    seen = look_at(url + "/", tmp_path)
    assert "First steps" in seen.text
    assert f"curl {url}/api/v1/jobs/j-4711/matches" in seen.text
    assert (seen.console, seen.hosts) == ("", set())

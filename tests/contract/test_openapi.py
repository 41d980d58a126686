"""The API description that callers build on: as committed, complete, and self-contained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import RequestFactory

from services.gateway.__main__ import openapi
from services.gateway.api.docs_page import FILES, docs
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings

pytestmark = pytest.mark.contract

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"
METHODS = ("get", "post", "put", "patch", "delete")
PROMISED = {
    "POST /api/v1/resumes/bulk", "POST /api/v1/jobs/bulk",
    "POST /api/v1/resumes", "PUT /api/v1/resumes/{document_id}", "GET /api/v1/resumes/{document_id}",
    "GET /api/v1/resumes", "DELETE /api/v1/resumes/{document_id}", "GET /api/v1/resumes/{document_id}/matches",
    "POST /api/v1/jobs", "PUT /api/v1/jobs/{document_id}", "GET /api/v1/jobs/{document_id}",
    "GET /api/v1/jobs", "DELETE /api/v1/jobs/{document_id}", "GET /api/v1/jobs/{document_id}/matches",
    "GET /api/v1/resumes/{document_id}/similar", "GET /api/v1/jobs/{document_id}/similar",
    "GET /api/v1/score-log",
    "POST /api/v1/webhooks", "GET /api/v1/webhooks", "DELETE /api/v1/webhooks/{webhook_id}",
    "GET /api/v1/erasures/{receipt_id}", "POST /api/v1/matching/calculate", "POST /api/v1/matching/similarity-search",
    "GET /api/v1/health/live", "GET /api/v1/health/ready", "GET /api/v1/health/detailed",
}  # fmt: skip


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return msgspec.json.decode(openapi())


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in description["paths"].items()
        for method in METHODS
        if method in item
    }


def test_the_committed_description_is_the_one_the_code_makes() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi(), (
        "run `python -m services.gateway openapi > docs/openapi.json` and look at what changed"
    )


def test_every_promised_call_is_described(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert set(operations(description)) >= PROMISED


def test_operation_ids_are_set_and_differ(description: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(description).values()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", name) for name in ids)


def test_every_body_to_send_as_json_has_an_example(description: dict[str, Any]) -> None:
    bodies = [
        operation["requestBody"]["content"]
        for operation in operations(description).values()
        if "requestBody" in operation
    ]
    assert bodies
    json_types = ("application/json", MERGE_PATCH, NDJSON)
    assert all(next(content[each] for each in json_types if each in content)["examples"] for content in bodies)


def test_errors_are_described_as_problems(description: dict[str, Any]) -> None:
    for name, operation in operations(description).items():
        for status, answer in operation["responses"].items():
            if status.startswith("4"):
                assert list(answer["content"]) == ["application/problem+json"], (name, status)


def test_the_page_to_try_it_loads_nothing_from_other_hosts() -> None:
    settings = GatewaySettings(
        kafka_bootstrap="127.0.0.1:9", matching_urls="http://127.0.0.1:9", embedding_urls="http://127.0.0.1:9"
    )
    app = create_app(settings)
    page = docs.fn(RequestFactory(app).get("/docs", route_handler=docs))
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", page.content.decode())
    files = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert len(files) == 4
    assert all(name.startswith(FILES + "/") for name in files)

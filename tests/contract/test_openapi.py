"""The API description that callers build on: as committed, complete, and self-contained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
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


def fields(where: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema and of those in it, with where it stands."""
    if not isinstance(schema, dict):
        return
    for name, field in schema.get("properties", {}).items():
        yield f"{where}.{name}", field
        yield from fields(f"{where}.{name}", field)
    for within in ("items", "additionalProperties"):
        yield from fields(where, schema.get(within))
    for several in ("oneOf", "anyOf", "allOf"):
        for alternative in schema.get(several, []):
            yield from fields(where, alternative)
    for several in ("$defs", "x-events"):
        for name, form in schema.get(several, {}).items():
            yield from fields(f"{where}({name})", form)


def bodies(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that is sent or answered, with its schema and examples."""
    for name, operation in operations(description).items():
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} {media_type}", content
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                yield f"{name} {status}", content


def test_every_form_and_every_field_says_what_it_is(description: dict[str, Any]) -> None:
    forms = description["components"]["schemas"]
    silent = [name for name, form in forms.items() if not form.get("description", "").strip()]
    told = [(name, form) for name, form in forms.items()]
    told += [(name, content["schema"]) for name, content in bodies(description)]
    found = [field for name, schema in told for field in fields(name, schema)]
    assert len(found) > 300
    silent += [where for where, field in found if not field.get("description", "").strip()]
    assert not silent, "give these a msgspec.Meta(description=…), or their struct a docstring"


def test_every_operation_says_what_it_does_takes_and_answers(description: dict[str, Any]) -> None:
    silent = []
    for name, operation in operations(description).items():
        told = {"summary": operation.get("summary")}
        told |= {f"parameter {each['name']}": each.get("description") for each in operation.get("parameters", [])}
        told |= {f"answer {status}": answer["description"] for status, answer in operation["responses"].items()}
        if "requestBody" in operation:
            told["body"] = operation["requestBody"].get("description")
        silent += [f"{name}: {what}" for what, words in told.items() if not (words or "").strip()]
        assert operation["tags"], name
    assert not silent


def test_every_tag_is_explained(description: dict[str, Any]) -> None:
    used = {tag for operation in operations(description).values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in description["tags"] if tag["description"]}


def test_headers_that_callers_rely_on_are_described_where_they_come(description: dict[str, Any]) -> None:
    headers = description["components"]["headers"]
    assert all(header["description"] for header in headers.values())

    def named(name: str, status: str) -> set[str]:
        answer = operations(description)[name]["responses"][status]
        assert {each["$ref"] for each in answer["headers"].values()} <= {f"#/components/headers/{h}" for h in headers}
        return set(answer["headers"])

    quota = {"RateLimit", "RateLimit-Policy"}
    for name, operation in operations(description).items():
        for status in operation["responses"]:
            assert "X-Request-Id" in named(name, status)
        if "429" in operation["responses"]:
            assert "Retry-After" in named(name, "429")
        if "401" in operation["responses"]:
            assert "WWW-Authenticate" in named(name, "401")
    assert named("GET /api/v1/jobs/{document_id}", "200") >= {*quota, "ETag"}
    assert named("PUT /api/v1/jobs/{document_id}", "202") >= {*quota, "Location", "Preference-Applied"}
    assert named("GET /api/v1/jobs", "503") >= {"Retry-After"}
    assert not quota & named("GET /api/v1/health/detailed", "200")
    assert "Retry-After" not in named("GET /api/v1/health/ready", "503")


def test_every_good_answer_has_an_example_and_every_example_is_as_described(description: dict[str, Any]) -> None:
    components = {
        "schemas": {
            name: {**form, "additionalProperties": False} if "properties" in form else form
            for name, form in description["components"]["schemas"].items()
        }
    }
    for name, operation in operations(description).items():
        for status, answer in operation["responses"].items():
            assert not status.startswith("2") or all(each["examples"] for each in answer["content"].values()), name
    faults = []
    for name, content in bodies(description):
        validator = Draft202012Validator({**content["schema"], "components": components})
        for example in content.get("examples", {}).values():
            faults += [
                f"{name} {fault.json_path}: {fault.message}" for fault in validator.iter_errors(example["value"])
            ]
    assert not faults


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

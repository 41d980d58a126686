"""Every example of a request in the published description is sent to a running stack, and does what is described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.described_answers import DESCRIPTION, DescribedAnswers
from tests.e2e.running_stack import RunningStack

pytestmark = pytest.mark.e2e

# What others are about comes first.
FIRST = ("putResume", "putJob", "createWebhook")
PREFIX = "/api/v1"


class Example(NamedTuple):
    """A request that is shown, with the statuses of success that are described for it."""

    operation: str
    method: str
    path: str
    media_type: str
    name: str
    body: Any
    good: tuple[int, ...]


def shown() -> list[Example]:
    """All examples of requests, in an order in which they can be sent."""
    paths = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    found = [
        Example(
            operation["operationId"],
            method,
            path.removeprefix(PREFIX),
            media_type,
            name,
            example["value"],
            tuple(int(status) for status in operation["responses"] if status.startswith("2")),
        )
        for path, item in paths.items()
        for method, operation in item.items()
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
        for name, example in content.get("examples", {}).items()
    ]
    return sorted(found, key=lambda example: example.operation not in FIRST)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack") / "data", check=DescribedAnswers().check)
    yield running
    assert running.stop() == 0


def test_every_example_of_a_request_works_as_described(stack: RunningStack) -> None:
    examples = shown()
    assert {"createResume", "patchJob", "calculateMatch", "searchBySimilarity"} <= {each.operation for each in examples}
    filled = {"/resumes/{document_id}": "/resumes/r-17", "/jobs/{document_id}": "/jobs/j-4711"}
    refused = []
    for example in examples:
        path = filled.get(example.path, example.path)
        if example.path.startswith("/webhooks/"):
            path = path.replace("{webhook_id}", stack.http.get("/webhooks").json()["items"][0]["id"])
        answer = stack.http.request(
            example.method,
            path,
            content=json.dumps(example.body),
            headers={"content-type": example.media_type, "prefer": "wait=60"},
        )
        if answer.status_code not in example.good:
            refused.append((example.operation, example.name, answer.status_code, answer.text))
    assert not refused


def answers() -> dict[str, Any]:
    """The examples of answers, by the form they are of."""
    paths = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    contents = [
        content
        for item in paths.values()
        for operation in item.values()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
    ]
    return {name: example["value"] for each in contents for name, example in each.get("examples", {}).items()}


def test_what_examples_show_is_what_is_found(stack: RunningStack) -> None:
    pair = {"job_id": "j-4711", "resume_id": "r-17"}
    scored, example = stack.http.post("/matching/calculate", json=pair).json(), answers()["Calculation"]
    assert set(scored["components"]) == set(example["components"])
    assert scored["scoring_version"] == example["scoring_version"]
    # Cosines and scores are of the model; all else is found in the texts.
    for each in (*scored["requirements"], *example["requirements"]):
        del each["similarity"]
    assert scored["requirements"] == example["requirements"]
    for form, path in (("ResumeDocument", "/resumes/r-17"), ("JobDocument", "/jobs/j-4711")):
        read, document = stack.http.get(path).json(), answers()[form]
        assert read["text"] == document["text"]
        for found in ("mentions", "requirements_found"):
            assert all(each in read[found] for each in document.get(found, []))

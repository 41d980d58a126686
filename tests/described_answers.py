"""Answers held against the published description, docs/openapi.json: status, content type and every field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

EVENT_STREAM = "text/event-stream"
DESCRIPTION = Path(__file__).parents[1] / "docs" / "openapi.json"


class DescribedAnswers:
    """`check` raises AssertionError for an answer that is not as described; `seen` are those that were.

    A field that is not described is a fault here, though callers must bear new ones.
    """

    def __init__(self) -> None:
        self._description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
        self._components = {"schemas": {n: _strict(s) for n, s in self._description["components"]["schemas"].items()}}
        self.seen: set[tuple[str, int]] = set()
        self.operations = {
            operation["operationId"] for item in self._description["paths"].values() for operation in item.values()
        }

    def check(self, answer: httpx.Response) -> None:
        """Holds one answer of the gateway against the description; addresses that it does not name are passed over.

        Of an answer without an end the head is held alone: `check_event` is for what comes.
        """
        if answer.headers.get("content-type", "").startswith(EVENT_STREAM):
            self._described_content(answer, "an event stream")
            return
        answer.read()
        self.check_read(answer)

    async def check_async(self, answer: httpx.Response) -> None:
        """The same for an asynchronous client."""
        await answer.aread()
        self.check_read(answer)

    def check_read(self, answer: httpx.Response) -> None:
        """The same for an answer that was read."""
        content = self._described_content(answer, answer.text[:500])
        if content is None:
            return
        if (line := content["schema"].get("x-line")) is not None:
            self._check_lines(answer, line)
            return
        schema = {**content["schema"], "components": self._components}
        faults = _faults(schema, json.loads(answer.content))
        assert not faults, f"{faults[:5]}; {answer.request.method} {answer.request.url} {answer.text[:500]}"

    def _check_lines(self, answer: httpx.Response, form: dict[str, Any]) -> None:
        """Holds each line of an answer of many against the description."""
        strict = {**form, "$defs": {name: _strict(each) for name, each in form["$defs"].items()}}
        for line in answer.text.splitlines():
            faults = _faults(strict, json.loads(line))
            assert not faults, f"{faults[:5]}; {answer.request.method} {answer.request.url} {line[:500]}"

    def check_event(self, answer: httpx.Response, name: str, data: Any) -> None:
        """Holds one event of a stream against the description."""
        content = self._described_content(answer, f"an event {name}")
        assert content is not None
        forms = content["schema"]["x-events"]
        assert name in forms, f"the event {name} is not described"
        definitions = {name: _strict(form) for name, form in forms[name]["$defs"].items()}
        faults = _faults({**forms[name], "$defs": definitions}, data)
        assert not faults, f"{faults[:5]}; the event {name}: {data}"

    def _described_content(self, answer: httpx.Response, what: str) -> dict[str, Any] | None:
        """What is said of an answer of this status and type; None where its address is not described."""
        operation = self._operation(answer.request)
        if operation is None:
            return None
        name = f"{operation['operationId']} answered {answer.status_code}: {what}"
        described = operation["responses"].get(str(answer.status_code))
        assert described is not None, f"this status is not described; {name}"
        content_type = answer.headers["content-type"].split(";")[0]
        assert content_type in described["content"], f"{content_type} is not described; {name}"
        self.seen.add((operation["operationId"], answer.status_code))
        content: dict[str, Any] = described["content"][content_type]
        return content

    def _operation(self, request: httpx.Request) -> dict[str, Any] | None:
        path = request.url.raw_path.decode().split("?")[0].rstrip("/")
        fitting = [
            template
            for template in self._description["paths"]
            if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path)
        ]
        if not fitting:
            return None
        most_literal = min(fitting, key=lambda template: template.count("{"))
        operation: dict[str, Any] | None = self._description["paths"][most_literal].get(request.method.lower())
        return operation


def _faults(schema: dict[str, Any], body: Any) -> list[str]:
    validator = Draft202012Validator(schema)
    Draft202012Validator.check_schema(schema)
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(body)]


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False} if "properties" in schema else schema

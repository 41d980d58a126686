"""How requests and answers of many lines are described."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIResponse, Operation, RequestBody, Responses

from libs.contracts.identifiers import Kind
from services.gateway.api.bulk_answer import NDJSON
from services.gateway.api.description import BODIES, EXAMPLES, Given
from services.gateway.bulk.line_answers import QueuedLine, RefusedLine


def bulk_operation(kind: Kind, media_types: tuple[str, ...]) -> type[Operation]:
    """An operation that takes and answers documents of a kind, a line each.

    OpenAPI 3.1 has no words for the lines of a body: their form stands in `x-line`.
    """
    sent = _lines([BODIES[kind]], _sent_example(kind))
    answered = _lines([QueuedLine, RefusedLine], _answered_example(kind))

    @dataclass
    class Described(Operation):
        request_body: RequestBody | None = field(default=None)
        responses: Responses | None = field(default=None)

        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                content=dict.fromkeys(media_types, sent), required=True, description=f"A {kind} a line, as NDJSON"
            )
            whole = OpenAPIResponse("A line for each that is not blank, in their order", content={NDJSON: answered})
            self.responses = {**(self.responses or {}), "200": whole}

    return Described


def _lines(forms: list[type[msgspec.Struct]], example: str) -> OpenAPIMediaType:
    schemas, found = msgspec.json.schema_components(forms, ref_template="#/$defs/{name}")
    line: dict[str, Any] = {"oneOf": list(schemas), "$defs": found}
    return OpenAPIMediaType(
        schema=Given(given={"type": "string", "x-line": line}), examples={"example": Example(value=example)}
    )


def _sent_example(kind: Kind) -> str:
    second = {**EXAMPLES[kind], "id": f"{EXAMPLES[kind]['id']}-b"}
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in (EXAMPLES[kind], second))


def _answered_example(kind: Kind) -> str:
    queued = {"line": 1, "id": EXAMPLES[kind]["id"], "status": "queued", "revision": "1764000000000-42"}
    field = "text" if kind == "resume" else "title"
    error = {
        "code": "invalid_body",
        "message": f"{field} must be a text, not a whole number",
        "retryable": False,
        "pointer": f"/{field}",
    }
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in (queued, {"line": 2, "error": error}))

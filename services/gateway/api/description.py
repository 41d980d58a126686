"""Pieces of the API description: bodies with examples, and the problems each kind of call may answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from libs.contracts.documents import MAX_FILE_BYTES
from services.gateway.problems import CODES, TYPE_PREFIX, ProblemBody

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
SECURITY = "key"
NEEDS_KEY = [{SECURITY: list[str]()}]
"""What a router or handler says that is not open to all."""

TEXT = Schema(type=OpenAPIType.STRING)
METADATA = Schema(
    type=OpenAPIType.OBJECT,
    description="A flat object of at most 50 strings, numbers, booleans or lists of strings; 16 KiB as JSON.",
)
REQUIREMENTS = Schema(one_of=[TEXT, Schema(type=OpenAPIType.ARRAY, items=TEXT)])
FILE = Schema(
    type=OpenAPIType.STRING,
    format=OpenAPIFormat.BINARY,
    description=f"PDF, DOCX or plain text, at most {MAX_FILE_BYTES} bytes.",
)

RESUME = Schema(type=OpenAPIType.OBJECT, properties={"id": TEXT, "text": TEXT, "metadata": METADATA}, required=["text"])
JOB = Schema(
    type=OpenAPIType.OBJECT,
    description="Any field may be empty; together they must hold text. `text` means the same as `description`.",
    properties={
        "id": TEXT,
        "title": TEXT,
        "description": TEXT,
        "requirements": REQUIREMENTS,
        "text": TEXT,
        "metadata": METADATA,
    },
)
UPLOAD = Schema(
    type=OpenAPIType.OBJECT,
    properties={"file": FILE, "id": TEXT, "metadata": Schema(type=OpenAPIType.STRING, description="JSON")},
    required=["file"],
)

RESUME_EXAMPLE = {
    "id": "r-17",
    "text": "Ada Example\nRegistered nurse\n\nSix years of intensive care at a city hospital. ACLS certified.",
    "metadata": {"city": "Bern"},
}
JOB_EXAMPLE = {
    "id": "j-4711",
    "title": "Intensive care nurse",
    "description": "We look after twelve beds, day and night.",
    "requirements": ["Registered nurse", "Three years of intensive care"],
}


def with_body(content: dict[str, OpenAPIMediaType]) -> type[Operation]:
    """An operation whose body is described here, because its handler reads it by itself."""

    @dataclass
    class Described(Operation):
        request_body: RequestBody | None = field(default=None)

        def __post_init__(self) -> None:
            self.request_body = RequestBody(content=content, required=True)

    return Described


def json_body(schema: Schema, example: Any) -> dict[str, OpenAPIMediaType]:
    """A JSON body with one example."""
    return {JSON: OpenAPIMediaType(schema=schema, examples={"example": Example(value=example)})}


def document_body(kind: str, *, raw_files: bool) -> dict[str, OpenAPIMediaType]:
    """What a document may be sent as."""
    schema, example = (RESUME, RESUME_EXAMPLE) if kind == "resume" else (JOB, JOB_EXAMPLE)
    if raw_files:
        example = {name: value for name, value in example.items() if name != "id"}
    content = {**json_body(schema, example), "multipart/form-data": OpenAPIMediaType(schema=UPLOAD)}
    if raw_files:
        content |= {name: OpenAPIMediaType(schema=FILE) for name in ("application/pdf", "application/octet-stream")}
    return content


def answer(form: Any, description: str, example: Any = None) -> ResponseSpec:
    """A successful answer."""
    examples = None if example is None else [Example(value=example)]
    return ResponseSpec(form, description=description, generate_examples=False, examples=examples)


def problems(*codes: str) -> dict[int, ResponseSpec]:
    """The problem answers of a call, by status, each with an example."""
    found: dict[int, list[str]] = {}
    for code in codes:
        found.setdefault(CODES[code][0], []).append(code)
    return {
        status: ResponseSpec(
            ProblemBody,
            description="; ".join(f"`{code}`: {CODES[code][1]}" for code in named),
            media_type=PROBLEM_JSON,
            generate_examples=False,
            examples=[Example(value=_problem_example(named[0]))],
        )
        for status, named in sorted(found.items())
    }


FAILED = ResponseSpec(
    ProblemBody,
    description="The document failed while its caller waited; the type is the document's own error code",
    media_type=PROBLEM_JSON,
    generate_examples=False,
    examples=[
        Example(
            value={
                "type": TYPE_PREFIX + "encrypted",
                "title": "The document failed",
                "status": 422,
                "detail": "the PDF is encrypted; send it without a password",
                "error": {"code": "encrypted", "message": "the PDF is encrypted; send it without a password"},
                "id": "r-17",
                "kind": "resume",
            }
        )
    ],
)


def _problem_example(code: str) -> dict[str, Any]:
    status, title = CODES[code]
    return {"type": TYPE_PREFIX + code, "title": title, "status": status, "detail": "a sentence that says what to do"}

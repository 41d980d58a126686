"""Pieces of the API description, made from the types: bodies with examples, and the problems of each kind of call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Reference,
    RequestBody,
    Responses,
    Schema,
)

from libs.contracts.identifiers import Kind
from libs.contracts.inner.problems import PROBLEM_JSON
from services.gateway.api.schemas import (
    FILE_FORM,
    FailedProblem,
    JobBody,
    NotIndexedProblem,
    ResumeBody,
    UnavailableProblem,
    Upload,
)
from services.gateway.problems import CODES, TYPE_PREFIX, ProblemBody

JSON = "application/json"
SECURITY = "key"
TAGS = {
    "resumes": "Sending, reading, changing and deleting resumes, and what fits them",
    "jobs": "The same of jobs",
    "matching": "Scores of a job and resumes, and searches by free text",
    "score log": "Which scores were shown, when and to whom",
    "erasures": "What is done of a deletion, in which store",
    "events": "What becomes of documents, as it happens, over a connection that stays open",
    "webhooks": "The same, sent to your own systems",
    "keys": "Your tenant's API keys",
    "health": "How the gateway and the parts behind it are doing",
    "admin": "For the operator alone",
}
"""What stands together in the description, by name."""
NEEDS_KEY = [{SECURITY: list[str]()}]
"""What a router or handler says that is not open to all."""

EXAMPLES: dict[Kind, dict[str, Any]] = {
    "resume": {
        "id": "r-17",
        "text": "Ada Example\nRegistered nurse\n\nSix years of intensive care at a city hospital. ACLS certified.",
        "metadata": {"city": "Bern"},
    },
    "job": {
        "id": "j-4711",
        "title": "Intensive care nurse",
        "description": "We look after twelve beds, day and night.",
        "requirements": ["Registered nurse", "Three years of intensive care"],
    },
}
BODIES: dict[Kind, type[msgspec.Struct]] = {"resume": ResumeBody, "job": JobBody}
# Any call may be told these.
_ALWAYS = ("unknown_parameter", "invalid_request", "overloaded", "rate_limited", "internal")
_FORMS: dict[str, type[ProblemBody]] = {"not_indexed": NotIndexedProblem, "unavailable": UnavailableProblem}


@dataclass
class Given(Schema):
    """A schema that is JSON already."""

    given: dict[str, Any] = field(default_factory=dict)

    def to_schema(self) -> dict[str, Any]:
        """The JSON as it was given."""
        return self.given


@dataclass
class Shown(Example):
    """An example as it is, with what is null in it, which the framework leaves out."""

    def to_schema(self) -> dict[str, Any]:
        """The JSON."""
        return {"value": self.value}


def schema_of(form: type[msgspec.Struct]) -> Schema:
    """The schema of a struct, as msgspec makes it. The struct's fields hold no other structs."""
    made = msgspec.json.schema(form)
    return Given(given=made["$defs"][form.__name__])


def with_body(content: dict[str, OpenAPIMediaType]) -> type[Operation]:
    """An operation whose body is described here, because its handler reads it by itself."""

    @dataclass
    class Described(Operation):
        request_body: RequestBody | None = field(default=None)

        def __post_init__(self) -> None:
            self.request_body = RequestBody(content=content, required=True, description=_told_of(content))

    return Described


def _told_of(content: dict[str, OpenAPIMediaType]) -> str:
    """What the forms of a body say of themselves, each once."""
    forms = [media.schema.given for media in content.values() if isinstance(media.schema, Given)]
    each = [alternative for form in forms for alternative in form.get("oneOf", [form])]
    return "\n\nOr: ".join(dict.fromkeys(form["description"] for form in each if form.get("description")))


def with_events(
    media_type: str, description: str, events: dict[str, type[msgspec.Struct]], example: str
) -> type[Operation]:
    """An operation that answers 200 with a stream of events; `events` is the form of each one's data, by its name.

    OpenAPI 3.1 has no words for the data of a stream's events: their schemas stand in `x-events`.
    """
    forms = {name: _whole_schema_of(form) for name, form in events.items()}
    schema = Given(given={"type": "string", "x-events": forms})

    @dataclass
    class Described(Operation):
        responses: Responses | None = field(default=None)

        def __post_init__(self) -> None:
            content = {media_type: OpenAPIMediaType(schema=schema, examples={"example": Shown(value=example)})}
            self.responses = {**(self.responses or {}), "200": OpenAPIResponse(description, content=content)}

    return Described


def _whole_schema_of(form: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of a struct with those of the structs in it."""
    (schema,), found = msgspec.json.schema_components([form], ref_template="#/$defs/{name}")
    return {**schema, "$defs": found}


def json_body(form: type[msgspec.Struct], example: Any) -> dict[str, OpenAPIMediaType]:
    """A JSON body of this form, with one example."""
    return {JSON: OpenAPIMediaType(schema=schema_of(form), examples={"example": Shown(value=example)})}


def json_body_of_either(*forms: tuple[str, type[msgspec.Struct], Any]) -> dict[str, OpenAPIMediaType]:
    """A JSON body of one of several forms, each with a name and an example."""
    either = Given(given={"oneOf": [schema_of(form).to_schema() for _, form, _ in forms]})
    examples: dict[str, Example | Reference] = {name: Shown(value=example) for name, _, example in forms}
    return {JSON: OpenAPIMediaType(schema=either, examples=examples)}


def document_body(kind: Kind, *, raw_files: bool) -> dict[str, OpenAPIMediaType]:
    """What a document may be sent as."""
    example = EXAMPLES[kind]
    if raw_files:
        example = {name: value for name, value in example.items() if name != "id"}
    content = {**json_body(BODIES[kind], example), "multipart/form-data": OpenAPIMediaType(schema=schema_of(Upload))}
    if raw_files:
        file = OpenAPIMediaType(schema=Given(given=FILE_FORM))
        content |= {"application/pdf": file, "application/octet-stream": file}
    return content


def answer(form: Any, description: str, example: Any = None) -> ResponseSpec:
    """A successful answer."""
    examples: list[Example] | None = None if example is None else [Shown(value=example)]
    return ResponseSpec(form, description=description, generate_examples=False, examples=examples)


def problems(*codes: str) -> dict[int, ResponseSpec]:
    """The problem answers of a call, by status, each with an example; beside `codes` those that any call may get."""
    found: dict[int, list[str]] = {}
    for code in (*codes, *_ALWAYS):
        found.setdefault(CODES[code][0], []).append(code)
    return {
        status: ResponseSpec(
            next((_FORMS[code] for code in named if code in _FORMS), ProblemBody),
            description="; ".join(f"`{code}`: {CODES[code][1]}" for code in named),
            media_type=PROBLEM_JSON,
            generate_examples=False,
            examples=[Shown(value=_problem_example(named[0]))],
        )
        for status, named in sorted(found.items())
    }


FAILED = ResponseSpec(
    FailedProblem,
    description="The document failed while its caller waited; the type is the document's own error code. Or "
    "`idempotency_key_used`: the key was used for another request",
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
                "revision": "1764000000000-42",
                "links": {"self": "/api/v1/resumes/r-17"},
            }
        )
    ],
)


def _problem_example(code: str) -> dict[str, Any]:
    status, title = CODES[code]
    return {"type": TYPE_PREFIX + code, "title": title, "status": status, "detail": "a sentence that says what to do"}

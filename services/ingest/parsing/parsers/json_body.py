"""JSON bodies: a resume's text, a job's fields."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from libs.contracts.documents import Metadata, check_metadata, read_whole_number
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import Kind
from libs.contracts.text_preparation import job_text, without_forbidden
from services.ingest.parsing.content import RawText

_NAMES = {str: "a text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}


def parse(data: bytes, kind: Kind) -> RawText:
    """The text of a resume (`text`), or of a job: description and requirements below its title.

    A field that is null counts as absent; unknown fields are ignored. Raises RecordRejected
    (`invalid_content`) with a sentence for what is not JSON, no object, or of a wrong type.
    """
    body = _object(data)
    metadata = _metadata(body["metadata"]) if body.get("metadata") is not None else None
    if kind == "resume":
        return RawText(text=_text(body, "text") or "", metadata=metadata)
    title = _text(body, "title")
    description = _description(body)
    requirements = _requirements(body)
    return RawText(
        text=job_text(None, description, requirements),
        title=title,
        description=description,
        requirements=requirements,
        metadata=metadata,
    )


def _object(data: bytes) -> dict[str, Any]:
    # The standard library's reader, because it lets lone surrogates pass: senders cut texts within an
    # emoji, and that is no reason to refuse the document.
    try:
        body = json.loads(data, parse_int=read_whole_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the body is not JSON: {str(error)[:200]}") from error
    if not isinstance(body, dict):
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the JSON body must be an object, not {_name(body)}")
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _text(body: dict[str, Any], field: str) -> str | None:
    value = body.get(field)
    if value is not None and not isinstance(value, str):
        raise _wrong(field, "a text", value)
    return None if value is None else without_forbidden(value)


def _description(body: dict[str, Any]) -> str | None:
    """`description`, and `text`, which means the same; where a sender fills both, nothing is lost."""
    description, text = _text(body, "description"), _text(body, "text")
    if not text or not description or text == description:
        return description or text
    return f"{description}\n\n{text}"


def _requirements(body: dict[str, Any]) -> str | list[str] | None:
    value = body.get("requirements")
    if isinstance(value, list):
        wrong = next((entry for entry in value if not isinstance(entry, str)), None)
        if wrong is not None or None in value:
            raise _wrong("requirements", "a text or a list of texts", value, f"a list that holds {_name(wrong)}")
        return [without_forbidden(entry) for entry in value]
    if value is not None and not isinstance(value, str):
        raise _wrong("requirements", "a text or a list of texts", value)
    return None if value is None else without_forbidden(value)


def _metadata(value: Any) -> Metadata:
    try:
        return check_metadata(_cleaned(value))
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, str(error)) from error


def _cleaned(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        _entry(name): [_entry(e) for e in entry] if isinstance(entry, list) else _entry(entry)
        for name, entry in value.items()
    }


def _entry(value: Any) -> Any:
    return without_forbidden(value) if isinstance(value, str) else value


def _wrong(field: str, wanted: str, value: Any, found: str | None = None) -> RecordRejected:
    return RecordRejected(ErrorCode.INVALID_CONTENT, f"{field} must be {wanted}, not {found or _name(value)}")


def _name(value: Any) -> str:
    return "null" if value is None else _NAMES.get(type(value), type(value).__name__)

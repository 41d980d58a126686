"""Values of JSON bodies, checked for their types, with sentences for whoever sent them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.contracts.documents import Metadata, check_metadata
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import Kind
from libs.contracts.json_forms import job_form
from libs.contracts.json_reading import UnreadableJson, read_json
from libs.contracts.standing import STATE, InvalidStanding, NamedStanding, named_in
from libs.contracts.text_preparation import without_forbidden

_NAMES = {str: "a text", bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`. Raises RecordRejected (`invalid_content`) for anything else."""
    # This reader, because it lets lone surrogates pass: senders cut texts within an
    # emoji, and that is no reason to refuse the document.
    try:
        body = read_json(data, any_number=_number, refuses_repeats=False)
    except UnreadableJson as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the body {error}") from error
    if not isinstance(body, dict):
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the JSON body must be an object, not {name_of(body)}")
    return body


def text_field(body: Mapping[str, Any], field: str) -> str | None:
    """A field's text, as given; None where it is absent or null. Raises RecordRejected for another type."""
    value = body.get(field)
    if value is not None and not isinstance(value, str):
        raise wrong_type(field, "a text", value)
    return None if value is None else without_forbidden(value)


def metadata_field(body: Mapping[str, Any]) -> Metadata | None:
    """The body's `metadata`; None where it is absent or null. Raises RecordRejected where it is none."""
    if body.get("metadata") is None:
        return None
    try:
        return check_metadata(_cleaned(body["metadata"]))
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, str(error)) from error


def standing_fields(body: Mapping[str, Any], kind: Kind) -> NamedStanding:
    """What the body's `expires_at` and, of a job, `state` name. Raises RecordRejected where one is not of its form.

    Postings of other systems may have a state of their own under that name: it is passed over.
    """
    if kind == "job" and job_form(body) != "own":
        body = {name: value for name, value in body.items() if name != STATE}
    try:
        return named_in(body, kind)
    except InvalidStanding as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, without_forbidden(str(error))) from error


def wrong_type(field: str, wanted: str, value: Any, found: str | None = None) -> RecordRejected:
    """The refusal of a field's type."""
    return RecordRejected(ErrorCode.INVALID_CONTENT, f"{field} must be {wanted}, not {found or name_of(value)}")


def name_of(value: Any) -> str:
    """What a value is, in words."""
    return "null" if value is None else _NAMES.get(type(value), type(value).__name__)


def _number(text: str) -> float:
    if text in ("NaN", "Infinity", "-Infinity"):
        raise UnreadableJson(f"is not JSON: {text} is no number of it")
    return float(text)


def _cleaned(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        _entry(name): [_entry(e) for e in entry] if isinstance(entry, list) else _entry(entry)
        for name, entry in value.items()
    }


def _entry(value: Any) -> Any:
    return without_forbidden(value) if isinstance(value, str) else value

"""JSON bodies: read, held against a form, and refused with the place that is at fault."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from libs.contracts.cloudevents import JSON
from libs.contracts.json_reading import Misfit, UnreadableJson, misfit, read_json
from services.gateway.problems import Problem

# What takes longer to read than the event loop may be held up is read in a thread.
_SMALL_BYTES = 65_536
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_MAYBE_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")

Form = TypeVar("Form")


def read_object(body: bytes, content_type: str, form: type[Form]) -> Form:
    """A JSON body of the given form. Raises Problem (`unsupported_type`, `invalid_body`)."""
    check_is_json(content_type)
    return fitted(_read(body, _finite), form)


def check_is_json(content_type: str) -> None:
    """Raises Problem (`unsupported_type`) for a body of another type."""
    if content_type != JSON:
        raise Problem(
            "unsupported_type",
            f"send {JSON}, not {content_type[:80] or 'a body of no type'}",
            header="Content-Type",
        )


async def read_any_object(body: bytes) -> dict[str, Any]:
    """A JSON object of whatever fields, numbers among them that JSON has not. Raises Problem (`invalid_body`)."""
    read = _read(body, float) if len(body) <= _SMALL_BYTES else await asyncio.to_thread(_read, body, float)
    return fitted(read, dict[str, Any])


def fitted(value: Any, form: type[Form]) -> Form:
    """A JSON value as the form. Raises Problem (`invalid_body`), which names the field at fault."""
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        raise _unfit(misfit(error)) from None


def _unfit(found: Misfit) -> Problem:
    name = found.pointer.removeprefix("/").replace("/", ".") or "the body"
    return Problem("invalid_body", f"{name} {found.sentence}", pointer=found.pointer)


def _read(body: bytes, any_number: Callable[[str], float]) -> Any:
    try:
        value = read_json(body, any_number=any_number)
        # Senders cut texts within an emoji, and as an event the same body is taken.
        return _without_halves(value) if _MAYBE_HALF_A_PAIR.search(body) else value
    except UnreadableJson as error:
        raise Problem("invalid_body", f"the body {error}", pointer="") from None
    except RecursionError:
        raise Problem("invalid_body", "the body is nested too deeply", pointer="") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnreadableJson(f"holds {text[:40]}, which is no number of JSON, or too large a one")
    return number


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_A_PAIR.sub("", value)
    if isinstance(value, list):
        return [_without_halves(each) for each in value]
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(each) for name, each in value.items()}
    return value

"""What every route asks of a request before it is answered: parameters that it has, in encodings that can be read."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter

from libs.contracts.percent_encoding import is_well_encoded
from services.gateway.problems import Problem

_SHOWN_CHARS, _SHOWN_NAMES = 60, 5
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


async def refuse_unreadable(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard. Raises Problem: `unknown_parameter`, `invalid_request`, `unsupported_type` (another charset of JSON)."""
    _check_parameters(connection.scope["query_string"], handler)
    _check_charset(connection.headers.get("content-type", ""))


def _check_parameters(query: bytes, handler: BaseRouteHandler) -> None:
    if not query:
        return
    if not is_well_encoded(query):
        raise Problem(
            "invalid_request",
            "the parameters cannot be read: after a % stand two hexadecimal digits, of UTF-8 all in all; a % itself is "
            "written %25",
        )
    given = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    known = {name: several for name, several, _ in _parameters(handler)}
    unknown = list(dict.fromkeys(name for name in given if name not in known))
    if unknown:
        shown = [name for name, _, is_told in _parameters(handler) if is_told]
        there_are = f"there are {', '.join(shown)}" if shown else "there are none"
        named = ", ".join(_shown(name) for name in unknown[:_SHOWN_NAMES])
        raise Problem(
            "unknown_parameter",
            f"this address has no parameter {named}; {there_are}",
            parameter=unknown[0][:_SHOWN_CHARS],
        )
    repeated = next((name for name in given if given.count(name) > 1 and not known[name]), None)
    if repeated is not None:
        raise Problem("invalid_request", f"the parameter {repeated} stands there more than once", parameter=repeated)


def _parameters(handler: BaseRouteHandler) -> list[tuple[str, bool, bool]]:
    """A route's parameters: name, whether it may stand there several times, whether the description has it."""
    found = []
    for field in handler.parsed_fn_signature.parameters.values():
        parameter = field.kwarg_definition
        if isinstance(parameter, QueryParameter):
            name = parameter.query or parameter.name or field.name
            found.append((name, field.is_non_string_sequence, parameter.include_in_schema))
    return found


def _check_charset(content_type: str) -> None:
    media_type, *parameters = content_type.split(";")
    if not media_type.strip().lower().endswith(("/json", "+json")):
        return
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(" \"'").lower() not in _UTF8:
            raise Problem(
                "unsupported_type",
                f"JSON is read in UTF-8, not in {_shown(value.strip())}: leave the charset out",
                header="Content-Type",
            )


def _shown(name: str) -> str:
    shown = "".join(char if char.isprintable() else "\ufffd" for char in name[:_SHOWN_CHARS])
    return f"'{shown}'"

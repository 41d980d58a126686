"""The API's description as it is published: what the framework makes of the routes, and what it leaves out.

It takes the words of a field for those of the field's form, says nothing of forms themselves, shows no answers, and
knows the headers of one answer of a route alone.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from libs.contracts.inner.problems import PROBLEM_JSON
from services.gateway.api.answer_headers import HEADERS, headers_of
from services.gateway.api.examples import ANSWERS
from services.gateway.limits.costs import cost_of

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

_METHODS = ("get", "post", "put", "patch", "delete")


class DescribedForms(OpenAPISchemaPlugin):
    """Stands before the framework's own plugin for structs, and notes what each says of itself, by its title."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Structs."""
        return not field_definition.is_union and field_definition.is_subclass_of(msgspec.Struct)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """As the framework makes it."""
        own = next(
            plugin
            for plugin in schema_creator.plugins
            if plugin is not self and schema_creator.plugin_supports_field(plugin, field_definition)
        )
        schema: Schema = own.to_openapi_schema(field_definition, schema_creator)
        if schema.title and (told := field_definition.annotation.__doc__):
            self.told[schema.title] = cleandoc(told)
        return schema


def published(app: Litestar) -> dict[str, Any]:
    """The description, as JSON."""
    description: dict[str, Any] = app.openapi_schema.to_schema()
    told = app.plugins.get(DescribedForms).told
    for schema in description["components"]["schemas"].values():
        if (words := told.get(schema.get("title", ""))) is not None:
            schema["description"] = words
    description["components"]["headers"] = HEADERS
    counting = _counting(app)
    for item in description["paths"].values():
        for operation in (item[method] for method in _METHODS if method in item):
            counts = operation["operationId"] in counting and bool(operation.get("security"))
            for status, answer in operation["responses"].items():
                names = headers_of(
                    operation["operationId"],
                    int(status),
                    is_problem=PROBLEM_JSON in answer.get("content", {}),
                    counts=counts,
                )
                answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
                for content in answer.get("content", {}).values():
                    _show_example(content)
    return description


def _show_example(content: dict[str, Any]) -> None:
    """Adds the examples of its forms to an answer that has none of its own."""
    schema = content["schema"]
    names = [form["$ref"].rpartition("/")[2] for form in schema.get("oneOf", [schema]) if "$ref" in form]
    if "examples" not in content and (shown := {name: {"value": ANSWERS[name]} for name in names if name in ANSWERS}):
        content["examples"] = shown


def _counting(app: Litestar) -> set[str]:
    """The operations whose calls take of a key's quota."""
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    return {
        str(handler.operation_id)
        for handler in handlers
        if isinstance(handler, HTTPRouteHandler) and handler.operation_id and cost_of(handler.opt)
    }

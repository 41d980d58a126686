"""What ingest is asked of a text that is stored already; it answers with its Structure."""

from __future__ import annotations

import msgspec

from libs.contracts.events import TextEvent
from libs.contracts.identifiers import Kind
from libs.contracts.structure import LineStyle


class StructureOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A stored text, and what its structure depends on beside it.

    `as_of` is the day, `YYYY-MM-DD`, that "present" means. `title` is the one that is stored, given or found;
    `description` and `requirements` are a job's, as given. `line_styles` has one for each line of the text that holds
    something, or is empty.
    """

    kind: Kind
    text: str
    as_of: str
    title: str | None = None
    description: str | None = None
    requirements: str | list[str] | None = None
    line_styles: list[LineStyle] = []


def order_of(event: TextEvent) -> StructureOrder:
    """What is asked of the text of an event."""
    return StructureOrder(**{name: getattr(event, name) for name in StructureOrder.__struct_fields__})

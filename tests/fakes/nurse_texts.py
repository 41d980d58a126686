"""A stored text, the structures that an ingest finds in it, and what is seen of its way through matching."""

from __future__ import annotations

from typing import Any

from libs.contracts import events
from libs.contracts.events import TextEvent, VectorsEvent
from libs.contracts.inner.documents import ResumeDocument
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.revision import Revision
from libs.contracts.structure import Entry, IdentitySpan, Mention, Section, Structure
from libs.contracts.topics import TEXT
from services.matching.derivation.worker import Derivation
from tests.fakes.documents import key_of, vectors_event
from tests.fakes.matching_parts import Matching

R1, R2 = Revision(1000, 1), Revision(1000, 2)
KEY, JOB, OTHER = "default/resume/r1", "default/job/j1", "other/resume/r1"
STORED = "Ada Example\nRegistered nurse since 2016\nIntensive care"
NAME = IdentitySpan(0, 11, "name")
NURSE: dict[str, Any] = {
    "language": "en",
    "sections": [Section(12, len(STORED), "Registered nurse", "experience")],
    "entries": [Entry(start=12, end=39, type="work", title="Registered nurse", from_="2016", in_progress=True)],
    "mentions": [Mention(start=40, end=54, type="skill", name="Intensive care")],
}


def nurse(order: StructureOrder) -> Structure:
    """What is found without a name."""
    return Structure(title="Registered nurse", **NURSE)


def named_nurse(order: StructureOrder) -> Structure:
    """The same and a name."""
    return Structure(title="Registered nurse", identity_spans=[NAME], **NURSE)


async def derive(derivation: Derivation) -> None:
    while await derivation.step():
        pass


def sent(matching: Matching) -> list[TextEvent]:
    """The texts that were published."""
    return [
        events.decode(record.value, TextEvent) for record in matching.publisher.topics[TEXT] if record.value is not None
    ]


async def resume(matching: Matching) -> ResumeDocument:
    found = await matching.service.document(key_of(KEY))
    assert isinstance(found, ResumeDocument)
    return found


async def vectors_in(matching: Matching) -> list[dict[str, Any]]:
    return await matching.rows('SELECT id, stamp, "offset", windows, units FROM matching.vectors_0a0b0c0d ORDER BY id')


def embedded(text: TextEvent) -> VectorsEvent:
    """What embedding makes of a text that was sent, but for its cuts."""
    fields = {name: getattr(text, name) for name in TextEvent.__struct_fields__}
    for given in ("tenant", "kind", "id", "revision", "text"):
        fields.pop(given)
    return vectors_event(str(text.key), text.parsed_revision, text.text, **fields)

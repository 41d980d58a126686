"""A parser without a sandbox: the same parsing, in the test's own process."""

from __future__ import annotations

from libs.contracts.documents import MAX_TEXT_CHARS
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from services.ingest.parsing import parsing
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.parsing.derived_again import derived_again


class InProcessParser:
    """Counts what it parses; `faults` holds what it raises, each once, in order, before it parses again."""

    def __init__(self) -> None:
        self.parsed: list[Content] = []
        self.faults: list[Exception] = []

    async def parse(self, content: Content) -> ParsedDocument:
        if self.faults:
            raise self.faults.pop(0)
        self.parsed.append(content)
        return parsing.parse(content, MAX_TEXT_CHARS)

    async def structure(self, order: StructureOrder) -> Structure:
        if self.faults:
            raise self.faults.pop(0)
        return derived_again(order)

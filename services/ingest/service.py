"""The work itself: a submission becomes a document's stored text."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Protocol

from libs.contracts.documents import MAX_FILE_BYTES
from libs.contracts.errors import ErrorCode, Overloaded, RecordRejected
from libs.contracts.events import TextEvent, with_structure
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.standing import standing_fields
from libs.contracts.structure import Structure
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.records.submission import Submission

# Stored texts that may wait until others were looked through.
STRUCTURES_WAITING = 16


class Parser(Protocol):
    """Parses contents without computing on the event loop. Raises as `Sandbox.parse` does."""

    async def parse(self, content: Content) -> ParsedDocument:
        """What is derived from a content. Waits for a free parser."""
        ...

    async def structure(self, order: StructureOrder) -> Structure:
        """The structure of a stored text. Waits for a free parser."""
        ...


class IngestService:
    """Makes text events of submissions. May be called concurrently; the parser bounds what runs at once.

    Of stored texts `structures_at_once` are looked through anew at a time, so that submissions find a free parser, and
    STRUCTURES_WAITING more wait for their turn.
    """

    def __init__(self, parser: Parser, *, structures_at_once: int = 1) -> None:
        self._parser = parser
        self._structures_at_once = structures_at_once
        self._turns = asyncio.Semaphore(structures_at_once)
        self._structures = 0

    async def structure(self, order: StructureOrder) -> Structure:
        """The structure of a stored text, found anew. Raises Overloaded, and as `Sandbox.parse` does."""
        if self._structures >= self._structures_at_once + STRUCTURES_WAITING:
            raise Overloaded("structures", f"{self._structures} stored texts are being looked through already")
        self._structures += 1
        try:
            async with self._turns:
                return await self._parser.structure(order)
        finally:
            self._structures -= 1

    async def parse(self, submission: Submission) -> TextEvent:
        """The text event of a submission, its content hash the sha256 of the stored text, hex.

        Raises RecordRejected with a sentence for the document's owner, DependencyUnavailable, ParserFault.
        """
        size = len(submission.content.data)
        if size > MAX_FILE_BYTES:
            raise RecordRejected(ErrorCode.TOO_LARGE, f"the file has {size} bytes; {MAX_FILE_BYTES} are allowed")
        parsed = await self._parser.parse(submission.content)
        subject = submission.subject
        metadata = submission.metadata if parsed.metadata is None else parsed.metadata
        event = TextEvent(
            tenant=subject.key.tenant,
            kind=subject.key.kind,
            id=subject.key.id,
            revision=str(subject.revision),
            source_event=subject.source_event,
            text=parsed.text,
            description=parsed.description,
            requirements=parsed.requirements,
            metadata=metadata or {},
            metadata_revision=None if metadata is None else str(subject.revision),
            line_styles=parsed.line_styles,
            notes=parsed.notes,
            as_of=parsed.as_of,
            submitted_at=submission.submitted_at,
            content_hash=hashlib.sha256(parsed.text.encode()).hexdigest(),
            **standing_fields(parsed.standing.over(submission.standing).at(subject.revision), subject.revision),
        )
        return with_structure(event, parsed.structure)

"""Candidates a part at a time: how many fit into one, and what scoring them may take."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from libs.contracts.identifiers import Kind
from services.matching.answers import scored_rows
from services.matching.answers.scored_rows import Size
from services.matching.scoring.blocks import BLOCK_BYTES
from services.matching.storage.database import Reading
from services.matching.storage.spaces_table import Space

# Stored bytes that are read and scored at once, so that answers take turns in the threads; a larger document is read
# alone.
PART_BYTES = 2 * 1024 * 1024

# What a document takes beside its stored form, measured on the longest: terms and strings for each byte of its text,
# vectors as float32 and their copies for each unit of 384 numbers.
_OF_TEXT, _OF_UNIT = 30, 6 * 1024
# Bytes of a requirement as a result shows it, with its best evidence.
_OF_REQUIREMENT = 600


def cost_of_scoring(asked: Size | None, found: Sequence[Size], *, shown: int) -> int:
    """Bytes that an answer takes at most while it is worked on: an estimate, of the documents' sizes.

    `asked` is the document that all others are compared with, None for a query; `shown` how many results are kept.
    """
    if not found:
        return 0 if asked is None else 2 * asked.stored  # it is read all the same
    part = 2 * min(max(PART_BYTES, max(size.stored for size in found)), sum(size.stored for size in found))
    decoded = max(_decoded(size) for size in found)
    if asked is None:
        return part + decoded
    largest = max(size.units for size in found)
    terms = max(asked.text, *(size.text for size in found)) // 4
    matrices = 2 * min(BLOCK_BYTES, 4 * asked.units * largest) + min(BLOCK_BYTES, 4 * max(asked.units, largest) * terms)
    results = min(shown, len(found)) * max(asked.units, largest) * _OF_REQUIREMENT
    return part + decoded + 2 * asked.stored + _decoded(asked) + matrices + results


async def in_parts(
    connection: Reading, tenant: str, kind: Kind, found: Sequence[Size], space: Space | None
) -> AsyncIterator[list[Any]]:
    """The rows of documents as `scored_rows.load` gives them, some at a time. The caller keeps none of them."""
    for ids in _grouped(found):
        yield list(await scored_rows.load(connection, tenant, kind, ids, space))


def _decoded(size: Size) -> int:
    return _OF_TEXT * size.text + _OF_UNIT * size.units


def _grouped(found: Sequence[Size]) -> list[list[str]]:
    groups: list[list[str]] = []
    room = 0
    for size in found:
        if size.stored > room or not groups:
            groups.append([])
            room = PART_BYTES
        groups[-1].append(size.id)
        room -= size.stored
    return groups

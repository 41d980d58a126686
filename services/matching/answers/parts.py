"""Documents to be scored, a part at a time: how many fit into one, and what scoring them may take."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers import scored_rows
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.scored_rows import Scored, Shown, Size
from services.matching.scoring.choosing.narrowing import WAITING_BYTES
from services.matching.scoring.signals.requirement_strengths import AT_ONCE
from services.matching.storage.spaces_table import Space

# Stored bytes that are read and scored at once, so that answers take turns in the threads; a larger document is read
# alone.
PART_BYTES = 4 * 1024 * 1024

# What a document takes beside its stored form, measured on the longest: terms and strings for each byte of its text,
# vectors as float32 and their copies for each unit of 384 numbers.
_OF_TEXT, _OF_UNIT = 30, 6 * 1024
# A comparison takes so many bytes at most for each unit of a resume and each thing that a job asks for, measured where
# positions decide them and where one word stands everywhere; and how many things, where that is not known, units of a
# job that may be requirements ask for.
_OF_COMPARISON, _ASKS = 40, 2
# A unit of 384 numbers takes so many stored bytes, with its share of the reading.
_STORED_UNIT = 400
# Bytes of a requirement as a result shows it, with its best evidence.
_OF_REQUIREMENT = 600


def cost_of_scoring(asked: Size | None, found: Sequence[Size], *, shown: int, asks: int | None = None) -> int:
    """Bytes that an answer takes at most while it is worked on: an estimate, of the documents' sizes.

    `asked` is the document that all others are compared with, None for a query; `shown` how many results are kept;
    `asks`, where `asked` is a job and that is known, for how many things it asks.
    """
    if not found:
        return 0 if asked is None else 2 * asked.stored  # it is read all the same
    every = sum(_read(size) for size in found)
    part = min(max(PART_BYTES, max(_read(size) for size in found)), every)
    # Read twice over, its vectors as float32.
    read = (2 + 4) * part + max(_decoded(size) for size in found)
    if asked is None:
        # And those that wait to be ranked exactly.
        return read + min(WAITING_BYTES + part, every)
    largest = max(size.units for size in found)
    together = max(largest, asked.units, min(PART_BYTES // _STORED_UNIT, sum(size.units for size in found)))
    asks = _ASKS * max(asked.units, largest) if asks is None else asks
    matrices = _OF_COMPARISON * min(asks, _ASKS * AT_ONCE) * together
    results = min(shown, len(found)) * max(asked.units, largest) * _OF_REQUIREMENT
    return read + 2 * asked.stored + _decoded(asked) + matrices + results


async def in_parts(
    connection: Reading, limits: AnswerLimits, tenant: str, kind: Kind, found: Sequence[Size], space: Space
) -> AsyncIterator[list[Scored]]:
    """Documents as scoring takes them, some at a time, in no order. The caller keeps none of them.

    What was derived in an older form, or cannot be read, is derived anew.
    """
    for sizes in _grouped(found, _stored):
        ids = [size.id for size in sizes]
        rows = await scored_rows.reading_rows(connection, tenant, kind, ids, space)
        documents, underived = await limits.scoring(partial(scored_rows.read, rows, space))
        del rows
        if documents:
            yield documents
        del documents
        for stale in _grouped([size for size in sizes if size.id in underived], _read):
            whole = await scored_rows.whole_rows(connection, tenant, kind, [size.id for size in stale], space)
            yield await limits.scoring(partial(scored_rows.derived_anew, whole, space))


async def texts_in_parts(
    connection: Reading, tenant: str, kind: Kind, found: Sequence[Size], *, masked: bool
) -> AsyncIterator[dict[str, Shown]]:
    """Titles and texts of documents that are shown, some at a time; `masked`: without who a person is."""
    for sizes in _grouped(found, _text):
        yield await scored_rows.shown_texts(connection, tenant, kind, [size.id for size in sizes], masked=masked)


def _stored(size: Size) -> int:
    return size.stored


def _text(size: Size) -> int:
    return size.text


def _read(size: Size) -> int:
    return size.stored + size.text


def _decoded(size: Size) -> int:
    return _OF_TEXT * size.text + _OF_UNIT * size.units


def _grouped(found: Sequence[Size], bytes_of: Callable[[Size], int]) -> Iterator[list[Size]]:
    group: list[Size] = []
    room = PART_BYTES
    for size in found:
        if group and bytes_of(size) > room:
            yield group
            group, room = [], PART_BYTES
        group.append(size)
        room -= bytes_of(size)
    if group:
        yield group

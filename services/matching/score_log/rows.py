"""Answers as rows of the score log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from libs.contracts.identifiers import KINDS, DocumentKey, Kind
from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.score_log.marks import erased_name, lock_for_writing
from services.matching.score_log.shown_answer import LoggedDocument, ShownAnswer, ShownScore

_OTHER: dict[Kind, Kind] = {"job": "resume", "resume": "job"}
_INSERT = """
INSERT INTO matching.score_log (tenant, at, answer, operation, asked_by, actor, scoring_version, reading_version, space,
    {asked}_id, {asked}_stamp, {asked}_offset, {asked}_hash, {asked}_structure,
    {other}_id, {other}_stamp, {other}_offset, {other}_hash, {other}_structure, score, place)
SELECT $1::text, $2::timestamptz, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::smallint, $9::text,
    $10::text, $11::bigint, $12::bigint, $13::bytea, $14::smallint, shown.*
FROM unnest($15::text[], $16::bigint[], $17::bigint[], $18::bytea[], $19::smallint[], $20::real[])
    WITH ORDINALITY AS shown
"""
_ERASED = """
SELECT id, erased_stamp, erased_offset FROM matching.documents
WHERE tenant = $1 AND kind = $2 AND id = ANY($3) AND erased_stamp IS NOT NULL
"""
_WRITTEN = """
SELECT DISTINCT answer FROM matching.score_log
WHERE tenant = $1 AND {kind}_id = ANY($2) AND at = ANY($3::timestamptz[]) AND answer = ANY($4::bigint[])
"""


async def write_answers(connection: Writing, answers: Sequence[ShownAnswer], *, unsure: bool) -> int:
    """Writes answers of one tenant, in a transaction of their own; returns how many rows they are.

    Documents that were erased since they were scored are named as such. `unsure`: answers that are in the log already,
    by an earlier try whose commit nobody heard of, are left out. The month of each must have its partition.
    """
    tenant = answers[0].tenant
    await lock_for_writing(connection, tenant)
    names = await _erased_names(connection, answers)
    if unsure:
        written = await _written(connection, answers, names)
        answers = [each for each in answers if each.answer not in written]
    rows = 0
    for kind in KINDS:
        about = [_named(each, names) for each in answers if each.kind == kind and each.scores]
        if about:
            statement = _INSERT.format(asked=kind, other=_OTHER[kind])
            await connection.executemany(statement, [_values(each) for each in about])
            rows += sum(len(each.scores) for each in about)
    return rows


Names = Mapping[DocumentKey, tuple[Revision, str]]
"""Of documents that were erased: up to which revision, and the name that they have in the log."""


async def _erased_names(connection: Writing, answers: Sequence[ShownAnswer]) -> Names:
    tenant = answers[0].tenant
    ids: defaultdict[Kind, set[str]] = defaultdict(set)
    for each in answers:
        ids[each.kind].add(each.asked.id)
        ids[_OTHER[each.kind]].update(one.other.id for one in each.scores)
    names: dict[DocumentKey, tuple[Revision, str]] = {}
    for kind, of_kind in ids.items():
        for row in await connection.fetch(_ERASED, tenant, kind, sorted(of_kind)):
            key = DocumentKey(tenant, kind, row["id"])
            erased = Revision(row["erased_stamp"], row["erased_offset"])
            names[key] = (erased, await erased_name(connection, key))
    return names


async def _written(connection: Writing, answers: Sequence[ShownAnswer], names: Names) -> set[int]:
    """Those of the answers that are in the log."""
    found: set[int] = set()
    for kind in KINDS:
        about = [each for each in answers if each.kind == kind]
        # An erasure that came since may have changed the name.
        ids = {each.asked.id for each in about}
        ids |= {name for key, (_, name) in names.items() if key.kind == kind and key.id in ids}
        moments, numbers = [each.at for each in about], [each.answer for each in about]
        statement = _WRITTEN.format(kind=kind)
        rows = await connection.fetch(statement, answers[0].tenant, sorted(ids), moments, numbers)
        found.update(row["answer"] for row in rows)
    return found


class _Named(msgspec.Struct, frozen=True):
    """An answer with what is written of its documents: id, stamp, offset, hash, version of the structure."""

    answer: ShownAnswer
    asked: tuple[str, int | None, int | None, bytes | None, int]
    others: Sequence[tuple[str, int | None, int | None, bytes | None, int]]
    scores: Sequence[ShownScore]


def _named(answer: ShownAnswer, names: Names) -> _Named:
    def of(kind: Kind, document: LoggedDocument) -> tuple[str, int | None, int | None, bytes | None, int]:
        version = document.version
        erased = names.get(DocumentKey(answer.tenant, kind, document.id)) if names else None
        if erased is not None and Revision(version.stamp, version.offset) <= erased[0]:
            return erased[1], None, None, None, version.structure_version
        return document.id, version.stamp, version.offset, _bytes(version.text_hash), version.structure_version

    other = _OTHER[answer.kind]
    return _Named(
        answer, of(answer.kind, answer.asked), [of(other, each.other) for each in answer.scores], answer.scores
    )


def _bytes(text_hash: str) -> bytes | None:
    """None where what is stored as the text's hash is not one: documents of before it was kept."""
    try:
        return bytes.fromhex(text_hash) or None
    except ValueError:
        return None


def _values(named: _Named) -> tuple[object, ...]:
    answer = named.answer
    return (
        answer.tenant,
        answer.at,
        answer.answer,
        answer.operation,
        answer.asker.key,
        answer.asker.actor,
        answer.scoring_version,
        answer.reading_version,
        answer.space,
        *named.asked,
        *(list(column) for column in zip(*named.others, strict=True)),
        [each.score for each in named.scores],
    )

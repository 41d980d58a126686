"""What is derived of stored documents is there again, whoever wrote them and whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.matching.derivation import readings
from services.matching.derivation.readings import ReadingDerivation
from services.matching.derivation.worker import Derivation
from services.matching.index.derived import derive
from services.matching.scoring.reading.stored_reading import READING_VERSION
from tests.fakes.documents import SPACE, vectors_event
from tests.fakes.matching_parts import Matching
from tests.fakes.nurse_texts import KEY, STORED

pytestmark = pytest.mark.integration

R1, R2 = Revision(1, 1), Revision(1, 2)
RESUMES = [f"default/resume/r{number}" for number in range(3)]
JOB = "default/job/j1"
TEXT = "Welder\nTIG welding of ship hulls 2010 - 2018\nNorwegian language\nNumber {}"
JOB_TEXT = "Marine welder\nRequirements\nFive years of TIG welding\nNorwegian language required"
DERIVED_TABLES = ("cards", f"cards_{SPACE}", f"nearest_{SPACE}")


async def test_after_the_migration_everything_is_derived_as_if_it_had_been_written_now(matching: Matching) -> None:
    await _index_all(matching)
    before = await _derived_rows(matching)
    await _forget_as_after_the_migration(matching)
    assert await _derived_rows(matching) != before
    await _derive_all(matching)
    assert await _derived_rows(matching) == before


async def test_a_score_is_the_same_before_and_after(matching: Matching) -> None:
    await _index_all(matching)
    pair = DocumentKey.parse(JOB), DocumentKey.parse(RESUMES[0])
    before = await matching.service.calculate(*pair)
    await _forget_as_after_the_migration(matching)
    assert await matching.service.calculate(*pair) == before
    await _derive_all(matching)
    assert await matching.service.calculate(*pair) == before


async def test_what_a_process_of_before_wrote_is_derived_too(matching: Matching) -> None:
    await _index_all(matching)
    before = await _derived_rows(matching)
    async with matching.database.writing("default") as connection:
        # It replaces vectors, leaving a reading that is not theirs, and knows of no cards.
        await connection.execute(
            f"UPDATE matching.vectors_{SPACE} SET document = (SELECT document FROM matching.nearest_{SPACE} LIMIT 1), "
            f"reading = (SELECT reading FROM matching.vectors_{SPACE} WHERE id = 'r1') WHERE kind = 'resume'"
        )
        for table in ("cards", "unpacked"):
            await connection.execute(f"DELETE FROM matching.{table} WHERE kind = 'resume'")
    await _derive_all(matching)
    after = await _derived_rows(matching)
    assert _readings(after) == _readings(before)
    assert {row["id"]: row["terms"] for row in after["cards"]} == {row["id"]: row["terms"] for row in before["cards"]}


async def test_a_document_that_is_replaced_meanwhile_keeps_what_was_derived_of_the_newer(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    await matching.index(vectors_event(RESUMES[0], R1, TEXT.format(0)))
    await _forget_as_after_the_migration(matching)
    loop = asyncio.get_running_loop()
    newer = matching.index(vectors_event(RESUMES[0], R2, "Nurse\nIntensive care and surgery"))

    def replaced_meanwhile(*arguments: Any) -> Any:
        asyncio.run_coroutine_threadsafe(newer, loop).result(timeout=60)
        return derive(*arguments)

    monkeypatch.setattr(readings, "derive", replaced_meanwhile)
    worker = ReadingDerivation(matching.database)
    assert await worker.step()
    await worker._claim.release()
    monkeypatch.setattr(readings, "derive", derive)
    replaced = await _derived_rows(matching)
    await _forget_as_after_the_migration(matching)
    await _derive_all(matching)
    assert await _derived_rows(matching) == replaced


async def test_one_process_at_a_time_derives(matching: Matching) -> None:
    await _index_all(matching)
    await _forget_as_after_the_migration(matching)
    first, second = ReadingDerivation(matching.database), ReadingDerivation(matching.database)
    assert await first.step()
    await _forget_as_after_the_migration(matching)
    assert not await second.step()
    await first._claim.release()
    assert await second.step()


async def test_a_document_that_cannot_be_read_does_not_keep_the_others(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _index_all(matching)
    before = await _derived_rows(matching)
    await _forget_as_after_the_migration(matching)

    def not_the_first(document_id: str, *others: Any) -> Any:
        if document_id == "r0":
            raise ArithmeticError("a fault of our own")
        return derive(document_id, *others)

    monkeypatch.setattr(readings, "derive", not_the_first)
    await _derive_all(matching)
    after = await _derived_rows(matching)
    assert {id for id, reading in _readings(after).items() if reading} == {"r1", "r2", "j1"}
    assert _readings(after)["r1"] == _readings(before)["r1"]


async def test_documents_without_vectors_are_passed_over(matching: Matching) -> None:
    await _index_all(matching)
    await _forget_as_after_the_migration(matching)
    async with matching.database.writing("default") as connection:
        await connection.execute(f"DELETE FROM matching.vectors_{SPACE} WHERE id = 'r0'")
    await _derive_all(matching)
    async with matching.database.reading("default") as connection:
        rows = await connection.fetch("SELECT reading_version FROM matching.cards")
    assert [row["reading_version"] for row in rows] == [READING_VERSION] * 4


async def test_a_structure_that_is_found_anew_is_read_anew(matching: Matching, derivation: Derivation) -> None:
    await matching.index(vectors_event(KEY, R1, STORED))
    while await derivation.step():
        pass
    async with matching.database.reading("default") as connection:
        assert await connection.fetchval(f"SELECT reading_version FROM matching.vectors_{SPACE}") == 0
    await _derive_all(matching)
    async with matching.database.reading("default") as connection:
        assert await connection.fetchval(f"SELECT reading_version FROM matching.vectors_{SPACE}") == READING_VERSION


async def _index_all(matching: Matching) -> None:
    resumes = [vectors_event(key, R1, TEXT.format(key)) for key in RESUMES]
    await matching.index(*resumes, vectors_event(JOB, R1, JOB_TEXT))


async def _derive_all(matching: Matching) -> None:
    worker = ReadingDerivation(matching.database)
    for _ in range(20):
        if not await worker.step():
            break
    else:
        raise AssertionError("it derives the same over and over")
    await worker._claim.release()
    await worker.stop()


async def _forget_as_after_the_migration(matching: Matching) -> None:
    async with matching.database.writing("default") as connection:
        await connection.execute(
            f"""UPDATE matching.vectors_{SPACE} v SET reading = NULL, reading_version = 0, document = n.document
            FROM matching.cards c JOIN matching.nearest_{SPACE} n USING (tenant, kind, number)
            WHERE (c.tenant, c.kind, c.id) = (v.tenant, v.kind, v.id)"""
        )
        await connection.execute("UPDATE matching.cards SET reading_version = 0, length = 0, terms = ''")
        for table in (f"cards_{SPACE}", "unpacked", "filter_values", "identity_terms"):
            await connection.execute(f"DELETE FROM matching.{table}")


async def _derived_rows(matching: Matching) -> dict[str, list[dict[str, Any]]]:
    """All rows, but for what tells one writing from another."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with matching.database.reading("default") as connection:
        for table in (*DERIVED_TABLES, "unpacked", f"vectors_{SPACE}"):
            order = "kind, id" if table.startswith("vectors") else "kind, number"
            rows = [dict(row) for row in await connection.fetch(f"SELECT * FROM matching.{table} ORDER BY {order}")]
            found[table] = [
                {name: str(value) if name == "document" else value for name, value in row.items()} for row in rows
            ]
            for row in found[table]:
                row.pop("version", None)
                row.pop("noted_at", None)
    return found


def _readings(rows: dict[str, list[dict[str, Any]]]) -> dict[str, bytes | None]:
    return {row["id"]: row["reading"] for row in rows[f"vectors_{SPACE}"]}

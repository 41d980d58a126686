"""Erased documents leave the word index to the last byte, and their receipts say when."""

from __future__ import annotations

import pytest

from libs.contracts.erasures import Receipt
from libs.contracts.identifiers import receipt_id
from libs.contracts.revision import Revision
from libs.localstack.postgres.roles import run_sql
from services.matching.index.words import postings_form
from services.matching.index.words.postings_form import decoded, signed
from services.matching.index.words.upkeep import erasing
from services.matching.index.words.upkeep.worker import Packing
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import terms_of
from tests.fakes.documents import key_of, vectors_event
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration

ERASED = Revision(2000, 9)
TABLES = ("cards", "unpacked", "segments", "postings", "buried", "filter_values", "identity_terms")


@pytest.fixture(autouse=True)
def _long_numbers(words: Words) -> None:
    """Numbers that no ordinal, count or length has by chance."""
    run_sql(words.matching.dsns.superuser, "SELECT setval('matching.document_numbers', 77000000)")


async def _index(words: Words, document: str, text: str, stamp: int = 1) -> None:
    await words.matching.index(vectors_event(f"default/resume/{document}", Revision(1000, stamp), text))


async def _erase(words: Words, *documents: str) -> None:
    for document in documents:
        await words.matching.writer.erase(key_of(f"default/resume/{document}"), ERASED)


async def _receipt(words: Words, document: str) -> Receipt:
    receipt = await words.matching.writer.receipt("default", receipt_id(key_of(f"default/resume/{document}"), ERASED))
    assert receipt is not None
    return receipt


async def _status(words: Words, document: str) -> str:
    return (await _receipt(words, document)).stores.search_index.status


async def _upkeep(words: Words) -> None:
    packing = Packing(words.matching.database)
    while await packing.step():
        pass


async def _number(words: Words, document: str) -> int:
    return {name: number for number, name in (await words.ids()).items()}[document]


async def _tables_with(words: Words, number: int, document: str, word: str) -> set[str]:
    """Tables that hold the number in decimal or as bytes, the id, or the word's hash in either form."""
    hashes = shortened(term_hashes(terms_of(word)))
    patterns = [
        f"{number}",
        number.to_bytes(8, "little").hex(),
        hashes.astype("<u4").tobytes().hex(),
        str(signed(hashes)[0]),
        document,
    ]
    found = set()
    for table in TABLES:
        for row in await words.rows(f"SELECT t::text AS row FROM matching.{table} t"):
            fields = str(row["row"]).strip("()").split(",")
            if any(
                pattern == field or (len(pattern) > 7 and pattern in field) for pattern in patterns for field in fields
            ):
                found.add(table)
    return found


async def test_what_was_never_packed_is_gone_at_once(words: Words) -> None:
    await _index(words, "xenobia-quux", "welding xqzzyplugh")
    number = await _number(words, "xenobia-quux")
    assert {"cards", "unpacked"} <= await _tables_with(words, number, "xenobia-quux", "xqzzyplugh")
    await _erase(words, "xenobia-quux")
    assert await _status(words, "xenobia-quux") == "done"
    assert await _tables_with(words, number, "xenobia-quux", "xqzzyplugh") == set()


@pytest.mark.parametrize("row_by_row", [4, 0])
async def test_what_was_packed_is_pending_until_the_upkeep_took_it_out_to_the_last_byte(
    words: Words, monkeypatch: pytest.MonkeyPatch, row_by_row: int
) -> None:
    monkeypatch.setattr(erasing, "_ROW_BY_ROW", row_by_row)
    monkeypatch.setattr(postings_form, "FEWEST_DOCUMENTS", 1)
    for place in range(6):
        await _index(words, f"r{place}", f"welding steel number{place}")
    await _index(words, "xenobia-quux", "welding xqzzyplugh")
    await words.pack()
    number = await _number(words, "xenobia-quux")
    held = await _tables_with(words, number, "xenobia-quux", "xqzzyplugh")
    assert {"cards", "segments", "postings"} <= held
    await _erase(words, "xenobia-quux")
    assert await words.found("xqzzyplugh") == []
    assert await _status(words, "xenobia-quux") == "pending"
    assert not (await _receipt(words, "xenobia-quux")).awaits_nothing
    assert {"segments", "postings", "buried"} <= await _tables_with(words, number, "xenobia-quux", "xqzzyplugh")

    await _upkeep(words)
    assert await _tables_with(words, number, "xenobia-quux", "xqzzyplugh") == set()
    assert await _status(words, "xenobia-quux") == "done"
    assert sorted(await words.found("welding")) == [f"r{place}" for place in range(6)]
    (row,) = await words.rows(
        "SELECT documents, postings, strengths FROM matching.postings WHERE term = $1",
        signed(shortened(term_hashes(terms_of("welding"))))[0],
    )
    assert (row["documents"], len(decoded(bytes(row["postings"]))[1])) == (6, 6)  # type: ignore[call-overload]
    strengths = bytes(row["strengths"])  # type: ignore[call-overload]
    assert sum(bool(half) for byte in strengths for half in (byte & 0x0F, byte >> 4)) == 6
    await _index(words, "after", "welding")
    await words.pack()
    await words.merge()
    assert len(await words.found("welding")) == 7


async def test_words_of_before_a_replacement_go_with_the_same_receipt(words: Words) -> None:
    await _index(words, "quux", "welding xqzzyplugh", 1)
    await _index(words, "r0", "welding", 2)
    await words.pack()
    await _index(words, "quux", "baking", 3)
    number = await _number(words, "quux")
    await _erase(words, "quux")
    assert await _status(words, "quux") == "pending"
    await _upkeep(words)
    assert await _status(words, "quux") == "done"
    assert await _tables_with(words, number, "quux", "xqzzyplugh") == set()
    assert await words.found("welding baking") == ["r0"]


async def test_a_merge_that_comes_first_finishes_the_receipt_too(words: Words) -> None:
    await _index(words, "r0", "welding", 1)
    await _index(words, "r1", "welding", 2)
    await words.pack()
    await _erase(words, "r0")
    await words.merge()
    assert await _status(words, "r0") == "done"
    assert await words.count("buried") == 0


async def test_an_erased_document_is_in_no_answer_while_headers_are_still_in_memory(words: Words) -> None:
    for place in range(3):
        await _index(words, f"r{place}", "welding")
    await words.pack()
    assert len(await words.found("welding")) == 3  # The headers are read.
    await _erase(words, "r0")
    await _upkeep(words)
    assert sorted(await words.found("welding")) == ["r1", "r2"]
    assert not await Packing(words.matching.database).step()

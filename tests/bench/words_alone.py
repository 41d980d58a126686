"""Finding by words, measured alone: how long a query and a job take among many mixed resumes, and what is missed.

`python -m tests.bench.words_alone DATA_DIR --documents 100000`; DATA_DIR has resumes/resumes.jsonl and jobs/jobs.jsonl.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from libs.localstack.postgres.roles import Dsns, provision
from libs.localstack.postgres.server import Postgres
from services.matching.index.cards import packed_terms
from services.matching.index.words.card_batch import CardBatch, card_batch, exact_bm25, joined
from services.matching.index.words.packed_word_index import PackedWordIndex
from services.matching.index.words.upkeep.worker import Packing
from services.matching.index.words.weighted_terms import weighted_terms
from services.matching.scoring.terms import idf, terms_of
from services.matching.storage.database import Database
from services.matching.storage.migrating import migrate
from tests.bench.mixed_cards import MixedCards, sentences

TENANT = "default"
LIMIT = 100
AT_ONCE = 2000
# The quickest of so many counts: what other processes take is not to be measured.
TRIES = 3
# Of every so many questions it is looked what is missed.
RECALLED = 8
_CARDS = """
INSERT INTO matching.cards (tenant, kind, number, id, version, reading_version, length, terms)
SELECT $1, 'resume', nextval('matching.document_numbers'), 'r' || nextval('matching.card_versions'),
    currval('matching.card_versions'), 1, * FROM unnest($2::integer[], $3::bytea[]) RETURNING number, version
"""
_UNPACKED = """
INSERT INTO matching.unpacked (tenant, kind, number, version)
SELECT $1, 'resume', number, version FROM matching.cards c WHERE tenant = $1 AND kind = 'resume'
    AND number = ANY($2)
"""
_TABLES = ("cards", "unpacked", "segments", "postings", "buried")


async def measure(dsns: Dsns, data: Path, documents: int) -> dict[str, object]:
    """All figures. Raises what the database raises."""
    await migrate(dsns.owner, dsns.matching)
    database = Database(dsns.matching, connections=2)
    await database.open()
    figures: dict[str, object] = {"documents": documents}
    stored = await _stored(database)
    if stored < documents:
        figures |= await _fill(database, data, documents - stored)
        await _analyze(dsns)
    figures["bytes_per_document"] = await _sizes(database, documents)
    everything = await _everything(database)
    queries, jobs = _queries(data), _jobs(data)
    for name, texts in (("query", queries), ("job", jobs)):
        figures[name] = await _asked(database, everything, texts)
    await database.close()
    return figures


async def _stored(database: Database) -> int:
    async with database.writing(TENANT) as connection:
        await connection.execute("INSERT INTO matching.tenants (name) VALUES ($1) ON CONFLICT DO NOTHING", TENANT)
        return int(await connection.fetchval("SELECT count(*) FROM matching.cards WHERE tenant = $1", TENANT))


async def _fill(database: Database, data: Path, documents: int) -> dict[str, object]:
    mixed = iter(MixedCards(data / "resumes" / "resumes.jsonl", seed=documents))
    packing = Packing(database)
    mixing = packed = 0.0
    for start in range(0, documents, AT_ONCE):
        began = time.perf_counter()
        cards = list(islice(mixed, min(AT_ONCE, documents - start)))
        async with database.writing(TENANT) as connection:
            rows = await connection.fetch(
                _CARDS, TENANT, [card.length for card in cards], [packed_terms(card) for card in cards]
            )
            await connection.execute(_UNPACKED, TENANT, [row["number"] for row in rows])
        mixing += time.perf_counter() - began
        began = time.perf_counter()
        while await packing.step():
            pass
        packed += time.perf_counter() - began
    return {"mixing_and_writing_seconds": round(mixing, 1), "packing_seconds": round(packed, 1)}


async def _analyze(dsns: Dsns) -> None:
    from services.matching.storage.migrating import alone

    async with alone(dsns.owner) as connection:
        for table in _TABLES:
            await connection.execute(f"ANALYZE matching.{table}")


async def _sizes(database: Database, documents: int) -> dict[str, int]:
    async with database.reading(TENANT) as connection:
        return {
            table: await connection.fetchval(f"SELECT pg_total_relation_size('matching.{table}')") // documents
            for table in _TABLES
        }


async def _everything(database: Database) -> CardBatch:
    async with database.reading(TENANT) as connection:
        batches, last = [], 0
        while rows := await connection.fetch(
            "SELECT number, version, length, terms FROM matching.cards WHERE tenant = $1 AND kind = 'resume'"
            " AND number > $2 ORDER BY number LIMIT 5000",
            TENANT,
            last,
        ):
            batches.append(card_batch(rows))
            last = rows[-1]["number"]
    return joined(batches)


async def _asked(database: Database, everything: CardBatch, texts: Sequence[str]) -> dict[str, object]:
    index = PackedWordIndex()
    seconds, thinking, recalls = [], [], []
    for place, text in enumerate(texts):
        terms = {term: idf(term) for term in terms_of(text)}
        async with database.reading(TENANT) as connection:
            if place < 5:
                await index.best(connection, TENANT, "resume", weighted_terms(terms), LIMIT)
            taken, thought = [], []
            asked = weighted_terms(terms)
            for _ in range(TRIES):
                began, began_thinking = time.perf_counter(), time.thread_time()
                found = await index.best(connection, TENANT, "resume", asked, LIMIT)
                thought.append(time.thread_time() - began_thinking)
                taken.append(time.perf_counter() - began)
            seconds.append(min(taken))
            thinking.append(min(thought))
        if place % RECALLED == 0:
            recalls.append(_recall(everything, terms, [each.number for each in found]))
    middle, late = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {
        "asked": len(texts),
        "p50_ms": round(float(middle), 2),
        "p95_ms": round(float(late), 2),
        "python_p50_ms": round(float(np.median(thinking)) * 1000, 2),
        "recall_at_100": round(float(np.mean(recalls)), 4),
        "least_recall": round(float(np.min(recalls)), 2),
    }


def _recall(everything: CardBatch, terms: dict[str, float], found: Sequence[int]) -> float:
    """The share of the exact best that was found; of equally good ones any."""
    scores = exact_bm25(everything, weighted_terms(terms))
    best = np.sort(scores)[::-1][:LIMIT]
    best = best[best > 0]
    if not len(best):
        return 1.0
    mine = scores[np.isin(everything.numbers, found)]
    return min(1.0, float((mine >= best[-1] - 1e-4).sum()) / len(best))


def _queries(data: Path) -> list[str]:
    """Titles of jobs, and short pieces of their sentences."""
    chosen = random.Random(1)
    jobs = [json.loads(line) for line in (data / "jobs" / "jobs.jsonl").read_text(encoding="utf-8").splitlines()]
    titles = list(dict.fromkeys(job["title"] for job in jobs if job["title"]))[:250]
    pieces = []
    for job in jobs:
        words = chosen.choice(sentences(job["text"]) or [""]).split()
        pieces.append(" ".join(words[: chosen.randint(2, 8)]))
    return [text for text in titles + pieces[:300] if terms_of(text)]


def _jobs(data: Path) -> list[str]:
    lines = (data / "jobs" / "jobs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines][::3]


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("build/words-alone"), help="of the database, kept")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with Postgres(asked.folder / "postgres") as server:
        dsns = provision(server.superuser_dsn, asked.folder / "passwords.json")
        print(json.dumps(asyncio.run(measure(dsns, asked.data, asked.documents)), indent=2))


if __name__ == "__main__":
    main()

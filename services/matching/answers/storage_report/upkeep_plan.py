"""What matching's background work would do next, told from figures: pure, so that it can be shown before it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.contracts.inner.storage import NextWork, WordsOfKind
from services.matching.index.vectors.nearest_upkeep import DEAD_ROWS, DEAD_SHARE, VACUUM_SECONDS
from services.matching.index.words.upkeep.packing import LEVELS, MERGED_TOGETHER, MOST_DEAD
from services.matching.index.words.upkeep.worker import ENOUGH, FEWEST, LONGEST_SECONDS
from services.matching.storage.table_sizes import TableSize


@dataclass(frozen=True, slots=True)
class UpkeepRules:
    """From when on the work in the background is done: by the parts that do it.

    Documents are packed from `pack_many` on, or from `pack_few` once the first waited `pack_seconds`. Of segments of
    one level (`levels`: sizes in documents) `merged_together` become one; one of which the share `most_dead` is dead is
    written anew. An index of vectors is built anew from `dead_rows` on, where they are `dead_share` of the living, else
    vacuumed after `vacuum_seconds`.
    """

    pack_many: int = ENOUGH
    pack_few: int = FEWEST
    pack_seconds: float = LONGEST_SECONDS
    merged_together: int = MERGED_TOGETHER
    levels: tuple[int, ...] = LEVELS
    most_dead: float = MOST_DEAD
    dead_rows: int = DEAD_ROWS
    dead_share: float = DEAD_SHARE
    vacuum_seconds: float = VACUUM_SECONDS


def next_work(
    words: Sequence[WordsOfKind], segments: Mapping[Kind, list[int]], tables: Sequence[TableSize], rules: UpkeepRules
) -> list[NextWork]:
    """What there is to do, soonest first. `segments`: documents of each segment, by kind."""
    return [
        *(work for each in words for work in _of_words(each, segments.get(each.kind, []), rules)),
        *(work for table in tables if (work := _of_vectors(table, rules)) is not None),
    ]


def _of_words(words: WordsOfKind, segments: list[int], rules: UpkeepRules) -> list[NextWork]:
    found, on = [], f"words of {words.kind}s"
    if words.erased:
        why = f"{words.erased} erased documents are in segments still, and their receipts wait"
        found.append(NextWork(work="erase", on=on, when="now", why=why))
    if words.unpacked:
        due = words.unpacked >= rules.pack_many or (
            words.unpacked >= rules.pack_few and words.unpacked_seconds >= rules.pack_seconds
        )
        later = f"once {rules.pack_many} wait, or {rules.pack_few} for {rules.pack_seconds:g} s"
        why = f"{words.unpacked} documents have no segment yet"
        found.append(NextWork(work="pack", on=on, when="now" if due else later, why=why))
    if words.dead > rules.most_dead * max(words.documents, 1):
        why = f"{words.dead} documents of before are in segments still"
        found.append(NextWork(work="merge", on=on, when="now", why=why))
    levels = Counter(_level(documents, rules) for documents in segments)
    full = [level for level, count in sorted(levels.items()) if _is_merged(level, count, rules)]
    if full:
        why = f"{levels[full[0]]} segments are of about the same size"
        found.append(NextWork(work="merge", on=on, when="now", why=why))
    elif words.segments > 1:
        most = max((count for level, count in levels.items() if level < len(rules.levels)), default=0)
        if most > 1:
            later = f"once {rules.merged_together} are of about the same size"
            found.append(NextWork(work="merge", on=on, when=later, why=f"{most} segments are of about the same size"))
    return found


def _level(documents: int, rules: UpkeepRules) -> int:
    return sum(documents >= size for size in rules.levels)


def _is_merged(level: int, count: int, rules: UpkeepRules) -> bool:
    return count >= rules.merged_together and level < len(rules.levels)


def _of_vectors(table: TableSize, rules: UpkeepRules) -> NextWork | None:
    if not table.name.startswith("nearest_") or not table.dead:
        return None
    why = f"{table.dead:,} dead rows beside {table.live:,}"
    if table.dead >= max(rules.dead_rows, rules.dead_share * table.live):
        return NextWork(work="rebuild", on=table.partition, when="within the hour", why=why)
    left = rules.vacuum_seconds - (table.since_vacuum or 0.0)
    when = "within the hour" if left <= 0 else f"in about {max(1, round(left / 3_600))} h"
    return NextWork(work="vacuum", on=table.partition, when=when, why=why)

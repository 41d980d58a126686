"""Every document of a tenant in memory, scored fully for any query or job: what a shown list is held against."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.scoring.calculate import Comparison
from services.matching.scoring.search import Ranking
from tests.bench.scale.stage import Stage
from tests.bench.scale.table import NotBuilt
from tests.bench.scale.upkeep import part

_AT_ONCE = 200
_IDS = "SELECT id FROM matching.cards WHERE tenant = $1 AND kind = $2 ORDER BY id"
_READINGS = """
SELECT id, reading, units, unit_scales, unit_spans FROM matching.vectors_{space} WHERE tenant = $1 AND kind = $2
"""


class FullScores:
    """The documents as matching reads them for scoring, by id."""

    def __init__(self, resumes: dict[str, Any], jobs: dict[str, Any], *, as_read: bool) -> None:
        self._resumes = resumes
        self._jobs = jobs
        self._as_read = as_read

    @classmethod
    async def read(cls, stage: Stage, tenant: str) -> FullScores:
        """All of a tenant: some 0.2 MB of memory for each. Raises NotBuilt."""
        try:
            form = part("scoring.reading.read_document", "ReadDocument")
        except NotBuilt:
            found = [await _whole(stage, tenant, kind) for kind in ("resume", "job")]
            return cls(*found, as_read=False)
        found = [await _readings(stage, tenant, kind, form) for kind in ("resume", "job")]
        return cls(*found, as_read=True)

    def of_query(self, text: str, vector: npt.NDArray[np.float32]) -> dict[str, float]:
        """The score of each resume for a query. Blocks for seconds."""
        ranking: Any = Ranking(text, vector, None)
        for name, document in self._resumes.items():
            ranking.add(name, document) if self._as_read else ranking.add(document)
        found = ranking.best() if self._as_read else ranking.results()
        return {each.id: each.score for each in found if each.score is not None}

    def of_job(self, place: int) -> dict[str, float]:
        """The score of each resume for a job, where there is one. Blocks for seconds."""
        job = self._document(self._jobs[f"j{place}"])
        scores = {name: Comparison(job, self._document(each)).score for name, each in self._resumes.items()}
        return {name: score for name, score in scores.items() if score is not None}

    def _document(self, held: Any) -> Any:
        return held if self._as_read else held.document


async def _readings(stage: Stage, tenant: str, kind: str, form: Any) -> dict[str, Any]:
    """From what was derived of each when it was written."""
    async with stage.database.reading(tenant) as connection:
        rows = await connection.fetch(_READINGS.format(space=stage.space.name), tenant, kind)
    stored = ("reading", "units", "unit_scales", "unit_spans")
    return {row["id"]: form.of_row(*(row[name] for name in stored), stage.space.dimension) for row in rows}


async def _whole(stage: Stage, tenant: str, kind: str) -> dict[str, Any]:
    """From texts and vectors."""
    try:
        load, decoded = part("answers.candidates", "load"), part("answers.candidates", "decoded")
    except NotBuilt:
        load, decoded = part("answers.scored_rows", "load"), part("answers.scored_rows", "decoded")
    found = {}
    async with stage.database.reading(tenant) as connection:
        ids = [row["id"] for row in await connection.fetch(_IDS, tenant, kind)]
        for first in range(0, len(ids), _AT_ONCE):
            loaded = await load(connection, tenant, kind, ids[first : first + _AT_ONCE], stage.space)
            found |= {row["id"]: decoded(row, stage.space) for row in loaded}
    return found

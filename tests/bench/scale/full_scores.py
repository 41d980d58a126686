"""Every document of a tenant in memory, scored fully for any query or job: what a shown list is held against."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.answers import candidates
from services.matching.scoring.calculate import Comparison
from services.matching.scoring.model import Candidate
from services.matching.scoring.search import Ranking
from tests.bench.scale.stage import Stage
from tests.bench.scale.table import NotBuilt

_AT_ONCE = 200


class FullScores:
    """The documents as matching reads them."""

    def __init__(self, resumes: list[Candidate], jobs: dict[str, Candidate]) -> None:
        self._resumes = resumes
        self._jobs = jobs

    @classmethod
    async def read(cls, stage: Stage, tenant: str) -> FullScores:
        """All of a tenant. Takes about 0.2 MB of memory for each. Raises NotBuilt."""
        load: Any = getattr(candidates, "load", None)
        if load is None:
            raise NotBuilt("documents are read for scoring in another way than this knows")
        found: dict[str, list[Candidate]] = {"resume": [], "job": []}
        async with stage.database.reading(tenant) as connection:
            for kind in ("resume", "job"):
                rows = await connection.fetch(
                    "SELECT id FROM matching.cards WHERE tenant = $1 AND kind = $2 ORDER BY id", tenant, kind
                )
                ids = [row["id"] for row in rows]
                for first in range(0, len(ids), _AT_ONCE):
                    loaded = await load(connection, tenant, kind, ids[first : first + _AT_ONCE], stage.space)
                    found[kind] += [candidates.decoded(row, stage.space) for row in loaded]
        return cls(found["resume"], {each.id: each for each in found["job"]})

    def of_query(self, text: str, vector: npt.NDArray[np.float32]) -> dict[str, float]:
        """The score of each resume for a query. Blocks for seconds."""
        ranking = Ranking(text, vector, None)
        for each in self._resumes:
            ranking.add(each)
        return {each.id: each.score for each in ranking.results() if each.score is not None}

    def of_job(self, place: int) -> dict[str, float]:
        """The score of each resume for a job, where there is one. Blocks for seconds."""
        job = self._jobs[f"j{place}"]
        scores = {each.id: Comparison(job.document, each.document).score for each in self._resumes}
        return {name: score for name, score in scores.items() if score is not None}

"""What people search for: titles, requirements, lists of skills and sentences of real jobs, each once."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.embedding.engines.protocol import Engine
from services.matching.answers.query.queries import parsed
from tests.bench.scale.data import RealJob
from tests.bench.scale.vectors import VectorStore

EACH = 160
_MOST_CHARS = 300


@dataclass(frozen=True)
class Queries:
    """Distinct texts and the model's vector of each, float32 (n, dimension)."""

    texts: list[str]
    vectors: npt.NDArray[np.float32]

    def by_text(self) -> dict[str, npt.NDArray[np.float32]]:
        """The vector of each text."""
        return dict(zip(self.texts, self.vectors, strict=True))


def real_queries(engine: Engine, jobs: list[RealJob]) -> Queries:
    """At least 500 of them, in an order of chance that is the same every time. Blocks."""
    rng = random.Random(11)
    drawn = [_drawn(rng, made(jobs)) for made in (_titles, _requirements, _skills, _sentences)]
    texts = list(dict.fromkeys(text for part in drawn for text in part))
    rng.shuffle(texts)
    return Queries(texts, VectorStore(engine).embed(texts, query=True))


def _drawn(rng: random.Random, texts: Iterable[str]) -> list[str]:
    distinct = sorted({" ".join(text.split()) for text in texts} - {""})
    # Operators would ask for something else than the words: what is embedded is to be the text itself.
    plain = [text for text in distinct if len(text) <= _MOST_CHARS and parsed(text).plain == text]
    return rng.sample(plain, min(EACH, len(plain)))


def _titles(jobs: list[RealJob]) -> Iterable[str]:
    return (job.structure.title or "" for job in jobs)


def _requirements(jobs: list[RealJob]) -> Iterable[str]:
    return (each.text for job in jobs for each in job.structure.requirements_found)


def _skills(jobs: list[RealJob]) -> Iterable[str]:
    for job in jobs:
        names = list(dict.fromkeys(each.name for each in job.structure.mentions if each.type == "skill"))
        if len(names) >= 2:
            yield ", ".join(names[:5])


def _sentences(jobs: list[RealJob]) -> Iterable[str]:
    return (text for job in jobs for text, _ in job.units if len(text.split()) >= 6)

"""Sentences with their vectors, as the processes that mix documents share them."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from libs.contracts.structure import SectionKind
from services.embedding.engines.protocol import Engine
from tests.bench.scale.data import CACHE, RealJob, RealTexts, Sentence, Skeleton, real_texts
from tests.bench.scale.vectors import VectorStore

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass
class Sources:
    """Real sentences, then the titles of the resumes, each with its vector as int8 `numbers` times `scales`.

    `jobs_windows` and `jobs_units` are float32, of all jobs one after the other, as embedding computes them.
    """

    space: str
    model: str
    window_tokens: int
    occupations: list[str]
    sentences: list[Sentence]
    skeletons: list[Skeleton]
    jobs: list[RealJob]
    numbers: npt.NDArray[np.int8]
    scales: Vectors
    job_windows: list[Vectors]
    job_units: list[Vectors]

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.numbers.shape[1])

    @cached_property
    def vectors(self) -> Vectors:
        """float32 of unit length, as scoring reads the int8 ones."""
        rows = self.numbers.astype(np.float32) * self.scales[:, None]
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    @cached_property
    def resume_of(self) -> Rows:
        """Which resume (a place in `skeletons`) each sentence is of."""
        counts = [sum(count for _, _, count in each.sections) for each in self.skeletons]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def of_resume(self) -> dict[tuple[int, SectionKind], Rows]:
        """Places of the sentences of each resume and kind of section."""
        return _grouped(
            (int(resume), each.section) for resume, each in zip(self.resume_of, self.sentences, strict=True)
        )

    @cached_property
    def of_occupation(self) -> dict[tuple[int, SectionKind], Rows]:
        """Places of the sentences of each occupation and kind of section."""
        return _grouped((each.occupation, each.section) for each in self.sentences)

    @cached_property
    def resumes_of(self) -> dict[int, Rows]:
        """The resumes of each occupation that have a section with sentences."""
        return _grouped(each.occupation for each in self.skeletons)

    def title_row(self, resume: int) -> int:
        """Where the vector of a resume's title lies."""
        return len(self.sentences) + resume


def sources_file(engine: Engine) -> Path:
    """Makes the file of all sources where it is missing. Blocks, for minutes at the first time."""
    kept = CACHE / f"sources-{engine.space}.pickle"
    if not kept.exists():
        part = kept.with_suffix(".part")
        part.write_bytes(pickle.dumps(_made(engine, real_texts(engine)), protocol=5))
        part.rename(kept)
    return kept


def read_sources(path: Path) -> Sources:
    """What `sources_file` made."""
    found: Sources = pickle.loads(path.read_bytes())
    return found


def _made(engine: Engine, texts: RealTexts) -> Sources:
    store = VectorStore(engine)
    rows = store.embed(
        [*(each.text for each in texts.sentences), *(each.title or "resume" for each in texts.skeletons)]
    )
    # All at once: what is computed is written down with each call.
    store.embed([text for job in texts.jobs for text, _ in (*job.windows, *job.units)])
    scales = (np.abs(rows).max(axis=1) / 127).astype("<f4")
    return Sources(
        space=engine.space,
        model=engine.model,
        window_tokens=engine.max_tokens,
        occupations=texts.occupations,
        sentences=texts.sentences,
        skeletons=texts.skeletons,
        jobs=texts.jobs,
        numbers=np.rint(rows / scales[:, None]).astype(np.int8),
        scales=scales,
        job_windows=[store.embed([text for text, _ in job.windows]) for job in texts.jobs],
        job_units=[store.embed([text for text, _ in job.units]) for job in texts.jobs],
    )


def _grouped(keys: object) -> dict[object, Rows]:
    places: dict[object, list[int]] = {}
    for place, key in enumerate(keys):  # type: ignore[arg-type, var-annotated]
        places.setdefault(key, []).append(place)
    return {key: np.array(found) for key, found in places.items()}

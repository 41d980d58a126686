"""The evaluation's texts and their labels, read from ../shared/data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


@dataclass(frozen=True)
class Removed:
    """What the weakened twin lacks: skills by name, and a sentence on the experience."""

    skills: list[str]
    experience: str


@dataclass(frozen=True)
class Triples:
    """`jobs[i]`, the resume written for it, the same resume with required things taken out, and what these were."""

    jobs: list[str]
    matched: list[str]
    weakened: list[str]
    removed: list[Removed]


@dataclass(frozen=True)
class Graded:
    """Each job with its own resumes and a recruiter's grade (1-7) for each."""

    jobs: list[str]
    resumes: list[list[str]]
    grades: list[list[float]]


@dataclass(frozen=True)
class Categories:
    """Jobs and resumes; `relevant[i][k]` says whether resume k is of an occupation that job i asks for."""

    jobs: list[str]
    resumes: list[str]
    relevant: list[list[bool]]


@dataclass(frozen=True)
class Sets:
    """All three."""

    triples: Triples
    graded: Graded
    categories: Categories

    @property
    def job_texts(self) -> list[str]:
        """The jobs of all."""
        return [*self.triples.jobs, *self.graded.jobs, *self.categories.jobs]

    @property
    def resume_texts(self) -> list[str]:
        """The resumes of all."""
        of_jobs = [text for resumes in self.graded.resumes for text in resumes]
        return [*self.triples.matched, *self.triples.weakened, *of_jobs, *self.categories.resumes]


def read_sets(*, sample: bool = False) -> Sets:
    """The sets, or a tenth of their rows. Raises FileNotFoundError where the data is not there."""
    return Sets(
        read_triples(60 if sample else None), read_graded(8 if sample else None), read_categories(5 if sample else None)
    )


def read_lines(name: str) -> list[dict[str, Any]]:
    """The rows of one JSON Lines file. Raises FileNotFoundError where the data is not there."""
    with (DATA / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_triples(most: int | None) -> Triples:
    rows = read_lines("eval/triples/triples.jsonl")[:most]
    return Triples(
        [row["job"] for row in rows],
        [row["resume_matched"] for row in rows],
        [row["resume_weakened"] for row in rows],
        [Removed(row["removed"]["Skills"], row["removed"]["Experience"]) for row in rows],
    )


def read_graded(most: int | None) -> Graded:
    rows = read_lines("eval/graded/graded.jsonl")[:most]
    return Graded(
        [row["job"] for row in rows],
        [[resume["text"] for resume in row["resumes"]] for row in rows],
        [[float(resume["score"]) for resume in row["resumes"]] for row in rows],
    )


def read_categories(most_per_category: int | None) -> Categories:
    jobs = read_lines("eval/categories/jobs.jsonl")
    taken: dict[str, int] = {}
    resumes = []
    for row in read_lines("resumes/resumes.jsonl"):
        taken[row["category"]] = taken.get(row["category"], 0) + 1
        if most_per_category is None or taken[row["category"]] <= most_per_category:
            resumes.append(row)
    return Categories(
        [f"{job['title'].strip()}\n\n{job['text']}" for job in jobs],
        [resume["text"] for resume in resumes],
        [[resume["category"] in job["relevant_categories"] for resume in resumes] for job in jobs],
    )

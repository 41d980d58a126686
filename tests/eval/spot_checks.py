"""Two looks that people take first: a search for nurses, and resumes for Java jobs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from labelled_sets import read_lines
from stored_documents import Documents
from systems import System

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.search import Ranking

QUERY = "registered nurse"
_NURSING = re.compile(r"\b(?:nurs\w*|RN|LPN)\b")
_SOFTWARE = re.compile(
    r"\b(?:java|j2ee|programm(?:er|ing)|(?:web |software )?develop(?:er|ment)|software engineer)", re.I
)
_JAVA_JOBS = 5
_FIRST = 10
_LABELS = ("INFORMATION-TECHNOLOGY", "ENGINEERING")


@dataclass(frozen=True)
class SpotTexts:
    """`resumes` are (id, category, text); `jobs` are texts of Java jobs."""

    resumes: list[tuple[str, str, str]]
    jobs: list[str]


def read_spot_texts() -> SpotTexts:
    jobs = [row for row in read_lines("jobs/jobs.jsonl") if re.search(r"\bjava\b", row["title"], re.I)]
    return SpotTexts(
        [(row["id"], row["category"], row["text"]) for row in read_lines("resumes/resumes.jsonl")],
        [f"{row['title']}\n\n{row['text']}" for row in jobs[:_JAVA_JOBS]],
    )


def nurses_in_first_five(documents: Documents, texts: SpotTexts) -> int:
    """How many of a search's first five say anything of nursing."""
    said = {id: text for id, _, text in texts.resumes}
    ranking = Ranking(QUERY, documents.vector(QUERY), limit=5)
    for id, text in said.items():
        ranking.add(id, ReadDocument.of(documents.document("resume", text)))
    return sum(bool(_NURSING.search(said[result.id])) for result in ranking.best())


def java_figures(system: System, documents: Documents, texts: SpotTexts) -> dict[str, float]:
    """Of each Java job's first ten resumes, averaged: how many bear the label, and how many write software.

    The label is the dataset's folder, not the person: of its Java developers most lie elsewhere.
    """
    jobs = [documents.document("job", text) for text in texts.jobs]
    scores = system(jobs, [documents.document("resume", text) for _, _, text in texts.resumes])
    first = [texts.resumes[place] for row in scores for place in np.argsort(-row, kind="stable")[:_FIRST]]
    return {
        "Java jobs: first ten labelled IT, engineering": _mean_of_ten([label in _LABELS for _, label, _ in first]),
        "Java jobs: first ten that write software": _mean_of_ten(
            [bool(_SOFTWARE.search(text)) for _, _, text in first]
        ),
    }


def _mean_of_ten(hits: Sequence[bool]) -> float:
    return _FIRST * float(np.mean(hits))

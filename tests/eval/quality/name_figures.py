"""How far a score moves when another name stands in a resume.

The lists are this measurement's own: nothing that is shipped holds them.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from labelled_sets import Categories
from stored_documents import Documents

from services.matching.scoring.calculate import Comparison
from services.matching.scoring.reading.read_document import ReadDocument

NAMES = Path(__file__).with_name("names_v1.tsv")
RESUMES = 200
# Names tried in each place of each resume, and the most that a score may move, in points.
TRIED, MOST = 4, 0.1


@dataclass(frozen=True)
class NameFigures:
    """Of one place in which names were put: how many scores there are, the share that moved by more than MOST points
    between two names, and the greatest move."""

    place: str
    scores: int
    moved: float
    greatest: float


@dataclass(frozen=True)
class Name:
    """A person's name and the culture that it is of."""

    culture: str
    full: str

    @property
    def address(self) -> str:
        """As it stands in an e-mail address or a link."""
        plain = unicodedata.normalize("NFKD", self.full.replace("ł", "l").replace("đ", "d").replace("ı", "i"))
        return ".".join(re.findall(r"[a-z]+", plain.encode("ascii", "ignore").decode().lower()))


def read_names() -> list[Name]:
    """All of them, in the file's order."""
    found = []
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            culture, names = line.split("\t")
            found += [Name(culture, name) for name in names.split("; ")]
    return found


# Where a name is put: text and name to text.
PLACES: dict[str, Callable[[str, Name], str]] = {
    "heading": lambda text, name: f"{name.full}\n{text}",
    "e-mail address": lambda text, name: f"Contact: {name.address}@mail.example\n{text}",
    "profile link": lambda text, name: f"linkedin.com/in/{name.address.replace('.', '-')}\n{text}",
    "sentence": lambda text, name: f"{text}\nMy name is {name.full}, and I am glad to tell more in a talk.",
    "reference": lambda text, name: f"{text}\nReferences\n{name.full}, former supervisor, 555-0199",
}


def name_figures(documents: Documents, categories: Categories) -> list[NameFigures]:
    """One for each place. Every resume is scored for a job that asks for its occupation, or else for the first.
    Blocks, for some minutes."""
    chosen = random.Random(0)
    names = read_names()
    resumes = chosen.sample(range(len(categories.resumes)), min(RESUMES, len(categories.resumes)))
    jobs = {each: _job_for(categories, each) for each in resumes}
    documents.prepare("job", categories.jobs)
    read_jobs = [ReadDocument.of(documents.document("job", text)) for text in categories.jobs]
    found = []
    for place, put in PLACES.items():
        variants = {
            each: [put(categories.resumes[each], name) for name in chosen.sample(names, TRIED)] for each in resumes
        }
        documents.prepare("resume", [text for texts in variants.values() for text in texts])
        ranges = []
        for each, texts in variants.items():
            scores = [_score(documents, read_jobs[jobs[each]], text) for text in texts]
            ranges.append(max(scores) - min(scores))
        moves = np.array(ranges)
        found.append(NameFigures(place, TRIED * len(moves), float((moves > MOST + 1e-9).mean()), float(moves.max())))
    return found


def _job_for(categories: Categories, resume: int) -> int:
    return next((job for job, labels in enumerate(categories.relevant) if labels[resume]), 0)


def _score(documents: Documents, job: ReadDocument, text: str) -> float:
    score = Comparison(job, ReadDocument.of(documents.document("resume", text))).score
    if score is None:
        raise ValueError("a resume of the set has a score")
    return score

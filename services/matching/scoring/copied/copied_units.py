"""Which units of a resume are copied from a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.copied.fingerprints import PHRASE, RUN, WINDOW, Fingerprints
from services.matching.scoring.term_hashes import places_among

# Places of one phrase in a job that are looked at: a job that says the same more often has no more to be copied.
_MOST_PLACES = 8

Runs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """`units` bool (u): those of a resume that are copied; `words`: how many of its words stand in copied runs, of
    `all_words` that it has."""

    units: npt.NDArray[np.bool_]
    words: int
    all_words: int

    @property
    def share(self) -> float:
        """Of all words, those in copied runs, 0-1."""
        return self.words / self.all_words if self.all_words else 0.0


def copied_from(job: Fingerprints, resume: Fingerprints) -> Copied:
    """What of a resume stands word for word in a job: runs of RUN words and more that both have.

    A unit is copied where such runs make up half of it, or RUN of its words: a run that reaches a word or two into
    the next unit says nothing about that.
    """
    runs = copied_runs(job, resume)
    if not len(runs):
        return nothing_copied(resume)
    depth = np.bincount(runs[:, 0], minlength=resume.words + 1) - np.bincount(runs[:, 1], minlength=resume.words + 1)
    before = np.concatenate(([0], np.cumsum(np.cumsum(depth[:-1]) > 0)))
    begins = resume.begins.astype(np.int64)
    copied = before[begins[1:]] - before[begins[:-1]]
    sizes = np.diff(begins)
    units = (copied > 0) & ((2 * copied >= sizes) | (copied >= RUN))
    return Copied(units, int(before[-1]), resume.words)


def nothing_copied(resume: Fingerprints) -> Copied:
    """What is copied in a resume that has nothing in common with a job."""
    return Copied(np.zeros(resume.units, dtype=np.bool_), 0, resume.words)


def share_phrases(job: Fingerprints, resumes: Sequence[Fingerprints]) -> list[bool]:
    """Of each resume whether the job has any of its phrases: where it has none, nothing is copied."""
    hashes = np.concatenate([each.hashes for each in resumes])
    shared, _ = places_among(job.hashes, hashes)
    owners = np.repeat(np.arange(len(resumes)), [len(each.hashes) for each in resumes])
    found: list[bool] = (np.bincount(owners[shared], minlength=len(resumes)) > 0).tolist()
    return found


def copied_runs(job: Fingerprints, resume: Fingerprints) -> Runs:
    """int64 (r, 2): the resume's stretches of RUN words and more that the job has too, by their first word and the one
    behind the last. They may overlap."""
    places, shifts = _shared_phrases(job, resume)
    if not len(places):
        return np.zeros((0, 2), dtype=np.int64)
    order = np.lexsort((places, shifts))
    places, shifts = places[order], shifts[order]
    # Phrases that are equally far apart in both texts and touch each other are one run.
    new = np.concatenate(([True], (np.diff(shifts) != 0) | (np.diff(places) > PHRASE)))
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(places)) - 1
    runs = _extended(places[first], places[last] + PHRASE, shifts[first], job.signs, resume.signs)
    return runs[runs[:, 1] - runs[:, 0] >= RUN]


def _shared_phrases(job: Fingerprints, resume: Fingerprints) -> tuple[Runs, Runs]:
    """(p) where the resume has a phrase that the job has too, and (p) how much further on the job has it."""
    if not len(job.hashes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = job.hashes.searchsorted(resume.hashes)
    rows = np.flatnonzero(job.hashes.take(at, mode="clip") == resume.hashes)
    at = at[rows]
    counts = np.minimum(job.hashes.searchsorted(resume.hashes[rows], side="right") - at, _MOST_PLACES)
    # Each of them with every place where the job has it.
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    of_job = job.places[np.repeat(at, counts) + steps].astype(np.int64)
    of_resume = resume.places[np.repeat(rows, counts)].astype(np.int64)
    return of_resume, of_job - of_resume


def _extended(start: Runs, end: Runs, shift: Runs, job: npt.NDArray[np.uint8], resume: npt.NDArray[np.uint8]) -> Runs:
    """(r, 2): runs with what both texts share before and behind. Beyond WINDOW - 1 words they would have kept another
    phrase of it."""
    start, end = start.copy(), end.copy()
    before = np.ones(len(start), dtype=np.bool_)
    behind = before.copy()
    for _ in range(WINDOW - 1):
        before &= (start > 0) & (start + shift > 0)
        before &= resume.take(start - 1, mode="clip") == job.take(start + shift - 1, mode="clip")
        start -= before
        behind &= (end < len(resume)) & (end + shift < len(job))
        behind &= resume.take(end, mode="clip") == job.take(end + shift, mode="clip")
        end += behind
    return np.stack((start, end), axis=1)

"""How well each requirement of a job is answered by resumes: by facts where it asks for facts, else by words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from services.matching.scoring.blocks import BLOCK_BYTES
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.words_found import WordsFound
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights
from services.matching.scoring.verdicts.asked import COVER_SHARE, Beside, ask_judged, trusted, word_strengths
from services.matching.scoring.verdicts.judged import MET, MOST_PARTIAL, Judged

Slots = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at in one resume of u telling units, for a asks. `near` and `covers` float32 (u, a): cosines of
    their requirements, and the shares of their words; `in_words` (a): their strengths by words alone; `by_facts`: the
    verdicts on those that facts decide."""

    near: Weights
    covers: Weights
    in_words: Weights
    by_facts: dict[int, Judged] = field(default_factory=dict)


def requirement_strengths(
    job: ReadDocument,
    resumes: Sequence[ReadDocument],
    units: StackedUnits,
    words: Sequence[WordsFound],
    trust: npt.NDArray[np.float64],
) -> tuple[Weights, Looked | None]:
    """float32 (n, m): see `verdicts.judged`; of a resume alone also what was looked at, where it is no more than is
    looked at at a time. `trust` (n): see HeldRoles. Some requirements at a time, so that a job of thousands takes no
    more memory than another. Blocks, for some tenths of a millisecond a resume."""
    asked = job.job
    strengths = np.zeros((len(resumes), len(asked)), dtype=np.float32)
    looked: Looked | None = None
    if not len(asked):
        return strengths, looked
    rows, columns = _joined(words, units)
    titles = units.cosines(job.title[None])[:, 0]
    listing = np.concatenate([each.resume.listing for each in resumes]).astype(np.bool_)
    blocks = list(at_once(len(asked), len(units.vectors)))
    for start, end in blocks:
        first, last = int(job.ask_starts[start]), int(job.ask_starts[end])
        near = units.cosines(job.requirement_vectors[start:end])
        covers = covers_of(job, first, last, rows, columns, len(units.vectors))
        owners = job.ask_owners[first:last] - start
        near = near[:, owners]
        found = _by_words(units, near + COVER_SHARE * covers, listing, trust)
        if len(blocks) == len(resumes) == 1:
            looked = Looked(near, covers, found[0].copy())
        _decide_by_facts(job, resumes, units, found, first, near, covers, titles, trust, looked)
        strengths[:, start:end] = all_asked(found, job.must_asks[first:last], job.ask_starts[start : end + 1] - first)
    return strengths, looked


def _by_words(
    units: StackedUnits, worth: Weights, listing: npt.NDArray[np.bool_], trust: npt.NDArray[np.float64]
) -> Weights:
    """float32 (n, a): by the best unit, as far as words are to be trusted."""
    found = word_strengths(units.greatest(worth))
    if trust.min() >= 1.0:
        return found
    worked = word_strengths(units.greatest(np.where(listing[:, None], np.float32(-1.0), worth)))
    return trusted(found, worked, trust[:, None].astype(np.float32))


def covers_of(job: ReadDocument, first: int, last: int, rows: Slots, columns: Slots, units: int) -> Weights:
    """float32 (units, asks): the share of the words of the asks from `first` on that each unit holds; `rows` are units,
    `columns` the terms of the job that stand in them."""
    asks = last - first
    shares, owners, starts = job.ask_shares(first, last)
    counts = starts[columns + 1] - starts[columns]
    places = np.repeat(starts[columns] - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    slots = np.repeat(rows, counts) * asks + owners[places]
    covers = np.bincount(slots, shares[places], minlength=units * asks)
    return covers.reshape(units, asks).astype(np.float32)


def all_asked(found: Weights, must: npt.NDArray[np.bool_], starts: Slots) -> Weights:
    """float32 (n, m): of the strengths (n, a) of single asks those of requirements, as `all_of` has it; requirement i
    asks for `starts[i]` to `starts[i + 1]`. What is only wished within a requirement counts in none that has a must."""
    if len(starts) - 1 == found.shape[1]:
        return found
    begins = starts[:-1]
    counted = must | ~np.logical_or.reduceat(must, begins)[np.repeat(np.arange(len(begins)), np.diff(starts))]
    weakest = np.minimum.reduceat(np.where(counted, found, np.float32(1.0)), begins, axis=1)
    numbers = np.add.reduceat(counted.astype(np.float32), begins)
    means = np.add.reduceat(np.where(counted, found, np.float32(0.0)), begins, axis=1) / numbers
    several = numbers > 1
    below = np.where(several, np.minimum(means, np.float32(MOST_PARTIAL)), weakest)
    result: Weights = np.where(weakest >= MET, weakest, below).astype(np.float32)
    return result


def _decide_by_facts(
    job: ReadDocument,
    resumes: Sequence[ReadDocument],
    units: StackedUnits,
    found: Weights,
    first: int,
    near: Weights,
    covers: Weights,
    titles: Weights,
    trust: npt.NDArray[np.float64],
    looked: Looked | None,
) -> None:
    asks = job.flat_asks
    factual = [place for place in range(found.shape[1]) if not asks[first + place].is_of_words]
    if not factual:
        return
    starts = units.starts.tolist()
    for row, resume in enumerate(resumes):
        some = slice(starts[row], starts[row + 1])
        for place in factual:
            beside = Beside(
                resume,
                near[some, place],
                covers[some, place],
                titles[some],
                float(found[row, place]),
                float(trust[row]),
                resume.resume.held,
                wants_rows=looked is not None,
            )
            judged = ask_judged(asks[first + place], beside)
            found[row, place] = judged.strength
            if looked is not None:
                looked.by_facts[place] = judged


def _joined(words: Sequence[WordsFound], units: StackedUnits) -> tuple[Slots, Slots]:
    starts = units.starts.tolist()
    rows = np.concatenate([each.rows + start for each, start in zip(words, starts, strict=False)])
    return rows, np.concatenate([each.columns for each in words])


def at_once(requirements: int, units: int) -> Iterator[tuple[int, int]]:
    """Which requirements, from and to before which, are compared with so many units at a time."""
    step = max(1, BLOCK_BYTES // (4 * max(1, units)))
    for start in range(0, requirements, step):
        yield start, min(start + step, requirements)

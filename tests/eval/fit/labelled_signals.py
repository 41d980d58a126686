"""What scoring measures of the labelled pairs: what weights are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from labelled_sets import Sets
from stored_documents import Documents

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import measure

Signals = npt.NDArray[np.float64]

# Resumes that are measured at a time.
_AT_ONCE = 250


@dataclass(frozen=True)
class LabelledSignals:
    """Signals (…, k) of the pairs of the three sets, as SetScores has their scores: `triples` (n, n, k), `weakened`
    (n, k), `graded` of each job (its resumes, k), `categories` (jobs, resumes, k)."""

    triples: Signals
    weakened: Signals
    graded: list[Signals]
    categories: Signals


def labelled_signals(documents: Documents, sets: Sets) -> LabelledSignals:
    """Measures all pairs, of documents that were prepared. Blocks, for some minutes."""
    jobs = {text: ReadDocument.of(documents.document("job", text)) for text in dict.fromkeys(sets.job_texts)}
    resumes = {text: ReadDocument.of(documents.document("resume", text)) for text in dict.fromkeys(sets.resume_texts)}

    def signals(job: str, texts: Sequence[str]) -> Signals:
        found = [resumes[text] for text in texts]
        parts = [
            measure(jobs[job], found[start : start + _AT_ONCE]).signals for start in range(0, len(found), _AT_ONCE)
        ]
        return np.concatenate(parts)

    triples, graded, categories = sets.triples, sets.graded, sets.categories
    return LabelledSignals(
        triples=np.stack([signals(job, triples.matched) for job in triples.jobs]),
        weakened=np.concatenate(
            [signals(job, [text]) for job, text in zip(triples.jobs, triples.weakened, strict=True)]
        ),
        graded=[signals(job, texts) for job, texts in zip(graded.jobs, graded.resumes, strict=True)],
        categories=np.stack([signals(job, categories.resumes) for job in categories.jobs]),
    )

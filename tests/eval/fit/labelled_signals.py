"""What scoring measures of the labelled pairs: what weights are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from labelled_sets import Sets
from stored_documents import Documents

from services.matching.scoring.choosing.card_ranking import asked_by_document, card_signals
from services.matching.scoring.choosing.card_roles import bytes_of_role, named_roles, packed_roles, unpacked_roles
from services.matching.scoring.choosing.card_table import Cards
from services.matching.scoring.choosing.stacked_cards import stacked_cards
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import measure

Signals = npt.NDArray[np.float64]

# Resumes that are measured at a time.
_AT_ONCE = 250
# Jobs of the triples of which cards are looked at, beside those of the categories.
_CARD_JOBS = 60


@dataclass(frozen=True)
class LabelledSignals:
    """Signals (…, k) of the pairs of the three sets, as SetScores has their scores: `triples` (n, n, k), `weakened`
    (n, k), `graded` of each job (its resumes, k), `categories` (jobs, resumes, k). `cards` (p, c) is what the cards of
    p pairs tell, `measured` (p, k) the signals of the same pairs."""

    triples: Signals
    weakened: Signals
    graded: list[Signals]
    categories: Signals
    cards: Signals
    measured: Signals


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

    def cards(job: str, texts: Sequence[str]) -> Signals:
        return card_signals(asked_by_document(jobs[job]), _cards([resumes[text] for text in texts]))

    triples, graded, categories = sets.triples, sets.graded, sets.categories
    some = [*categories.jobs, *triples.jobs[:: max(1, len(triples.jobs) // _CARD_JOBS)]]
    return LabelledSignals(
        triples=np.stack([signals(job, triples.matched) for job in triples.jobs]),
        weakened=np.concatenate(
            [signals(job, [text]) for job, text in zip(triples.jobs, triples.weakened, strict=True)]
        ),
        graded=[signals(job, texts) for job, texts in zip(graded.jobs, graded.resumes, strict=True)],
        categories=np.stack([signals(job, categories.resumes) for job in categories.jobs]),
        cards=np.concatenate([cards(job, categories.resumes) for job in some]),
        measured=np.concatenate([signals(job, categories.resumes) for job in some]),
    )


def _cards(documents: Sequence[ReadDocument]) -> Cards:
    """As they would lie in rows, but for the rounding of vectors."""
    dimension = len(documents[0].reading.mean)
    packed = [packed_roles(named_roles(each.reading, each.units), dimension) for each in documents]
    sizes = np.array([len(each) // bytes_of_role(dimension) for each in packed])
    return replace(
        stacked_cards(documents),
        heads=np.stack([each.reading.head for each in documents]),
        means=np.stack([each.reading.mean for each in documents]),
        positions=unpacked_roles(b"".join(packed), dimension),
        position_starts=np.cumsum(np.append(0, sizes)),
    )

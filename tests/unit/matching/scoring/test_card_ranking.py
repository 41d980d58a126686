"""Cards put first those that score best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from services.matching.index.cards import card_terms, packed_card_vectors, unpacked_card_vectors
from services.matching.scoring.calculate import Comparison
from services.matching.scoring.choosing.card_ranking import asked_by_document, asked_by_query, card_values
from services.matching.scoring.choosing.card_table import Cards, counted
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import idf

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

WELDER = "Marine welder\nTIG welding of ship hulls\nDiving certificate\nReading of hull drawings"
RESUMES = [
    "Teacher\nTaught mathematics to children and to grown-ups\nSang in the choir of the school",
    WELDER,
    "Welder\nMIG welding of cars and garden gates\nForklift licence",
    "Nurse\nIntensive care and surgery\nNight shifts in two hospitals",
]
JOBS = [
    "Nurse wanted\nRequirements\nIntensive care experience",
    "Marine welder\nRequirements\nTIG welding\nDiving certificate",
]


def cards_of(documents: Sequence[ScoredDocument]) -> Cards:
    terms = [card_terms(each.term_counts) for each in documents]
    dimension = documents[0].windows.vectors.shape[1]
    heads, means = unpacked_card_vectors([packed_card_vectors(each.windows) for each in documents], dimension)
    return Cards(
        offsets=np.cumsum([0, *(len(each.hashes) for each in terms)]),
        hashes=np.concatenate([each.hashes for each in terms]),
        counts=np.concatenate([each.counts for each in terms]),
        lengths=np.array([each.length for each in terms], dtype=np.int32),
        heads=heads,
        means=means,
    )


def test_a_jobs_cards_are_ordered_as_its_scores(document: MakeDocument) -> None:
    resumes = [document("resume", text) for text in RESUMES]
    job = ReadDocument.of(document("job", JOBS[1]))
    scores = [Comparison(job, ReadDocument.of(each)).score or 0.0 for each in resumes]
    values = card_values(asked_by_document(job), cards_of(resumes))
    assert int(np.argmax(values)) == int(np.argmax(scores)) == 1
    assert values[2] > max(values[0], values[3])


def test_a_resumes_jobs_are_ordered_by_the_words_it_has(document: MakeDocument) -> None:
    values = card_values(
        asked_by_document(ReadDocument.of(document("resume", WELDER))), cards_of([document("job", job) for job in JOBS])
    )
    assert values[1] > values[0]


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_querys_cards_are_ordered_by_words_and_meaning(
    document: MakeDocument, embed: Callable[[str], np.ndarray], by_meaning: bool
) -> None:
    asked = asked_by_query({"weld": idf("weld"), "tig": idf("tig")}, embed("TIG welding") if by_meaning else None)
    values = card_values(asked, cards_of([document("resume", text) for text in RESUMES]))
    assert np.argsort(-values)[:2].tolist() == [1, 2]
    assert by_meaning or values[0] == values[3] == 0


def test_each_term_is_counted_in_each_card(document: MakeDocument) -> None:
    cards = cards_of([document("resume", text) for text in ("Hull by hull by hull", "Welder", "A hull")])
    asked = shortened(term_hashes(["welder", "hull", "absent"]))
    assert counted(asked, cards).tolist() == [[0, 3, 0], [1, 0, 0], [0, 1, 0]]
    assert counted(asked[:0], cards).shape == (3, 0)

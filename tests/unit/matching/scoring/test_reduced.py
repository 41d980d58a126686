"""A reading without some of its units is as if the text had never said them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.deriving import derived_reading
from services.matching.scoring.reading.reduced import reduced_reading

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

OWN = ["Baker of bread and cakes", "Rolls for forty hotels", "Ovens cleaned every night"]
OTHER = ["Kubernetes clusters in four regions", "Terraform modules for every team"]


def test_words_units_and_vectors_are_those_of_the_rest(document: MakeDocument) -> None:
    whole, rest = document("resume", "\n".join(OWN + OTHER)), document("resume", "\n".join(OWN))
    reading, wanted = derived_reading(whole), derived_reading(rest)
    gone = np.array([False] * len(OWN) + [True] * len(OTHER))
    reduced = reduced_reading(reading, whole.units, gone)
    assert reduced.resume is not None
    assert reduced.resume.telling.tolist() == [0, 1, 2]
    kept = dict(zip(reduced.hashes.tolist(), reduced.counts.tolist(), strict=True))
    assert {term: count for term, count in kept.items() if count} == dict(
        zip(wanted.hashes.tolist(), wanted.counts.tolist(), strict=True)
    )
    assert reduced.length == wanted.length
    assert float(reduced.mean @ wanted.mean) > float(reading.mean @ wanted.mean)
    assert float(reduced.mean @ wanted.mean) > 0.9


def test_a_line_said_again_and_again_counts_a_few_times(document: MakeDocument) -> None:
    plain = derived_reading(document("resume", "\n".join(OWN)))
    often = derived_reading(document("resume", "\n".join(OWN + ["Kubernetes"] * 300)))
    assert often.resume is not None
    assert plain.resume is not None
    assert len(often.resume.telling) <= len(plain.resume.telling) + 4
    assert often.length <= plain.length + 4
    assert float(often.mean @ plain.mean) > 0.7


def test_a_unit_of_one_word_a_hundred_times_is_no_evidence(document: MakeDocument) -> None:
    often = derived_reading(document("resume", "\n".join([*OWN, "kubernetes " * 100])))
    assert often.resume is not None
    assert often.resume.telling.tolist() == [0, 1, 2]

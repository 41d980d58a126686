"""Lists outside positions are told from lines that say what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.unit_kinds import listing_units, repeated_units

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]


@pytest.mark.parametrize(
    ("line", "is_list"),
    [
        ("Python, SQL, Airflow, Kafka, Docker", True),
        ("Excel | Word | SAP | DATEV", True),
        ("Team work", True),
        ("Ran the kitchen of a hotel with ninety beds for six years", False),
        ("Closed the books each month, and wrote the notes to the annual accounts", False),
    ],
)
def test_lists_are_told(document: MakeDocument, line: str, is_list: bool) -> None:
    assert listing_units(document("resume", line)).tolist() == [is_list]


def test_what_stands_in_a_position_is_work(document: MakeDocument) -> None:
    text = "Developer\nPython, SQL, Airflow, Kafka"
    resume = replace(document("resume", text), entries=[Entry(0, len(text), type="work", title="Developer")])
    assert listing_units(resume).tolist() == [False, False]


def test_a_text_that_says_the_same_again_and_again_is_told(document: MakeDocument) -> None:
    resume = document("resume", "litigation " * 40 + "\nA hearing in the high court about a lease of 1923")
    assert repeated_units(resume, [0, 1]).tolist() == [True, False]  # type: ignore[arg-type]

"""What cards know of positions orders them about as the positions themselves do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.choosing.card_roles import (
    best_roles,
    packed_roles,
    role_table,
    starts_of,
    unpacked_roles,
)
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.deriving import derived_reading
from services.matching.scoring.reading.readings import Reading

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]


def resume_of(document: MakeDocument, *titles: str) -> Reading:
    """Positions of two years each, the latest first."""
    lines = [f"{title}, 20{24 - 2 * place} - 20{26 - 2 * place}" for place, title in enumerate(titles)]
    text = "\n".join(["Kari", *lines])
    entries = [
        Entry(
            text.index(line), text.index(line) + len(line), type="work", title=title, from_=line[-11:-7], to=line[-4:]
        )
        for line, title in zip(lines, titles, strict=True)
    ]
    return derived_reading(replace(document("resume", text), entries=entries))


def values(asked: Reading, cards: list[Reading]) -> list[float]:
    packed = [packed_roles(each) for each in cards]
    starts = starts_of(np.array([len(each) for each in packed]))
    return [float(each) for each in best_roles(role_table(asked), unpacked_roles(b"".join(packed)), starts)]


def test_of_a_job_the_same_work_counts_most_and_the_latest_more(document: MakeDocument) -> None:
    job = derived_reading(document("job", "Accountant\nMonth-end close", title="Accountant"))
    resumes = [
        resume_of(document, "Accountant", "Waiter"),
        resume_of(document, "Waiter", "Waiter", "Waiter", "Accountant"),
        resume_of(document, "Bookkeeper"),
        resume_of(document, "Waiter"),
    ]
    now, before, near, other = values(job, resumes)
    assert now > before > other
    assert now > near > other


def test_a_lower_rank_counts_less_and_a_higher_one_no_more(document: MakeDocument) -> None:
    job = derived_reading(document("job", "Senior Accountant\nMonth-end close", title="Senior Accountant"))
    titles = ("Senior Accountant", "Accountant", "Junior Accountant", "Lead Accountant")
    same, plain, junior, leading = values(job, [resume_of(document, title) for title in titles])
    assert same == leading
    assert same > plain > junior


def test_of_a_resume_jobs_are_told_the_same_way(document: MakeDocument) -> None:
    resume = resume_of(document, "Accountant")
    jobs = [
        derived_reading(document("job", f"{title}\nWork with us", title=title))
        for title in ("Accountant", "Senior Accountant", "Waiter")
    ]
    same, senior, other = values(resume, jobs)
    assert same > senior > other


def test_cards_without_positions_stand_between(document: MakeDocument) -> None:
    job = derived_reading(document("job", "Accountant\nMonth-end close", title="Accountant"))
    own, none, other = values(
        job, [resume_of(document, "Accountant"), derived_reading(document("resume", "")), resume_of(document, "Waiter")]
    )
    assert own > none > other

"""The position that fits best decides, the latest counting most, and words are trusted where work of the kind shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.held_roles import HeldRoles, held_roles
from services.matching.scoring.signals.measured import SIGNALS, measure
from services.matching.scoring.signals.stacked_stations import StackedStations
from services.matching.scoring.stacked import StackedUnits

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

JOB = "Senior Accountant\nMonth-end close\nConsolidated accounts of four companies"


def resume(document: MakeDocument, *positions: str) -> ReadDocument:
    """Each position is `title, 2020 - 2022`."""
    text = "\n".join(["Kari", *positions])
    entries = [
        Entry(
            text.index(each),
            text.index(each) + len(each),
            type="work",
            title=each.partition(",")[0],
            from_=each[-11:-7],
            to=each[-4:],
        )
        for each in positions
    ]
    return ReadDocument.of(replace(document("resume", text), entries=entries))


def roles(document: MakeDocument, *resumes: ReadDocument) -> HeldRoles:
    job = ReadDocument.of(document("job", JOB, title="Senior Accountant"))
    units = StackedUnits.of(resumes, [each.resume.telling for each in resumes])
    return held_roles(job, resumes, units, StackedStations.of(resumes, units), units.cosines(job.title[None])[:, 0])


def test_the_same_work_counts_more_than_near_work_and_that_more_than_other_work(document: MakeDocument) -> None:
    same, near, other = roles(
        document,
        resume(document, "Senior Accountant, 2020 - 2024"),
        resume(document, "Bookkeeper, 2020 - 2024"),
        resume(document, "Waiter, 2020 - 2024"),
    ).fit
    assert same > near > other


def test_what_was_long_ago_counts_less(document: MakeDocument) -> None:
    now, before = roles(
        document,
        resume(document, "Senior Accountant, 2020 - 2024", "Waiter, 2000 - 2004"),
        resume(document, "Waiter, 2020 - 2024", "Senior Accountant, 2000 - 2004"),
    ).fit
    assert now > before > 0.5 * now


def test_a_higher_rank_is_no_fault_and_a_lower_one_counts_less(document: MakeDocument) -> None:
    same, lower, higher = roles(
        document,
        resume(document, "Senior Accountant, 2020 - 2024"),
        resume(document, "Junior Accountant, 2020 - 2024"),
        resume(document, "Lead Accountant, 2020 - 2024"),
    ).fit
    assert lower < same
    assert higher >= same - 0.1


def test_words_are_trusted_where_work_of_the_kind_shows(document: MakeDocument) -> None:
    own, other = roles(
        document, resume(document, "Accountant, 2020 - 2024"), resume(document, "Waiter, 2020 - 2024")
    ).trust
    assert (own, other) == (1.0, 0.0)


def test_a_list_of_what_the_job_asks_is_no_evidence_in_another_occupation(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", JOB, title="Senior Accountant"))
    plain = resume(document, "Waiter, 2020 - 2024")
    listed = resume(document, "Waiter, 2020 - 2024", "month-end close, consolidated accounts, tables, 2000 - 2001")
    place = SIGNALS.index("requirements")
    assert measure(job, [listed]).signals[0, place] - measure(job, [plain]).signals[0, place] <= 0.45

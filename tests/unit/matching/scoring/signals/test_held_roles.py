"""The position that fits best decides, the latest counting most, and words are trusted where work of the kind shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
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


def test_what_somebody_calls_themselves_makes_no_words_trusted_where_they_did_other_work(
    document: MakeDocument,
) -> None:
    waiter = resume(document, "Waiter, 2020 - 2024")
    held = msgspec.structs.replace(waiter.resume.held, headline="Senior Accountant")
    reading = replace(waiter.reading, resume=replace(waiter.resume, held=held))
    called = ReadDocument(reading, waiter.units)
    found = roles(document, called)
    assert found.fit[0] > 0.2
    assert found.trust[0] == 0.0


def test_a_position_without_a_title_that_anybody_knows_is_told_by_its_lines(document: MakeDocument) -> None:
    told, other = roles(
        document,
        resume(document, "Nordlys Ltd, month-end close as senior accountant, 2020 - 2024"),
        resume(document, "Nordlys Ltd, tables and glasses, 2020 - 2024"),
    ).fit
    assert told > other


def test_words_beside_work_of_another_kind_bring_a_resume_no_nearer(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", JOB, title="Senior Accountant"))
    place = SIGNALS.index("body")

    def body(position: str, beside: str) -> float:
        text = f"Kari\n{beside}\n{position}, 2020 - 2024"
        start = text.index(position)
        entry = Entry(start, len(text), type="work", title=position, from_="2020", to="2024")
        read = ReadDocument.of(replace(document("resume", text), entries=[entry]))
        return float(measure(job, [read]).signals[0, place])

    claimed = "Keen on month-end close and consolidated accounts of four companies"
    assert body("Waiter", claimed) <= body("Waiter", "Keen on sailing") + 0.05
    assert body("Accountant", claimed) > body("Accountant", "Keen on sailing") + 0.1


def test_a_list_of_what_the_job_asks_is_no_evidence_in_another_occupation(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", JOB, title="Senior Accountant"))
    plain = resume(document, "Waiter, 2020 - 2024")
    listed = resume(document, "Waiter, 2020 - 2024", "month-end close, consolidated accounts, tables, 2000 - 2001")
    place = SIGNALS.index("requirements")
    assert measure(job, [listed]).signals[0, place] - measure(job, [plain]).signals[0, place] <= 0.45

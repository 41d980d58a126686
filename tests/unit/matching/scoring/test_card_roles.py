"""What cards know of positions orders them about as the positions themselves do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.choosing.card_roles import (
    NamedRole,
    bytes_of_role,
    named_roles,
    packed_roles,
    place_of,
    unpacked_roles,
)
from services.matching.scoring.choosing.sought_roles import SoughtRoles
from services.matching.scoring.choosing.unit_signs import near_cosines
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.role import role_of
from services.matching.scoring.signals.held_roles import held_roles
from services.matching.scoring.signals.stacked_stations import StackedStations
from services.matching.scoring.stacked import StackedUnits
from tests.unit.matching.scoring.conftest import DIMENSION

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]


def resume_of(document: MakeDocument, *titles: str) -> ReadDocument:
    """Positions of two years each, the latest first."""
    lines = [f"{title}, {2024 - 2 * place} - {2026 - 2 * place}" for place, title in enumerate(titles)]
    text = "\n".join(["Kari", *lines])
    entries = [
        Entry(
            text.index(line), text.index(line) + len(line), type="work", title=title, from_=line[-11:-7], to=line[-4:]
        )
        for line, title in zip(lines, titles, strict=True)
    ]
    return ReadDocument.of(replace(document("resume", text), entries=entries))


def named(document: ReadDocument) -> list[NamedRole]:
    return named_roles(document.reading, document.units)


def values(asked: ReadDocument, cards: list[ReadDocument]) -> list[float]:
    packed = [packed_roles(named(each), DIMENSION) for each in cards]
    starts = np.cumsum([0, *(len(each) // bytes_of_role(DIMENSION) for each in packed)])
    sought = SoughtRoles(named(asked), is_job=asked.kind == "job")
    return sought.best(unpacked_roles(b"".join(packed), DIMENSION), starts).tolist()


def test_of_a_job_the_same_work_counts_most_and_the_latest_more(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", "Accountant\nMonth-end close", title="Accountant"))
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
    job = ReadDocument.of(document("job", "Senior Accountant\nMonth-end close", title="Senior Accountant"))
    titles = ("Senior Accountant", "Accountant", "Junior Accountant", "Lead Accountant")
    same, plain, junior, leading = values(job, [resume_of(document, title) for title in titles])
    assert same == leading
    assert same > plain > junior


def test_of_a_resume_jobs_are_told_the_same_way(document: MakeDocument) -> None:
    resume = resume_of(document, "Accountant")
    jobs = [
        ReadDocument.of(document("job", f"{title}\nWork with us", title=title))
        for title in ("Accountant", "Senior Accountant", "Waiter")
    ]
    same, senior, other = values(resume, jobs)
    assert same > senior > other


def test_cards_without_positions_stand_between(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", "Accountant\nMonth-end close", title="Accountant"))
    own, none, other = values(
        job, [resume_of(document, "Accountant"), ReadDocument.of(document("resume", "")), resume_of(document, "Waiter")]
    )
    assert own > none > other


def test_cards_tell_of_positions_about_what_the_positions_themselves_do(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", "Marine electrician\nWiring of hulls", title="Marine electrician"))
    titles = (
        "Marine electrician",
        "Electrician",
        "Electrician, houses",
        "Senior electrician, marine",
        "Plumber",
        "Cook",
    )
    resumes = [resume_of(document, title, "Waiter") for title in titles]
    units = StackedUnits.of(resumes, [each.resume.telling for each in resumes])
    lines = units.cosines(job.title[None])[:, 0]
    exact = held_roles(job, resumes, units, StackedStations.of(resumes, units), lines).fit
    # The signs of a vector of 256 numbers tell a cosine to about .05.
    np.testing.assert_allclose(values(job, resumes), exact, atol=0.05)


def test_a_card_keeps_what_somebody_calls_themselves_and_the_latest_positions(document: MakeDocument) -> None:
    resume = resume_of(document, *["Accountant"] * 15, "Baker", "Cook")
    called = NamedRole(role_of("Waiter"), 0.1, None)
    roles = unpacked_roles(packed_roles([called, *named(resume)], DIMENSION), DIMENSION)
    groups = [place_of(group) for title in ("Waiter", "Accountant") for group in role_of(title).groups]
    assert roles.groups.tolist() == [groups[0], *[groups[1]] * 15]
    assert roles.lined.tolist() == [False, *[True] * 15]


@pytest.mark.parametrize("dimension", [DIMENSION, 100, 7])
def test_positions_are_unpacked_as_they_were_packed_whatever_the_dimension(dimension: int) -> None:
    line = np.where(np.arange(dimension) % 3, 1.0, -1.0).astype(np.float32) / np.float32(np.sqrt(dimension))
    named_role = NamedRole(role_of("Senior Accountant"), 0.6, line)
    packed = packed_roles([named_role, NamedRole(role_of("Gribbler"), 1.0, None)], dimension)
    first, second = 0, 1
    roles = unpacked_roles(packed, dimension)
    assert len(packed) == 2 * bytes_of_role(dimension)
    assert roles.ranks[first] == named_role.role.rank
    assert (roles.sure[first], roles.groups[second]) == (True, 0)
    assert roles.shares.tolist() == pytest.approx([0.6, 1.0], abs=0.01)
    assert near_cosines(roles.signs[:1], line).tolist() == pytest.approx([0.8], abs=0.05)

"""What a resume states as facts."""

import pytest

from libs.contracts.structure import Entry, Mention
from services.matching.scoring.facts.held import Held, held_by, key_of
from services.matching.scoring.facts.levels import degree_rank, language_rank

pytestmark = pytest.mark.unit

TEXT = (
    "Skills\nPostgreSQL, Kubernetes\n"
    "Clerk, Ames Ltd, 2015 - 2019\nKept ledgers in PostgreSQL for 12 patients\n"
    "German B2"
)


def held(*found: Mention, entries: tuple[Entry, ...] = (), text: str = TEXT) -> Held:
    starts = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
    spans = [(start, text.find("\n", start)) for start in starts]
    return held_by(text=text, mentions=found, entries=entries, unit_spans=spans, as_of="2026-11-01", language="en")


def mention(written: str, at: int = 0, **told) -> Mention:
    start = TEXT.index(written, at)
    return Mention(start, start + len(written), **{"type": "skill", "name": written, **told})


JOB = Entry(TEXT.index("Clerk"), TEXT.index("\nGerman"), type="work", from_="2015", to="2019", title="Clerk")


def test_a_name_used_at_work_counts_as_applied_and_points_to_that_unit():
    names = held(mention("PostgreSQL"), mention("PostgreSQL", 40), mention("Kubernetes"), entries=(JOB,)).names
    assert (names["skill:PostgreSQL"].applied, names["skill:PostgreSQL"].units) == (1, (3, 1))
    assert (names["skill:Kubernetes"].applied, names["skill:Kubernetes"].units) == (0, (1,))


def test_what_a_name_includes_is_had_too():
    found = held(mention("PostgreSQL")).names[key_of("skill", "SQL")]
    assert (found.by, found.units) == ("PostgreSQL", (1,))


def test_what_is_denied_is_not_had_unless_it_is_had_elsewhere():
    denied = held(mention("Kubernetes", state="denied"))
    assert (denied.names, denied.denied) == ({}, {"skill:Kubernetes": "denied"})
    both = held(mention("PostgreSQL", state="wished"), mention("PostgreSQL", 40))
    assert ("skill:PostgreSQL" in both.names, both.denied) == (True, {})


def test_a_language_has_the_best_of_its_levels():
    found = held(
        mention("German", type="language"), mention("German B2", type="language", name="German", level="B2")
    ).names
    assert found["language:German"].rank == language_rank("B2")


def test_positions_studies_and_amounts():
    studies = Entry(0, 6, type="education", title="BSc", subject="Chemistry", level="bachelor")
    unfinished = Entry(0, 6, type="education", title="PhD", level="doctorate", in_progress=True)
    found = held(entries=(JOB, studies, unfinished))
    ((station,), (study,)) = found.stations, found.studies
    assert (station.last - station.first, station.title, station.units) == (48, "Clerk", (2, 4))
    assert (study.rank, study.words[:2]) == (degree_rank("bachelor"), ("bsc", "chemistri"))
    assert ("patients", 12, 3) in [(each.measure, each.value, each.unit) for each in found.amounts]


def test_a_degree_that_is_named_outside_of_studies_counts_with_what_it_is_in():
    text = "Master of Law"
    named = Mention(0, 6, type="degree", name="Master", level="master")
    ((study),) = held(named, text=text).studies
    assert (study.rank, study.words) == (degree_rank("master"), ("master", "law"))

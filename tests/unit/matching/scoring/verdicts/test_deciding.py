"""Names, levels, times and amounts decide by themselves, and say why."""

from collections.abc import Sequence

import pytest

from services.matching.scoring.facts.asks import Ask, AskedAmount, AskedName
from services.matching.scoring.facts.held import Held, HeldAmount, HeldName, HeldStation, HeldStudies
from services.matching.scoring.facts.levels import degree_rank, language_rank
from services.matching.scoring.verdicts.deciding import amount_found, degree_found, names_found, years_found
from services.matching.scoring.verdicts.judged import Finding, Judged, all_of

pytestmark = pytest.mark.unit


def ask(**told) -> Ask:
    given = dict.fromkeys(("degree", "years")) | {
        "names": [],
        "or_similar": False,
        "subject": [],
        "amounts": [],
        "words": [],
    }
    return Ask(0, 10, **(given | told))


def held(**told) -> Held:
    given = {"names": {}, "denied": {}, "stations": [], "studies": [], "amounts": [], "language": "en"}
    return Held(**(given | told))


def names(asked: list[list[AskedName]], has: Held) -> list[tuple[str, str | None]]:
    found = names_found(ask(names=asked), has, trust=1.0)
    return [(Judged(each.strength).status, each.reason) for each in found]


def name(written: str, type: str = "skill", level: str | None = None) -> AskedName:
    return AskedName(type, written, level)


KUBERNETES = {"skill:Kubernetes": HeldName(None, (3,), 1)}


def test_a_name_is_met_by_itself_or_by_what_includes_it():
    assert names([[name("Kubernetes")]], held(names=KUBERNETES)) == [("met", None)]
    sql = {"skill:SQL": HeldName(None, (3,), 1, "PostgreSQL")}
    assert names([[name("SQL")]], held(names=sql)) == [("met", "PostgreSQL includes SQL")]


def test_a_name_that_is_not_there_is_missing_and_of_alternatives_one_is_enough():
    assert names([[name("Terraform")]], held(names=KUBERNETES)) == [("missing", "no Terraform found")]
    assert names([[name("Terraform"), name("Kubernetes")]], held(names=KUBERNETES)) == [("met", None)]


def test_what_is_denied_is_missing_and_the_reason_says_so():
    ((status, reason),) = names([[name("Kubernetes")]], held(denied={"skill:Kubernetes": "denied"}))
    assert (status, reason) == ("missing", "Kubernetes is named, but as something that the person has not")


@pytest.mark.parametrize(
    ("level", "asked", "status"),
    [("C1", "B2", "met"), ("B2", "B2", "met"), ("B2", "C1", "partial"), (None, "C1", "partial"), (None, None, "met")],
)
def test_a_language_is_met_from_the_level_that_is_asked(level, asked, status):
    german = {"language:German": HeldName(language_rank(level), (2,), 0)}
    assert names([[name("German", "language", asked)]], held(names=german))[0][0] == status


def test_another_language_does_not_meet_it():
    german = {"language:German": HeldName(language_rank("C1"), (2,), 0)}
    assert names([[name("French", "language", "B1")]], held(names=german))[0][0] == "missing"
    # The resume's own language is shown by the resume.
    assert names([[name("English", "language", None)]], held(names=german))[0][0] == "met"
    assert names([[name("English", "language", "C2")]], held(names=german))[0][0] == "partial"


@pytest.mark.parametrize(
    ("level", "words", "status"),
    [
        ("bachelor", ["chemistri"], "met"),
        ("doctorate", ["chemistri"], "met"),
        ("bachelor", ["histori"], "partial"),
        ("associate", ["chemistri"], "partial"),
        (None, [], "missing"),
    ],
)
def test_a_degree_is_met_by_its_level_or_a_higher_one_in_its_subject(level, words, status):
    studies = [] if level is None else [HeldStudies(degree_rank(level), words, 1)]
    asked = ask(degree=degree_rank("bachelor"), subject=["chemistri"])
    assert Judged(degree_found(asked, held(studies=studies)).strength).status == status


def station(first: int | None, last: int | None, months: float | None = None) -> HeldStation:
    return HeldStation(first, last, months, 1.0, "", 0, (0, 1))


def years(
    asked: float,
    same: Sequence[HeldStation],
    near: Sequence[HeldStation] = (),
    stated: float | None = None,
    trust: float = 1.0,
) -> Finding:
    return years_found(ask(years=asked), same, near, lambda: stated, trust=trust)


def status(found: Finding) -> str:
    return Judged(found.strength).status


def test_years_are_those_of_all_stations_together_and_the_reason_counts_them():
    stations = [station(24_000, 24_018), station(24_018, 24_028)]
    found = years(5.0, stations)
    assert (status(found), found.reason) == ("partial", "asks for 5 years; 2 years 4 months found in 2 entries")
    assert status(years(2.0, stations)) == "met"


def test_years_of_near_work_make_it_partial_at_most():
    found = years(2.0, [], [station(24_000, 24_120)])
    assert (status(found), found.reason) == (
        "partial",
        "asks for 2 years; 10 years found in 1 entry, not all of it the same work",
    )


def test_without_dates_the_years_that_the_text_names_count():
    assert status(years(5.0, [], stated=8.0)) == "met"
    assert status(years(5.0, [], stated=2.0)) == "partial"
    assert status(years(5.0, [], stated=1.0)) == "missing"
    assert status(years(5.0, [])) == "missing"
    assert status(years(5.0, [station(None, None)], stated=8.0)) == "met"


def test_years_that_are_only_named_by_who_did_other_work_are_partial_at_most():
    assert status(years(5.0, [], stated=8.0, trust=0.0)) == "partial"
    assert status(years(5.0, [station(None, None)], stated=8.0, trust=0.0)) == "met"


def test_what_lasts_until_nobody_says_when_is_not_held_against_anyone():
    assert status(years(5.0, [station(24_000, None)])) == "met"


def amount(asked: AskedAmount, *has: HeldAmount, related: bool = True) -> Finding:
    return amount_found(asked, held(amounts=list(has)), lambda unit: related)


@pytest.mark.parametrize(("value", "expected"), [(75, "met"), (60, "met"), (35, "partial")])
def test_an_amount_is_met_from_the_number_that_is_asked(value, expected):
    assert (
        status(amount(AskedAmount(60, "wpm"), HeldAmount(value, "wpm", 1), HeldAmount(900, "of desk", 1))) == expected
    )


def test_an_amount_of_something_else_does_not_count():
    found = amount(AskedAmount(60, "kg"), HeldAmount(60, "of desk", 1), HeldAmount(75, "kg", 2), related=False)
    assert (status(found), found.reason) == ("partial", "asks for 60 kg; no such number found")


def test_of_several_amounts_those_count_that_are_of_what_is_asked():
    classes, school = (
        HeldAmount(8, "students", 1, None, ("class",)),
        HeldAmount(3_200, "students", 1, None, ("school",)),
    )
    found = amount(AskedAmount(28, "students", near=["class"]), classes, school)
    assert (status(found), found.reason) == ("partial", "asks for 28 students; 8 students found")


@pytest.mark.parametrize(("value", "expected"), [(0.6, "met"), (1, "met"), (2.5, "partial")])
def test_an_amount_may_be_the_most_that_is_asked(value, expected):
    assert status(amount(AskedAmount(1, "%", at_most=True), HeldAmount(value, "%", 1))) == expected


def test_rates_are_compared_per_the_same_time():
    asked = AskedAmount(50, "of ticket", rate=1.0)
    assert status(amount(asked, HeldAmount(300, "of ticket", 1, 0.2))) == "met"
    assert status(amount(asked, HeldAmount(60, "of ticket", 1, 1 / 21))) == "missing"


def test_all_that_is_asked_must_be_met():
    met, missing = Finding(0.9, (1,)), Finding(0.0, (), "no Go found")
    assert all_of([met, met]).status == "met"
    assert (all_of([met, missing]).status, all_of([met, missing]).reason) == ("partial", "no Go found")
    assert all_of([missing, missing]).status == "missing"
    assert all_of([]).status == "missing"

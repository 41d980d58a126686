"""What is asked is decided by facts where it asks for facts, and by words where it does not."""

import numpy as np
import pytest

from services.matching.scoring.facts.asks import Ask, AskedAmount, AskedName, AskedWorkOf
from services.matching.scoring.facts.held import Held, HeldAmount, HeldLead, HeldName, HeldStation
from services.matching.scoring.roles.rank import LEADING, PLAIN
from services.matching.scoring.verdicts.asked import (
    COVER_SHARE,
    AskJudge,
    Beside,
    is_related,
    station_worth,
    word_strengths,
)
from services.matching.scoring.verdicts.judged import Judged

pytestmark = pytest.mark.unit

YEAR = 12


def ask(**told) -> Ask:
    given = {"names": [], "or_similar": False, "degree": None, "subject": [], "years": None, "amounts": [], "words": []}
    return Ask(0, 10, **(given | told))


def verdict(asked: Ask, near: list[float], cover: list[float], titles: tuple[float, ...] = (), **held) -> Judged:
    """Of a resume whose units are all telling: their cosines, and the shares of the words that they hold."""
    has = Held(**({"names": {}, "denied": {}, "stations": [], "studies": [], "amounts": [], "language": None} | held))
    worth = [one + COVER_SHARE * other for one, other in zip(near, cover, strict=True)]
    in_words = float(word_strengths(np.array([max(worth, default=0.0)], np.float32))[0])
    lines = [slice(*each.units) for each in has.stations]
    about = station_worth(
        asked,
        np.array([max(near[each], default=0.0) for each in lines]),
        np.array([max(cover[each], default=0.0) for each in lines]),
        np.array([titles[each.titled] if titles else 0.0 for each in has.stations]),
    )
    beside = Beside(
        held=has,
        about=about.tolist(),
        in_words=in_words,
        shown_by=(int(np.argmax(worth)),) if worth else (),
        trust=1.0,
        is_related=lambda unit: is_related(near[unit], cover[unit]),
    )
    return AskJudge(asked).judged(beside)


def station(years: int, title: str, unit: int) -> HeldStation:
    return HeldStation(24_000, 24_000 + years * YEAR, None, 1.0, title, unit, (unit, unit + 1))


def work(title: str, *, named: bool = True, whole: bool = False, rank: int = PLAIN) -> AskedWorkOf:
    return AskedWorkOf(title, named, whole, rank)


def test_words_are_met_by_the_unit_that_says_them_best():
    found = verdict(ask(words=["wound", "dress"]), [0.2, 0.8], [0.0, 1.0])
    assert (found.status, found.units) == ("met", (1,))
    assert verdict(ask(words=["wound", "dress"]), [0.2, 0.1], [0.0, 0.0]).status == "missing"
    assert verdict(ask(words=["wound"]), [], []).status == "missing"


def test_a_name_that_is_not_there_is_missing_however_near_a_unit_is():
    named = ask(names=[[AskedName("skill", "Kubernetes")]])
    assert verdict(named, [0.95], [1.0]).status == "missing"
    similar = ask(names=[[AskedName("skill", "Kubernetes")]], or_similar=True)
    assert verdict(similar, [0.95], [1.0]).status == "met"


def test_years_are_those_of_positions_of_the_occupation_that_is_named():
    asked = ask(years=5.0, words=["account"], work=work("accounting"))
    stations = [station(3, "Accountant", 0), station(9, "Cook", 1)]
    # However near the cook's lines sound.
    found = verdict(asked, [0.3, 0.8], [0.0, 1.0], stations=stations)
    assert (found.status, found.reason) == ("partial", "asks for 5 years; 3 years found in 1 entry")


def test_years_of_what_is_no_occupation_are_those_of_positions_about_it():
    asked = ask(years=5.0, words=["valv", "pump"])
    stations = [station(3, "Pump valve tester", 0), station(9, "Cook", 1)]
    assert verdict(asked, [0.3, 0.2], [1.0, 0.0], stations=stations).reason == (
        "asks for 5 years; 3 years found in 1 entry"
    )


def test_years_without_a_subject_are_those_in_the_jobs_own_role():
    stations = [station(6, "Nurse", 0), station(9, "Cook", 1)]
    asked = work("Staff Nurse")
    assert verdict(ask(years=5.0, work=asked), [0.1, 0.1], [0.0, 0.0], stations=stations).status == "met"
    assert verdict(ask(years=8.0, work=asked), [0.1, 0.1], [0.0, 0.0], stations=stations).status == "partial"


def test_internships_are_no_years_of_work():
    stations = [station(6, "Accounting Intern", 0)]
    asked = ask(years=3.0, work=work("accountant"))
    assert verdict(asked, [0.9], [1.0], stations=stations).status == "missing"


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Staff Nurse, City Hospital", "met"),
        ("Licensed Practical Nurse", "partial"),
        ("Recruiter for nurses", "missing"),
        ("Cook", "missing"),
    ],
)
def test_experience_as_something_is_told_by_the_titles_of_positions(title, status):
    asked = ask(words=["nurs"], work=work("nurse", whole=True))
    assert verdict(asked, [0.7], [1.0], stations=[station(4, title, 0)]).status == status


def test_who_ranks_lower_meets_it_in_part():
    asked = ask(work=work("store manager", whole=True, rank=5))
    assert verdict(asked, [0.9], [1.0], stations=[station(4, "Assistant Store Manager", 0)]).status == "partial"
    assert verdict(asked, [0.1], [0.0], stations=[station(4, "Store Manager", 0)]).status == "met"


def test_having_led_people_is_told_by_titles_and_by_what_the_text_says():
    asked = ask(leads=True, words=["lead", "team"])
    assert verdict(asked, [0.9], [1.0]).status == "missing"
    assert verdict(asked, [0.1], [0.0], stations=[station(4, "Shift Supervisor", 0)]).status == "met"
    assert verdict(asked, [0.1], [0.0], leads=[HeldLead(0, None, True)]).status == "met"
    assert verdict(asked, [0.1], [0.0], leads=[HeldLead(0, None, False)]).status == "partial"


@pytest.mark.parametrize(("people", "status"), [(14.0, "met"), (5.0, "partial"), (None, "partial")])
def test_as_many_people_must_have_been_led_as_are_asked(people, status):
    asked = ask(leads=True, amounts=[AskedAmount(10, "people")])
    assert verdict(asked, [0.1], [0.0], leads=[HeldLead(0, people, True)]).status == status


def test_years_of_leading_are_those_of_positions_that_led():
    asked = ask(years=3.0, work=work("", named=False, rank=LEADING))
    stations = [station(2, "Team Lead", 0), station(9, "Developer", 1)]
    assert verdict(asked, [0.1, 0.1], [0.0, 0.0], stations=stations).status == "partial"
    leads = [HeldLead(1, 4, True)]
    assert verdict(asked, [0.1, 0.1], [0.0, 0.0], stations=stations, leads=leads).status == "met"


def test_an_amount_counts_where_its_line_is_about_what_is_asked():
    asked = ask(amounts=[AskedAmount(8, "of crane")], words=["lift"])
    told = [HeldAmount(40, "of crane", 0), HeldAmount(3, "of crane", 1)]
    assert verdict(asked, [0.1, 0.8], [0.0, 1.0], amounts=told).status == "partial"
    assert verdict(asked, [0.8, 0.1], [1.0, 0.0], amounts=told).status == "met"


def test_years_with_a_thing_are_those_of_positions_that_name_it():
    asked = ask(years=5.0, names=[[AskedName("skill", "Java")]], words=["backend", "develop"])
    stations = [station(3, "Java Developer", 0), station(6, "Developer", 1), station(9, "Cook", 2)]
    java = {"skill:Java": HeldName(None, (1,), 1)}
    found = verdict(asked, [0.2, 0.2, 0.2], [0.0, 0.0, 0.0], stations=stations, names=java)
    assert (found.status, found.reason) == ("met", "asks for 5 years; 6 years found in 2 entries")

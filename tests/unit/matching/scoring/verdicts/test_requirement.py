"""A requirement's verdict is of facts where it asks for facts, and of words where it does not."""

import numpy as np
import pytest

from services.matching.scoring.facts.asks import Ask, AskedAmount, AskedName
from services.matching.scoring.facts.held import Held, HeldAmount, HeldStation
from services.matching.scoring.verdicts.judged import Judged
from services.matching.scoring.verdicts.requirement import Surroundings, judged

pytestmark = pytest.mark.unit

YEAR = 12


def ask(**told) -> Ask:
    given = {"names": [], "or_similar": False, "degree": None, "subject": [], "years": None, "amounts": [], "words": []}
    return Ask(0, 10, **(given | told))


def verdict(asked: Ask, near: list[float], cover: list[float], titles: tuple[float, ...] = (), **held) -> Judged:
    """Of a resume whose units are all telling."""
    given = {"names": {}, "denied": {}, "stations": [], "studies": [], "amounts": [], "language": None}
    around = Surroundings(Held(**(given | held)), np.arange(len(near)), titles)
    return judged([asked], np.array(near, np.float32), [np.array(cover, np.float32)], around)


def station(years: int, title: str, unit: int) -> HeldStation:
    return HeldStation(0, years * YEAR, None, 1.0, [title], (unit, unit + 1))


def test_words_are_met_by_the_unit_that_says_them_best():
    found = verdict(ask(words=["wound", "dress"]), [0.2, 0.8], [0.0, 1.0])
    assert (found.status, found.rows) == ("met", [1])
    assert verdict(ask(words=["wound", "dress"]), [0.2, 0.1], [0.0, 0.0]).status == "missing"
    assert verdict(ask(words=["wound"]), [], []).status == "missing"


def test_a_name_that_is_not_there_is_missing_however_near_a_unit_is():
    named = ask(names=[[AskedName("skill", "Kubernetes")]])
    assert verdict(named, [0.95], [1.0]).status == "missing"
    similar = ask(names=[[AskedName("skill", "Kubernetes")]], or_similar=True)
    assert verdict(similar, [0.95], [1.0]).status == "met"


def test_years_are_those_of_the_stations_about_what_is_asked():
    asked = ask(years=5.0, words=["account"])
    stations = [station(3, "account", 0), station(9, "cook", 1)]
    found = verdict(asked, [0.3, 0.2], [1.0, 0.0], (0.0, 0.0), stations=stations)
    assert (found.status, found.reason) == ("partial", "asks for 5 years; 3 years found in 1 entry")


def test_years_without_a_subject_are_those_in_the_jobs_own_role():
    stations = [station(6, "nurs", 0), station(9, "cook", 1)]
    assert verdict(ask(years=5.0), [0.1, 0.1], [0.0, 0.0], (0.9, 0.1), stations=stations).status == "met"
    assert verdict(ask(years=8.0), [0.1, 0.1], [0.0, 0.0], (0.9, 0.1), stations=stations).status == "partial"


def test_an_amount_counts_where_its_line_is_about_what_is_asked():
    asked = ask(amounts=[AskedAmount(8, "people")], words=["lead"])
    told = [HeldAmount(40, "people", 0), HeldAmount(3, "people", 1)]
    assert verdict(asked, [0.1, 0.8], [0.0, 1.0], amounts=told).status == "partial"
    assert verdict(asked, [0.8, 0.1], [1.0, 0.0], amounts=told).status == "met"

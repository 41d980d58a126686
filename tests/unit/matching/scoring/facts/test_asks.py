"""What a requirement asks for, taken apart."""

import pytest

from libs.contracts.structure import Mention, RequirementPart
from services.matching.scoring.facts.asks import ask_of, asks_of, content_words

pytestmark = pytest.mark.unit


def mentions(text: str, *names: tuple[str, str, str | None]) -> list[Mention]:
    """Each (written, type, level), under the name that is written."""
    found = []
    for name, type_, level in names:
        at = text.index(name)
        found.append(Mention(at, at + len(name), type=type_, name=name, level=level))
    return found


def names_of(text: str, *written: str) -> list[list[str]]:
    asked = ask_of(text, 0, len(text), mentions(text, *((each, "skill", None) for each in written)))
    return [[each.name for each in group] for group in asked.names]


@pytest.mark.parametrize(
    ("text", "written", "groups"),
    [
        ("Python, Java or Go", ["Python", "Java", "Go"], [["Python", "Java", "Go"]]),
        ("Python, SQL and Airflow", ["Python", "SQL", "Airflow"], [["Python"], ["SQL"], ["Airflow"]]),
        ("AWS or Azure and Terraform", ["AWS", "Azure", "Terraform"], [["AWS", "Azure"], ["Terraform"]]),
        ("Java/Kotlin, Spring Boot", ["Java", "Kotlin", "Spring Boot"], [["Java", "Kotlin"], ["Spring Boot"]]),
        ("a till such as Lightspeed, Square", ["Lightspeed", "Square"], [["Lightspeed", "Square"]]),
    ],
)
def test_of_alternatives_one_is_enough_and_of_a_list_all_are_asked(text, written, groups):
    assert names_of(text, *written) == groups


def test_what_can_be_said_in_other_words_is_no_name():
    assert names_of("project management with Jira", "project management", "Jira") == [["Jira"]]


def test_a_name_that_the_job_denies_is_not_asked():
    text = "No Kubernetes needed"
    denied = Mention(3, 13, type="skill", name="Kubernetes", state="denied")
    assert ask_of(text, 0, len(text), [denied]).names == []


def test_years_amounts_and_the_words_that_are_left():
    asked = ask_of(text := "At least 3 years of leading 8+ engineers in fintech", 0, len(text), [])
    assert (asked.years, [(each.value, each.unit) for each in asked.amounts]) == (3, [(8, "people")])
    assert asked.words == ["lead", "fintech"]


def test_the_lowest_of_several_degrees_is_asked_with_its_subject():
    text = "Bachelor or Master in Chemistry"
    asked = ask_of(
        text, 0, len(text), mentions(text, ("Bachelor", "degree", "bachelor"), ("Master", "degree", "master"))
    )
    assert (asked.degree, asked.subject) == (3, ["chemistri"])


def test_something_similar_would_do():
    text = "Salesforce or a similar CRM"
    assert ask_of(text, 0, len(text), mentions(text, ("Salesforce", "skill", None))).or_similar
    assert not ask_of("Salesforce", 0, 10, []).or_similar


def test_a_requirement_of_parts_asks_for_each_that_says_anything():
    text = "Python and strong skills and rotas"
    spans = ((0, 6), (11, 24), (29, 34))
    parts = [RequirementPart(start, end, text=text[start:end]) for start, end in spans]
    asks = asks_of(0, len(text), parts, [], text, nice=False)
    assert [text[each.start : each.end] for each in asks] == ["Python", "rotas"]


def test_a_name_that_holds_a_joint_is_asked_as_a_whole():
    text = "Idaho property and casualty license"
    parts = [RequirementPart(start, end, text=text[start:end]) for start, end in ((0, 14), (19, 35))]
    named = mentions(text, ("property and casualty license", "licence", None))
    (ask,) = asks_of(0, len(text), parts, named, text, nice=False)
    assert [(each.name, each.about) for group in ask.names for each in group] == [
        ("property and casualty license", ["place:Idaho"])
    ]


def test_a_part_with_a_number_asks_for_something_without_another_word():
    text = "a certificate and two years of practice"
    parts = [RequirementPart(start, end, text=text[start:end]) for start, end in ((0, 13), (18, 39))]
    assert [each.years for each in asks_of(0, len(text), parts, [], text, nice=False)] == [None, 2]


def test_years_of_nothing_that_is_named_are_those_of_the_job():
    asked = ask_of(text := "5 years of experience", 0, len(text), [], job_title="Welder")
    assert (asked.years, asked.work.title) == (5, "Welder")


@pytest.mark.parametrize(("text", "at_most"), [("reject rate below 1 %", True), ("at least 95 % of target", False)])
def test_what_is_asked_may_be_the_most(text, at_most):
    (amount,) = ask_of(text, 0, len(text), []).amounts
    assert amount.at_most is at_most


def test_words_by_which_everything_is_asked_say_nothing():
    assert content_words("Proven hands-on experience and strong knowledge required") == []
    assert content_words("Experience of wound dressing") == ["wound", "dress"]


def test_no_more_than_some_years_asks_for_none():
    text = "No more than 3 years of experience"
    assert ask_of(text, 0, len(text), []).years == 0

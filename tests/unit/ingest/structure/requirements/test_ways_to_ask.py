"""Jobs are written in many ways: tables, lines without bullets, one paragraph, a mail."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.text_preparation import job_text, prepare
from services.ingest.structure.requirements.requirements import find_requirements
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def asked(description: str, requirements: str | list[str] | None = None) -> list[tuple[str, str]]:
    text = prepare(job_text(None, description, requirements))
    stored = StoredText("job", text, date(2026, 11, 1), requirements=requirements)
    return [(requirement.text, requirement.necessity) for requirement in find_requirements(stored, [])[0]]


def test_each_row_of_a_table_says_how_much_it_matters():
    table = (
        "Person specification\nCriteria | Essential/Desirable | Assessed by\n"
        "Level 3 in park management | Essential | Certificate\n"
        "Chainsaw ticket | D | Interview\n"
        "Works well alone at dawn | E | Interview"
    )
    assert asked(table) == [
        ("Level 3 in park management", "must"),
        ("Chainsaw ticket", "nice"),
        ("Works well alone at dawn", "must"),
    ]


def test_the_columns_of_a_table_say_how_much_it_matters():
    table = (
        "Factor | Essential | Desirable\nTraining | Level 2 in catering | Level 3\nExperience | Cooking for sixty |\n"
        "Rye bread | | x"
    )
    assert asked(table) == [
        ("Level 2 in catering", "must"),
        ("Level 3", "nice"),
        ("Cooking for sixty", "must"),
        ("Rye bread", "nice"),
    ]


def test_a_table_that_grades_nothing_is_read_as_lines():
    assert asked("Monday | Tuesday\nEarly | Late\nYou must hold a crane ticket | Yes") == [
        ("You must hold a crane ticket | Yes", "must")
    ]


def test_a_heading_stands_right_above_its_lines():
    text = (
        "Van driver, part time\n\nYour day\nLoading at eight\nFifteen drops\n\n"
        "You\nClean licence\nCheerful at a doorstep\n\nLovely if you have\nA bike of your own\n\n"
        "What stays at home\nGrumpiness\n\nHours\nMon-Thu, no Fridays\n\nPay\n£11.90"
    )
    assert asked(text) == [
        ("Clean licence", "must"),
        ("Cheerful at a doorstep", "must"),
        ("A bike of your own", "nice"),
    ]


@pytest.mark.parametrize("heading", ["DESIRABLE QUALIFICATIONS", "Nice to have", "Lovely if you've got:"])
def test_what_stands_under_a_heading_of_wishes_is_one(heading):
    assert asked(
        f"We run a library.\n\n{heading}\n- Storytelling\n- Koha\nKnowledge of Polish\n\nBenefits\n- Lunch"
    ) == [
        ("Storytelling", "nice"),
        ("Koha", "nice"),
        ("Knowledge of Polish", "nice"),
    ]


def test_you_will_be_is_followed_by_what_one_is_or_by_what_one_does():
    assert asked("You'll be:\n- Running the bar\n- Counting the till") == []
    assert asked("You'll be:\n- Patient\n- Willing to travel") == [("Patient", "must"), ("Willing to travel", "must")]


def test_an_advertisement_told_off_between_commas_is_read_clause_by_clause():
    assert asked(
        "Roofer needed in Sligo for slate work, must have own van, safety card essential, minimum 3 years on slate, "
        "lead work (valleys) an advantage, good rates paid weekly, text Nuala on 000 0000."
    ) == [
        ("must have own van", "must"),
        ("safety card essential", "must"),
        ("minimum 3 years on slate", "must"),
        ("lead work (valleys) an advantage", "nice"),
    ]


def test_a_sentence_refers_to_the_one_before():
    assert asked("We are ten people. Membership of a guild is desirable. So is time spent as an assistant.") == [
        ("Membership of a guild is desirable", "nice"),
        ("So is time spent as an assistant", "nice"),
    ]
    assert asked("You can laminate dough by hand? Even better.") == [("You can laminate dough by hand?", "nice")]


@pytest.mark.parametrize(
    ("sentence", "necessity"),
    [
        ("We'd love you to have shipped something people use", "nice"),
        ("It'd be lovely if you had worked in a theatre", "nice"),
        ("Somebody who bakes would be brilliant", "nice"),
        ("Croatian speaker a bonus", "nice"),
        ("You'll bring four years of Swift and a feel for animation", "must"),
        ("You are no stranger to night shifts and comfortable with cranes", "must"),
        ("Applicants should clear a written test", "must"),
        ("The postholder will hold a pilot's licence", "must"),
        ("No driving licence, no interview", "must"),
        ("Offers are contingent on a drug screen", "must"),
        ("Two references and a basic check will be needed", "must"),
        ("You will be expected to join the on-call rota", "must"),
        ("Two wheeler with license is must", "must"),
        ("Se dará preferencia a quien viva cerca", "nice"),
        ("Damos preferência a quem viva perto", "nice"),
        ("Sarebbe un plus aver lavorato con la griglia", "nice"),
        ("Ohne Baulohn geht es leider nicht", "must"),
    ],
)
def test_ways_to_ask(sentence, necessity):
    assert asked(f"We moved here in spring. {sentence}.") == [(sentence, necessity)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Our little food bank needs a bookkeeper",
        "Litigation experience is not relevant to this position",
        "Ironing is not part of the job",
        "You need not have worked in a shelter before",
        "You will have a buddy for the first months",
        "You can work from home on Fridays",
        "From September you will teach older pupils, with A levels for the right person",
        "Ein Studium braucht es nicht",
        "Se necesita camarero",
    ],
)
def test_ways_not_to_ask(sentence):
    assert asked(f"We moved here in spring. {sentence}.") == []


def test_words_that_were_glued_together_come_apart_where_one_begins_a_heading():
    assert asked(
        "We make software for dentists. ResponsibilitiesInstall the product at customer sitesTrain the staff"
        "RequirementsTwo years of technical supportFamiliarity with SQL Server"
        "Preferred QualificationsExperience in a dental practiceSpanishBenefitsDental cover from day one"
    ) == [
        ("Two years of technical support", "must"),
        ("Familiarity with SQL Server", "must"),
        ("Experience in a dental practice", "nice"),
        ("Spanish", "nice"),
    ]


def test_a_requirements_field_is_known_by_its_letters():
    given = "• Cafe\u0301 experience\r\n• Latte  art"
    assert asked("We roast coffee.", given) == [("Café experience", "must"), ("Latte art", "must")]


@pytest.mark.parametrize(
    "heading", ["Candidates should offer:", "You will need to show", "The vineyard manager has", "What counts with us"]
)
def test_a_list_is_what_is_asked_however_its_heading_says_so(heading: str):
    assert asked(
        f"A farm of 40 hectares by the sea.\n\n{heading}\n- three winters of pruning\n- a tractor licence"
    ) == [
        ("three winters of pruning", "must"),
        ("a tractor licence", "must"),
    ]


def test_roman_numbers_before_items_are_no_requirements():
    assert asked("Required:\ni. Three winters of pruning\nii. Strong Excel\niii. A tractor licence") == [
        ("Three winters of pruning", "must"),
        ("Strong Excel", "must"),
        ("A tractor licence", "must"),
    ]


def test_what_follows_from_a_reason_is_asked_and_the_reason_is_not():
    text = prepare("Visits are the heart of the job, so you must have a full driving licence and use of a car.")
    ((only,), _) = find_requirements(StoredText("job", text, date(2026, 11, 1)), [])
    assert [part.text for part in only.parts] == ["a full driving licence", "use of a car"]

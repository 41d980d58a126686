"""What a job asks for, and in which of its units."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from libs.contracts.structure import Section
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.requirements import read_job, requirements_start

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

POSTING = """Warehouse planner

About Norrland Freight
We have moved parcels since 1920 and skill is our pride.

Responsibilities
Plan the routes of forty lorries.
Report delays.

Requirements
Forklift licence
Two years of route planning
Swedish is a plus

Preferred qualifications
Experience with SAP

Benefits
Dental insurance and thirty days off
Must be enjoyed

Norrland Freight is an equal opportunity employer."""


def asked(job: ScoredDocument) -> dict[str, str]:
    return {job.text[one.start : one.end]: one.necessity for one in read_job(job).asked}


def test_headed_parts_decide(document: MakeDocument) -> None:
    assert asked(document("job", POSTING, title="Warehouse planner")) == {
        "Forklift licence": "must",
        "Two years of route planning": "must",
        "Swedish is a plus": "nice",
        "Experience with SAP": "nice",
    }


def test_what_a_job_says_it_does_not_ask_is_no_requirement(document: MakeDocument) -> None:
    text = "Baker\nKnowledge of sourdough.\nNo driving licence needed.\nClean hands."
    asking = {"Knowledge of sourdough": "must", "driving licence": "must", "Clean hands": "must"}
    job = document("job", text, found=asking, disclaimed=("No driving licence needed",))
    assert set(asked(job)) == {"Knowledge of sourdough", "Clean hands"}
    assert "driving licence" in asked(document("job", text, found=asking))


def test_headings_inside_a_running_line_count_too(document: MakeDocument) -> None:
    text = (
        "Baker. Requirements: Knowledge of sourdough. Clean hands. "
        "Nice to have: Pastry school. What we offer: Free bread. Early evenings."
    )
    assert asked(document("job", text)) == {
        "Requirements: Knowledge of sourdough.": "must",
        "Clean hands.": "must",
        "Nice to have: Pastry school.": "nice",
    }


def test_without_headings_words_of_asking_decide(document: MakeDocument) -> None:
    text = (
        "Night nurse\n\nOur ward has twelve beds. You must hold a nursing licence. "
        "Intensive care experience is preferred. The ward looks onto a park."
    )
    assert asked(document("job", text, title="Night nurse")) == {
        "You must hold a nursing licence.": "must",
        "Intensive care experience is preferred.": "nice",
    }


def test_a_plain_demand_among_the_duties_is_one(document: MakeDocument) -> None:
    text = "Duties\nYou drive the crane.\nCandidates must have a crane licence."
    assert asked(document("job", text)) == {"Candidates must have a crane licence.": "must"}


def test_a_job_of_keywords_asks_for_all_of_them(document: MakeDocument) -> None:
    assert asked(document("job", "crane, rigging, signalling")) == {"crane, rigging, signalling": "must"}


def test_a_line_of_facts_ends_with_its_line(document: MakeDocument) -> None:
    text = "Requirements\nLocation: Oslo\nDiving certificate"
    assert asked(document("job", text)) == {"Diving certificate": "must"}


def test_chinese_headings(document: MakeDocument) -> None:
    text = "会计\n岗位职责：\n编制报表\n任职要求：\n注册会计师证书\n英语流利者优先\n福利待遇：\n五险一金"
    assert asked(document("job", text, title="会计")) == {"注册会计师证书": "must", "英语流利者优先": "nice"}


def test_the_requirements_field_is_asked_whatever_its_words(document: MakeDocument) -> None:
    text = "Diver\n\nWe dive for mussels.\n\nStrong lungs\nOwn boat"
    job = document("job", text, title="Diver", requirements=["Strong  lungs", "Own boat"])
    assert asked(job) == {"Strong lungs": "must", "Own boat": "must"}


def test_a_requirement_that_begins_as_another_does_takes_nothing_from_the_others(document: MakeDocument) -> None:
    lines = ["Java", "SQL", "Java EE"]
    job = document("job", "Coder\n\nWe write.\n\n" + "\n".join(lines), title="Coder", requirements=lines)
    assert asked(job) == dict.fromkeys(lines, "must")


def test_ingest_sections_close_a_part(document: MakeDocument) -> None:
    text = "Requirements\nCrane licence\nLife in Narvik\nThe fjord is deep."
    start = text.index("Life")
    job = document("job", text, sections=(Section(start, len(text), "Life In Narvik"),))
    assert asked(job) == {"Crane licence": "must"}


@pytest.mark.parametrize(
    ("text", "requirements", "expected"),
    [
        ("T\n\nD\n\nA\nB", "A\nB", 6),
        ("A\nB", ["A", "B"], 0),
        ("T\n\nA b", ["  ", "A   b"], 3),
        ("T", None, None),
        ("T", "", None),
        ("T", "not in the text", None),
        ("Java\n\nWe write.\n\nJava\nSQL\nJava EE", ["Java", "SQL", "Java EE"], 17),
        ("T\n\nA\nA", "A\nA", 3),
        ("T\n\nMaîtrise\nB", "Mai\u0302trise\r\n\x02B\t ", 3),
        ("T\n\nOne and two\nB", ["One\nand  two", "", "B"], 3),
        ("T\n\nTIG & MAG\nB", ["<b>TIG</b> &amp; MAG", "B"], 3),
        ("T\n\nTIG\nB", "<ul><li>TIG</li><li>B</li></ul>", 3),
        ("T\n\nTIG\nB", "&lt;ul&gt;&lt;li&gt;TIG&lt;/li&gt;\n&lt;li&gt;B&lt;/li&gt;&lt;/ul&gt;", 3),
    ],
)
def test_where_the_requirements_field_begins(
    text: str, requirements: str | list[str] | None, expected: int | None
) -> None:
    assert requirements_start(text, requirements) == expected


def test_nothing_is_asked_of_nothing(document: MakeDocument) -> None:
    assert read_job(document("job", "")).asked == []
    assert read_job(document("job", "\n---\n")).asked == []


def test_a_job_asks_for_what_ingest_found_in_it(document: MakeDocument) -> None:
    job = document("job", POSTING, found={"forty lorries": "nice", "Two years of route planning": "must"})
    assert asked(job) == {"forty lorries": "nice", "Two years of route planning": "must"}
    assert read_job(job).shown


def test_a_requirement_of_several_units_is_one_and_one_unit_may_be_of_two(document: MakeDocument) -> None:
    text = "Baker\nKnow sourdough. And rye. Clean hands and early hours."
    job = document("job", text, found={"Know sourdough. And rye": "must", "Clean hands": "must", "early hours": "nice"})
    assert [one.units for one in read_job(job).asked] == [(1, 2), (3,), (3,)]


def test_what_is_asked_is_no_boilerplate_wherever_it_stands(document: MakeDocument) -> None:
    job = document("job", POSTING, found={"Must be enjoyed": "must"})
    [one] = read_job(job).asked
    assert not set(one.units) & read_job(job).boilerplate


def test_where_ingest_found_nothing_the_job_is_compared_and_nothing_shown(document: MakeDocument) -> None:
    demands = read_job(document("job", "Baker\nBread since 1920.\nRye and wheat.", title="Baker", found={}))
    assert demands.asked
    assert not demands.shown


def test_a_requirement_whose_words_are_hidden_asks_of_no_unit(document: MakeDocument) -> None:
    job = document("job", "Baker\n\nBread.", found={"\n\n": "must"})
    assert not read_job(job).shown

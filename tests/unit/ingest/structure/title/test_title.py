"""What a document is called."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.structure import Entry, IdentitySpan, LineStyle
from libs.contracts.text_preparation import prepare
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.title import MAX_LINE_CHARS, title_of

pytestmark = pytest.mark.unit


def titled(text: str, *, kind="resume", given_title=None, names=(), entries=(), styles=()) -> str | None:
    stored = StoredText(kind, text, date(2026, 11, 1), given_title, styles=styles)
    spans = [IdentitySpan(start=text.index(name), end=text.index(name) + len(name), type="name") for name in names]
    return title_of(stored, find_sections(stored), spans, list(entries))


def work(title: str | None, from_: str | None = None, to: str | None = None, in_progress: bool = False) -> Entry:
    return Entry(0, 1, type="work", title=title, from_=from_, to=to, in_progress=in_progress)


@pytest.mark.parametrize(
    ("head", "headline"),
    [
        ("Ada Example\nSenior Brand Manager\nBristol, UK | ada@example.com | 07700 900382", "Senior Brand Manager"),
        ("Senior Brand Manager\nAda Example", "Senior Brand Manager"),
        ("Maria Lopez | Registered Nurse", "Registered Nurse"),
        ("Maria Lopez – Registered Nurse – Dayton, OH – (937) 555-0142", "Registered Nurse"),
        ("Maria Lopez\nregistered nurse 555-0142 maria@example.com", "registered nurse"),
        ("CURRICULUM VITAE\nPaul Vogel\nChef de partie – poissons et sauces", "Chef de partie – poissons et sauces"),
        ("Anna Vogel\nGesundheits- und Krankenpflegerin", "Gesundheits- und Krankenpflegerin"),
        ("王小明\n软件工程师", "软件工程师"),
        ("דנה לוי\nעובדת סוציאלית", "עובדת סוציאלית"),
        ("Иван Петров\nСтарший инженер-сметчик", "Старший инженер-сметчик"),
        ("هالة منصور\nمعلمة رياضيات", "معلمة رياضيات"),
        ("Position: Crane operator\nBart Bakker", "Crane operator"),
        ("Jo Cook\nI am Jo Cook, a qualified boilermaker from Witbank.", "qualified boilermaker"),
        ("HEALTHCARE\nRECRUITMENT", "HEALTHCARE"),
        (
            "DIRECTOR, PRODUCT RESEARCH AND LIAISON, GLOBAL ORAL HEALTHCARE DIVISION, CONSUMER\nHEALTHCARE UNIT",
            "DIRECTOR, PRODUCT RESEARCH AND LIAISON, GLOBAL ORAL HEALTHCARE DIVISION, CONSUMER HEALTHCARE UNIT",
        ),
    ],
)
def test_the_headline_says_what_the_person_is(head, headline):
    assert titled(f"{head}\n\nSkills\nTIG") == headline


@pytest.mark.parametrize(
    "head",
    [
        "Ada Example",
        "Jason Baker\n14 Priory Row\njason@example.com",
        "Ada Example\nada.engineer@example.com\nwww.example.com/welder",
        "Ada Example\nborn 11 June 1993, married\nHalifax",
        "Curriculum Vitae\nAda Example",
        "Ada Example\nSeeking a position as a nurse",
        "Dear Hiring Manager, please find my details below.",
        "Lebenslauf",
    ],
)
def test_nothing_is_better_than_a_name_or_an_address(head):
    assert titled(f"{head}\n\nSkills\nTIG, MMA\n\nEducation\nNTNU, 2013") is None


def test_a_family_name_that_is_an_occupation_is_left_out_where_names_are_known():
    text = "Baker Cook | Pastry Chef\n\nSkills\nTIG"
    assert titled(text, names=["Baker Cook"]) == "Pastry Chef"


def test_beside_the_name_wherever_it_stands():
    text = "Contact\nada@example.com\n\nSkills\nCAD\n\nAda Example\nTimber Frame Builder\n\nEducation\nNTNU"
    assert titled(text, names=["Ada Example"]) == "Timber Frame Builder"
    styles = [LineStyle(), LineStyle(), LineStyle(), LineStyle(), LineStyle(2.5), LineStyle(), LineStyle(), LineStyle()]
    assert titled(text, styles=styles) == "Timber Frame Builder"


def test_without_a_headline_the_newest_position_is_the_title():
    text = "Ada Example\n\nExperience\nsee below"
    held = [
        work("Welder", "2010", "2014"),
        work("Foreman", "2014-05", "2019"),
        work("Site Manager", "2019", None, in_progress=True),
        Entry(0, 1, type="education", title="Teacher", from_="2021"),
    ]
    assert titled(text, entries=held) == "Site Manager"
    assert titled(text, entries=held[:2]) == "Foreman"
    assert titled(text, entries=[work("Nurse"), work("Cook")]) == "Nurse"
    assert titled(text, entries=[work(None, "2010"), work("Pohjola Oy", "2011")]) is None


@pytest.mark.parametrize(
    ("below", "title"),
    [
        ("Charge Nurse, Kettle Creek Center, 2020-present", "Charge Nurse"),
        ("Jan 2021 - present. Mwangaza SACCO. Position: Loans Officer.", "Loans Officer"),
        ("Dock 4\nWelder Jan 2016 to Current\n• Welded", "Welder"),
        ("2019年3月至今 杭州青禾食品有限公司 市场部经理", "市场部经理"),
        ("FLAG Inc. California\nSummer Intern Manager: Bob", "Summer Intern"),
        ("Welded ships.\nInitiated monthly therapist contacts", None),
    ],
)
def test_a_position_is_read_from_the_section_where_no_entries_are_known(below, title):
    assert titled(f"Ada Example\n\nExperience\n{below}\n\nEducation\nNTNU, 2013") == title


def test_a_summary_that_begins_with_an_occupation_is_the_last_resort():
    assert titled("Ada Example\n\nSummary\nRegistered nurse with ten years.\n\nEducation\nNTNU") == "Registered nurse"


@pytest.mark.parametrize("kind", ["resume", "job"])
def test_a_given_title_wins_and_is_one_line(kind):
    assert titled("First line", kind=kind, given_title=" Senior\nWelder ") == "Senior Welder"


@pytest.mark.parametrize("given_title", [None, "", "  "])
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Job Title: Site Engineer\nOslo", "Site Engineer"),
        ("Welder (m/f/d)\nHarbour Ltd, Oslo\nWe weld ships.", "Welder (m/f/d)"),
        ("Hi all,\nWe're looking for two crane drivers out of the Joplin yard.", "crane drivers"),
        ("Acme builds ships. We are looking for a Welder to join us.", "Welder"),
        ("Door supervisor, Cardiff. Valid SIA licence. Weekend nights.", "Door supervisor, Cardiff"),
        ("Nurse with 5 years of experience on a surgical ward. German B2.", "Nurse"),
        ("About us\nWir suchen eine Krankenpflegerin mit Erfahrung.", "Krankenpflegerin"),
        ("---\n\nThe yard at the fjord\nShips since 1890", "The yard at the fjord"),
        ("From: Bo\nTo: all\n\nThe yard at the fjord", "The yard at the fjord"),
        ("---", None),
    ],
)
def test_a_posting_is_called_by_what_names_the_job_else_by_its_first_line(text, title, given_title):
    assert titled(text, kind="job", given_title=given_title) == title


def test_a_long_first_line_is_cut_between_words():
    title = titled("word " * 100, kind="job")
    assert title is not None
    assert len(title) <= MAX_LINE_CHARS
    assert title.endswith("word")


@given(st.lists(st.sampled_from(
    ["Nurse", "a", "|", " – ", "\n", "Ada Example", "x@y.de", "2001", ", ", "经理", ": ", "\n\nExperience\n", "I am a "]
)).map("".join), st.sampled_from(["resume", "job"]))  # fmt: skip
def test_a_title_is_one_line_that_says_something(text, kind):
    title = titled(prepare(text), kind=kind)
    assert title is None or (title == title.strip() and "\n" not in title and 0 < len(title) <= MAX_LINE_CHARS)


def test_letters_behind_the_name_give_way_to_words_below():
    head = "Rosalind Okafor, BSN, RN\n07700 900382\nRegistered Nurse"
    assert titled(head, names=["Rosalind Okafor"]) == "Registered Nurse"


def test_a_title_below_the_name_is_found_behind_a_sidebar_s_text():
    text = (
        "Contact\nhr@example.fi\n\nSkills\nCAD, forklift\n\nHeikki Rautamaki\nSite Supervisor\n\nEmployment\nRungot\n"
    )
    assert titled(text) == "Site Supervisor"


@pytest.mark.parametrize("line", ["2022 – date\tGroup Controller", "Group Controller, since 2022"])
def test_a_position_that_is_held_still_comes_before_one_that_has_ended(line):
    text = f"Ada Example\n\nExperience\n{line}\n2017 – 2022\tManagement Accountant\n"
    start = text.index("2017")
    ended = Entry(start, len(text), type="work", title="Management Accountant", from_="2017", to="2022")
    assert titled(text, entries=[ended]) == "Group Controller"


def test_who_maintains_a_project_is_called_by_what_they_work_as():
    text = "Ada Example\n\nProjects\nMaintainer of a parser\n\nExperience\nSummer Intern, 2019\n"
    project = Entry(text.index("Maintainer"), text.index("\n\nExp"), type="work", title="Maintainer", in_progress=True)
    job = Entry(text.index("Summer"), len(text), type="work", title="Summer Intern", from_="2019", to="2019")
    assert titled(text, entries=[project, job]) == "Summer Intern"


def test_an_own_project_among_the_positions_is_not_what_somebody_works_as():
    entries = [work("Maintainer, Individual Projects", "2020", in_progress=True), work("Pump Fitter", "2015", "2018")]
    assert titled("Ada Example\n\nExperience\nNothing told", entries=entries) == "Pump Fitter"

"""The newest position that a resume tells of, where its head says nothing."""

from datetime import date

import pytest
from msgspec.structs import replace

from libs.contracts.structure import Entry
from libs.contracts.text_preparation import prepare
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.title import title_of

pytestmark = pytest.mark.unit


def titled(text: str, *entries: Entry) -> str | None:
    stored = StoredText("resume", prepare(text), date(2026, 11, 1))
    return title_of(stored, find_sections(stored), [], list(entries))


def work(text: str, header: str, title: str | None, organization: str | None, **dates: str | bool) -> Entry:
    start = text.index(header)
    named = {"from_": "2015", "to": None, "in_progress": False, **dates}
    return Entry(start, start + len(header), type="work", title=title, organization=organization, **named)


@pytest.mark.parametrize(
    ("title", "organization", "wanted"),
    [
        ("Dombauhütte Naumburg", "Steinmetz", "Steinmetz"),
        ("Contraloría Regional", "Interventora", "Interventora"),
        ("Skirlwhacker", "Glenn Foods Ltd", "Skirlwhacker"),
        ("Kilkenny", "Cost Controller Glenn Foods Ltd", "Cost Controller"),
        ("Boston. Litigation Paralegal", "Dunmore LLP", "Litigation Paralegal"),
        ("oggi) Bagnino", "Lido Blu", "Bagnino"),
        ("Tipo di impiego Saldatore", None, "Saldatore"),
    ],
)
def test_of_what_an_entry_holds_the_occupation_is_the_title(title, organization, wanted):
    header = f"2015 – 2019 {organization or title}"
    text = f"Ada Example\n\nExperience\n{header}\n"
    assert titled(text, work(text, header, title, organization)) == wanted


def test_a_place_behind_an_employer_is_no_title():
    header = "Glenn Foods Ltd, America 2015 – 2019"
    text = f"Ada Example\n\nExperience\n{header}\n"
    assert titled(text, work(text, header, "America", "Glenn Foods Ltd")) is None


def test_a_bare_rank_is_followed_by_what_it_is_of():
    header = "Pelican Ridge Energy — Director, Major Projects — 2021 to Present"
    text = f"Ada Example\n\nExperience\n{header}\n"
    entry = work(text, header, "Director", "Pelican Ridge Energy", in_progress=True)
    assert titled(text, entry) == "Director, Major Projects"
    header = "Director, Boston University — 2021 to Present"
    text = f"Ada Example\n\nExperience\n{header}\n"
    assert titled(text, work(text, header, "Director", "Boston University", in_progress=True)) == "Director"


def test_the_line_above_a_position_without_a_title_names_it():
    text = "Ada Example\n\nExperience\nAssistant Teacher\n\n2010 – 2011\nTaught.\nJunior Editor, 2004 – 2006"
    newest = work(text, "2010 – 2011", None, None, from_="2010", to="2011")
    older = work(text, "Junior Editor, 2004 – 2006", "Junior Editor", None, from_="2004", to="2006")
    assert titled(text, newest, older) == "Assistant Teacher"


def test_a_position_that_is_no_project_comes_before_one_that_is():
    header = "Parser, Maintainer Individual Projects 2015"
    text = f"Ada Example\n\nExperience\nFLAG Inc. Reno\nSummer Intern Manager: Bo\n\n{header}"
    project = work(text, header, "Maintainer Individual Projects", "Parser")
    assert titled(text, project) == "Summer Intern"


@pytest.mark.parametrize("now", ["dosud", "nu", "günümüz", "obecnie", "дотепер", "現在"])
def test_a_line_that_says_in_any_language_that_a_position_lasts_is_newer(now):
    text = f"Ada Example\n\nPraxe\n2015–{now} Welder, Dock 4\n2006–2011 Apprentice"
    ended = work(text, "2006–2011 Apprentice", "Apprentice", None, from_="2006", to="2011")
    assert titled(text, ended) == "Welder"


def test_without_sections_and_entries_the_first_dated_position_is_the_title():
    assert titled("Ada Example\nDock 4\n01/2018 – nyní Obchodní zástupce, Nápoje Morava a.s.") == "Obchodní zástupce"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Celadora en turno de noche, 2016 hasta la fecha", "Celadora en turno de noche"),
        ("2010年4月 株式会社味彩 入社 調理師として勤務", "調理師"),
        ("Group Controller Glenn Foods Ltd, 2016 – now", "Group Controller"),
    ],
)
def test_a_position_s_line_is_read_without_what_surrounds_the_title(line, title):
    assert titled(f"Ada Example\n\nExperience\n{line}") == title


def test_labels_of_a_form_need_no_colon():
    text = "Ada Example\n\nWork experience\n• Dates 2016 – 2019\n• Occupation or position held Software Developer"
    assert titled(text) == "Software Developer"


def test_unpaid_work_is_not_what_somebody_works_as_while_a_job_is_told_of():
    text = "Ada Example\n\nExperience\nWelder, Dock 4, 2015 – 2022\n\nVolunteering\nCoach, Youth Club, 2023 – present"
    job = work(text, "Welder, Dock 4, 2015 – 2022", "Welder", "Dock 4", to="2022")
    coach = work(text, "Coach, Youth Club, 2023 – present", "Coach", "Youth Club", from_="2023", in_progress=True)
    assert titled(text, job, coach) == "Welder"
    assert titled(text[text.index("Volunteering") :], replace(coach, start=13, end=40)) == "Coach"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [("Nurse at Harbour Clinic", "Nurse"), ("Verkäuferin bei Bäckerei Rau", "Verkäuferin"), ("Nurse at night", None)],
)
def test_the_employer_behind_at_is_no_part_of_the_title(title, wanted):
    text = f"Ada Example\n\nExperience\n{title} 2015 – 2019\n"
    assert titled(text, work(text, title, title, None)) == (wanted or title)

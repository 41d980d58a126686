"""Which lines open a section, and of what kind; offsets count code points of the stored text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.structure import MAX_SECTIONS, LineStyle
from libs.contracts.text_preparation import job_text, prepare
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def resume(text: str, styles=()) -> StoredText:
    return StoredText("resume", text, date(2026, 11, 1), styles=styles)


def job(description: str | None, requirements=None) -> StoredText:
    text = prepare(job_text(None, description, requirements))
    return StoredText("job", text, date(2026, 11, 1), None, requirements)


def titles(stored: StoredText) -> list[str]:
    return [section.title for section in find_sections(stored)]


def kinds(stored: StoredText) -> list[tuple[str, str]]:
    return [(section.title, section.kind) for section in find_sections(stored)]


RESUME = (
    "ADA EXAMPLE 😀\nWelder\n\nSummary\nTen years of TIG.\n\nWORK EXPERIENCE\nDock 4, Oslo\n• TIG welding\n\n"
    "Skills used:\nHammer\n\n教育背景\nNTNU"
)


def test_headings_of_all_kinds_open_sections_and_the_name_on_top_does_not():
    assert kinds(resume(RESUME)) == [
        ("Summary", "summary"),
        ("WORK EXPERIENCE", "experience"),
        ("Skills used", "skills"),
        ("教育背景", "education"),
    ]


def test_offsets_cut_the_sections_out_of_the_text():
    cut = [RESUME[section.start : section.end] for section in find_sections(resume(RESUME))]
    assert cut[0] == "Summary\nTen years of TIG."
    assert cut[1] == "WORK EXPERIENCE\nDock 4, Oslo\n• TIG welding"
    assert cut[-1] == "教育背景\nNTNU"


@pytest.mark.parametrize(
    "line",
    [
        "\uf0b1 Education",
        "■ Education",
        "Education ______",
        "2. Education",
        "III. EDUCATION:",
        "== Education ==",
        "• Education",
    ],
)
def test_icons_rules_and_numbers_around_a_heading_are_no_part_of_its_title(line):
    section = find_sections(resume(f"Ada\nWelder\n\n{line}\nNTNU, Trondheim"))[0]
    assert (section.title.casefold(), section.kind) == ("education", "education")


@pytest.mark.parametrize(
    "line",
    [
        "I worked with the skills of a team.",
        "Java: ten years",
        "AWS",
        "ISO 9001:2015",
        "HTML/CSS",
        "SOCIAL MEDIA MARKETING",
        "Technologies include",
        "Team leadership",
        "Accreditation.",
        "experience",
        "Project Management",
    ],
)
def test_an_ordinary_line_is_no_heading(line):
    assert titles(resume(f"Name\nSummary\nTen years.\nWork Experience\nDock 4\n{line}\nmore")) == [
        "Summary",
        "Work Experience",
    ]


def test_a_skill_an_employer_and_a_title_in_capitals_are_no_headings():
    text = (
        "MARIA LOPEZ\nREGISTERED NURSE\n\nEXPERIENCE\n\nST. OLAV HOSPITAL\nWard nurse, 2019 to now\n\nREDHAWK SYSTEMS\n"
        "CHARGE NURSE\n2014 to 2019\n\nEDUCATION\nNTNU, 2013\n\nSKILLS\nTRIAGE\nPHOTOSHOP"
    )
    assert titles(resume(text)) == ["EXPERIENCE", "EDUCATION", "SKILLS"]


def test_groups_of_skills_stay_in_their_section():
    text = (
        "Ada\n\nSkills\nProgramming: Java, Go\nLanguages: Java, Go\nTools: Git\nCommunication skills\n\nEducation\nNTNU"
    )
    assert titles(resume(text)) == ["Skills", "Education"]


def test_labels_within_entries_open_no_section():
    text = (
        "Ada\n\nWork Experience\nDock 4, 2019 to now\nAccomplishments:\n• More welds\nTechnologies: TIG\n"
        "Dock 5, 2015 to 2019\nAccomplishments:\n• Fewer faults\n\nEducation\nNTNU"
    )
    assert titles(resume(text)) == ["Work Experience", "Education"]


def test_a_heading_that_no_list_knows_is_known_by_the_look_that_it_shares():
    text = (
        "Ada Example\n\nEDUCATION:\nNTNU, 2013\n\nWORK EXPERIENCE:\nDock 4, 2014\n\nBOATS:\nA sloop.\n\n"
        "LANGUAGES:\nNorwegian"
    )
    assert ("BOATS", "other") in kinds(resume(text))


def test_a_name_between_two_sections_is_no_heading():
    text = "Contact\nOslo\n\nSkills\nTIG\n\nAda Example\nWelder of ships\n\nEducation\nNTNU"
    assert titles(resume(text)) == ["Contact", "Skills", "Education"]


def test_a_heading_that_no_list_knows_is_known_by_its_style_on_the_page():
    text = (
        "Ada Example\nEducation\nShipyard School of Trondheim, 2013\nWork Experience\nWelder at Dock 4 in Oslo, 2014\n"
        "Boats\nA sloop of nine metres.\nLanguages\nNorwegian and Danish"
    )
    plain, big, name = LineStyle(), LineStyle(1.3, True), LineStyle(2.4, True)
    styles = [name, big, plain, big, plain, big, plain, big, plain]
    assert "Boats" not in titles(resume(text))
    assert ("Boats", "other") in kinds(resume(text, styles))
    assert "Ada Example" not in titles(resume(text, styles))


def test_a_common_word_is_a_heading_by_the_look_that_it_shares():
    text = "Ada\n\nWork Experience\nDock 4, 2014\n\nSchool\nNTNU, 2013\n\nLanguages\nNorwegian"
    assert ("School", "education") in kinds(resume(text))
    assert "School" not in titles(
        resume("Ada\nWork Experience\nDock 4, 2014\nSchool\nsafety drills\nLanguages\nDanish")
    )


def test_words_behind_a_heading_on_its_line_are_its_section():
    text = "Ada\n\nSkills: Python, SQL\n\nEDUCATION Bachelor of Arts, NTNU"
    assert kinds(resume(text)) == [("Skills", "skills"), ("EDUCATION", "education")]
    assert find_sections(resume(text))[0].end == text.index("\n\nEDUCATION")


def test_what_the_head_tells_of_a_person_is_no_section():
    text = "Ada Example\n\nDriving licence: B\nada@example.com\n\nSkills\nTIG\n\nEducation\nNTNU"
    assert titles(resume(text)) == ["Skills", "Education"]


@pytest.mark.parametrize(
    ("below", "kind"), [("Norwegian Navy\nCorporal, 2001 to 2005", "experience"), ("Honorable discharge", "other")]
)
@pytest.mark.parametrize("heading", ["Military Service", "Volunteer Work", "שירות צבאי"])
def test_service_is_experience_where_positions_stand_below(heading, below, kind):
    assert (heading, kind) in kinds(resume(f"Ada\n\nSkills\nTIG\n\n{heading}\n{below}"))


def test_resume_as_the_first_line_names_the_document():
    assert titles(resume("Résumé\nAda Example\n\nSkills\nTIG")) == ["Skills"]


LIST = [
    "AWS", "GDPR", "Licensing class CE", "Benefits administration", "Tax functions", "Minimum 5 years of TIG welding",
    "Optional subtitling tools", "Drug screening assays", "Skills:", "REQUIREMENTS",
]  # fmt: skip


def test_entries_of_a_job_s_requirements_are_never_headings():
    assert titles(job("About us\n\nWe weld ships.", LIST)) == ["About us"]
    assert titles(job(None, LIST)) == []


def test_items_below_a_job_s_heading_are_no_headings():
    listed = "\n".join(f"• {item}" for item in LIST)
    stored = job(f"About us\nWe weld.\n\nRequirements:\n{listed}\n\nWhat we offer\nA pension.\n\nSkills\nTIG")
    assert kinds(stored) == [
        ("About us", "other"),
        ("Requirements", "other"),
        ("What we offer", "other"),
        ("Skills", "skills"),
    ]
    bare = "\n".join(LIST[:-2])
    assert titles(job(f"Requirements\n{bare}\n\nBenefits\nA pension.")) == ["Requirements", "Benefits"]


@pytest.mark.parametrize(
    "heading", ["What you’ll do", "Ihr Profil", "Vos missions", "Requisitos:", "任职要求", "דרישות התפקיד"]
)
def test_a_posting_s_own_headings_open_sections(heading):
    assert len(titles(job(f"We weld ships.\n\n{heading}\nTen years of TIG."))) == 1


def test_no_more_sections_than_the_contract_allows():
    assert len(find_sections(resume("Skills\nTIG\n" * (MAX_SECTIONS + 50)))) == MAX_SECTIONS


@given(st.text(st.sampled_from("AB cd:\n.É字😀SKILLS")) | st.lists(st.sampled_from(
    ["Skills", "Skills:", "EDUCATION", "", "a", "School", "Languages: x", "工作经历", "• Projects", "Ada 2001"]
)).map("\n".join), st.sampled_from(["resume", "job"]))  # fmt: skip
def test_sections_lie_within_the_text_in_order(text, kind):
    text = prepare(text)
    sections = find_sections(StoredText(kind, text, date(2026, 11, 1)))
    bounds = [place for section in sections for place in (section.start, section.end)]
    assert bounds == sorted(bounds)
    assert all(section.start < section.end <= len(text) for section in sections)
    assert all(section.title and section.title in text for section in sections)

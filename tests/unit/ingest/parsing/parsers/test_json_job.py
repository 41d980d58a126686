"""Jobs in other systems' own JSON: Greenhouse, Lever, schema.org."""

import json

import pytest

from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit


def parsed(body: object) -> ParsedDocument:
    return parse(Content(kind="job", as_of="2026-11-01", data=json.dumps(body).encode(), filename="j.json"), 200_000)


def test_greenhouses_content_is_the_description_and_its_own_metadata_is_none_of_ours():
    content = "&lt;p&gt;Ropes &amp;amp; Sons&lt;/p&gt;&lt;ul&gt;&lt;li&gt;TIG&lt;/li&gt;&lt;/ul&gt;"
    job = parsed(
        {
            "id": 4711,
            "title": "Welder &amp; Diver",
            "content": content,
            "metadata": [{"id": 1, "name": "Type", "value": None}],
            "departments": [{"name": "Docks"}],
        }
    )
    assert job.text == "Welder & Diver\n\nRopes & Sons\n• TIG"
    assert (job.description, job.requirements, job.metadata) == (content, None, None)


def test_a_description_beside_content_is_what_counts():
    assert parsed({"title": "Welder", "description": "Docks", "content": "Other"}).text == "Welder\n\nDocks"


def test_levers_posting_has_its_title_in_text_and_its_lists_under_their_headings():
    job = parsed(
        {
            "id": "0b1c",
            "text": "Marine Welder",
            "descriptionPlain": "Ropes & Sons\nwelds in docks.",
            "description": "<div>Ropes &amp; Sons</div><div>welds in docks.</div>",
            "lists": [
                {"text": "You will", "content": "<li>Weld hulls</li><li>Dive</li>"},
                {"text": "Requirements:", "content": "<li>TIG</li>"},
                {"text": "Empty", "content": ""},
                None,
            ],
            "additional": "<p>We insure divers.</p>",
            "categories": {"team": "Docks"},
        }
    )
    assert job.structure.title == "Marine Welder"
    assert job.text == (
        "Marine Welder\n\nRopes & Sons\nwelds in docks.\n\nYou will\n• Weld hulls\n• Dive\n\nRequirements:\n• TIG"
        "\n\nWe insure divers."
    )


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Marine Welder", "categories": {}},
        {"text": "Marine Welder\nin dry docks", "lists": [{"text": "a", "content": "<li>b</li>"}]},
        {"title": "Welder", "text": "Docks", "lists": [{"text": "a", "content": "b"}]},
    ],
)
def test_a_text_is_a_title_only_where_all_else_is_levers(body):
    assert body["text"] in parsed(body).text
    assert parsed(body).description == body["text"]


def test_schema_orgs_posting_is_read_with_what_it_asks():
    job = parsed(
        {
            "@context": "https://schema.org/",
            "@type": ["JobPosting"],
            "title": "Marine Welder",
            "description": "&lt;p&gt;Docks &amp;amp; hulls&lt;/p&gt;",
            "responsibilities": ["Weld hulls", "Dive"],
            "qualifications": "TIG certificate",
            "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 36},
            "educationRequirements": [
                {"@type": "EducationalOccupationalCredential", "credentialCategory": "trade school"}
            ],
            "skills": [{"@type": "DefinedTerm", "name": "TIG"}, "MAG", 7],
            "hiringOrganization": {"name": "Ropes"},
        }
    )
    assert job.text == (
        "Marine Welder\n\nDocks & hulls\n\nResponsibilities\nWeld hulls\nDive\n\nQualifications\nTIG certificate\n\n"
        "Required experience\n3 years of experience\n\nRequired education\ntrade school\n\nSkills\nTIG\nMAG"
    )


def test_our_own_requirements_and_metadata_count_beside_another_systems_fields():
    job = parsed({"title": "Welder", "content": "Docks", "requirements": ["TIG"], "metadata": {"city": "Bergen"}})
    assert (job.text, job.metadata) == ("Welder\n\nDocks\n\nTIG", {"city": "Bergen"})


def test_values_of_wrong_types_in_another_systems_form_do_no_harm():
    assert parsed(
        {"@type": "JobPosting", "title": 7, "name": "Welder", "description": None, "skills": [[["x"]]]}
    ).text == ("Welder")

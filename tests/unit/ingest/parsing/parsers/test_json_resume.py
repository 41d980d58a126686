"""JSON Resume, read as what it is: laid out as a resume, without what it leaves empty."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import RecordRejected
from libs.contracts.json_forms import JSON_RESUME_FIELDS
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsers import json_body
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit

RESUME = {
    "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
    "basics": {
        "name": "Ingrid Moen",
        "label": "Marine Welder",
        "image": "https://example.org/ingrid.jpg",
        "email": "ingrid.moen@example.org",
        "phone": "+47 555 01 234",
        "url": "https://ingrid.example.org",
        "summary": "<p>Welds <b>under water</b> &amp; above.</p><p>Likes cold docks.</p>",
        "location": {"address": "", "postalCode": "5003", "city": "Bergen", "countryCode": "NO", "region": None},
        "profiles": [{"network": "GitHub", "username": "imoen", "url": ""}, None, {"url": "https://sea.example.org"}],
    },
    "work": [
        {
            "name": "Fjord Docks",
            "position": "Welder",
            "startDate": "2021-04",
            "endDate": "",
            "location": "Bergen",
            "summary": "Pipes and hulls.",
            "highlights": ["<ul><li>TIG on hulls</li><li>Diving to 30 m</li></ul>", None, "", "Led a team of 4"],
        },
        {"name": "", "position": "Apprentice", "startDate": "2018", "endDate": "2021-03-31", "highlights": []},
        {"company": "Old Yard", "startDate": "spring 2015", "endDate": "2017-09"},
    ],
    "volunteer": [{"organization": "Sea Rescue", "position": "Diver", "startDate": "2019-06-01"}],
    "education": [
        {
            "institution": "Bergen Technical School",
            "studyType": "Vocational certificate",
            "area": "Welding",
            "startDate": "2015",
            "endDate": "2018",
            "score": 5.5,
            "courses": ["Metallurgy"],
        }
    ],
    "skills": [
        {"name": "Welding", "level": "Master", "keywords": ["TIG", "MAG", "C#"]},
        {"name": "Diving", "keywords": None},
    ],
    "languages": [{"language": "Norwegian", "fluency": "Native"}, {"language": "Sami"}],
    "certificates": [{"name": "ISO 9606-1", "issuer": "DNV", "date": "2022-02-11", "url": ""}],
    "projects": [
        {"name": "Harbour gate", "description": "A gate &amp; its hinges", "roles": ["Lead"], "startDate": "2020"}
    ],
    "awards": [{"title": "Best seam", "awarder": "City of Bergen", "date": "2023"}],
    "publications": [{"name": "Cold seams", "publisher": "Weld Weekly", "releaseDate": "2024-05"}],
    "interests": [{"name": "Rowing", "keywords": ["coastal"]}],
    "references": [{"name": "Odd Vik", "reference": "She never misses."}],
    "meta": {"theme": "none", "version": "v1.0.0"},
    "x-custom": {"noticePeriod": "1 month"},
}
TEXT = """Ingrid Moen
Marine Welder
ingrid.moen@example.org
+47 555 01 234
5003 Bergen, NO
https://ingrid.example.org
GitHub: imoen
https://sea.example.org

Summary
Welds under water & above.
Likes cold docks.

Experience
Welder, Fjord Docks
Apr 2021 – Present
Bergen
Pipes and hulls.
• TIG on hulls
• Diving to 30 m
• Led a team of 4

Apprentice
2018 – Mar 2021

Old Yard
spring 2015 – Sep 2017

Education
Vocational certificate in Welding, Bergen Technical School
2015 – 2018
Grade: 5.5
• Metallurgy

Skills
Welding (Master): TIG, MAG, C#
Diving

Certifications
ISO 9606-1, DNV, Feb 2022

Languages
Norwegian: Native
Sami

Projects
Harbour gate
2020 – Present
Lead
A gate & its hinges

Volunteer Experience
Diver, Sea Rescue
Jun 2019 – Present

Awards
Best seam, City of Bergen, 2023

Publications
Cold seams, Weld Weekly, May 2024

Interests
Rowing: coastal

References
Odd Vik
She never misses."""


def text_of(body: object) -> str:
    return json_body.parse(json.dumps(body).encode(), "resume").text


def test_a_whole_resume_is_laid_out_for_people():
    assert text_of(RESUME) == TEXT


def test_it_is_read_at_the_same_door_as_a_text_and_keeps_our_metadata():
    body = {"basics": {"name": "Ada"}, "metadata": {"city": "Oslo"}}
    document = parse(Content(kind="resume", as_of="2026-11-01", data=json.dumps(body).encode(), filename="a.json"), 99)
    assert (document.text, document.metadata) == ("Ada", {"city": "Oslo"})


@pytest.mark.parametrize(
    "body",
    [
        {"work": [{"position": "Welder"}]},
        {"education": [{"institution": "School"}], "skills": None},
        {"basics": None, "projects": [{"name": "Gate"}]},
    ],
)
def test_a_resume_without_basics_is_known_by_its_entries(body):
    assert text_of(body)


def test_a_text_beside_it_is_what_counts():
    assert text_of({"text": "Ada, welder", "basics": {"name": "Other"}}) == "Ada, welder"


def test_hidden_html_in_a_value_is_noted():
    raw = json_body.parse(b'{"basics": {"name": "Ada", "summary": "<p>Welds<span hidden>Java</span></p>"}}', "resume")
    assert (raw.text, [note.code for note in raw.notes]) == ("Ada\n\nSummary\nWelds", ["hidden_text"])


def test_a_list_of_plain_words_is_taken_for_names():
    assert text_of({"basics": {"name": "Ada"}, "skills": ["TIG", 7, None, ["x"]]}) == "Ada\n\nSkills\nTIG\n7"


ANYTHING = st.recursive(
    st.sampled_from([None, True, 7, -1.5, 1e300, "", " ", "TIG", "2021-13", "<p>x", "\ud800", "&amp;"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "position", "startDate", "summary", "highlights", "keywords", "location", "profiles"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(JSON_RESUME_FIELDS), ANYTHING))
def test_values_of_any_type_do_no_harm(body):
    body.setdefault("basics", {})
    try:
        raw = json_body.parse(json.dumps({**body, "work": [{"position": "Welder"}]}).encode(), "resume")
    except RecordRejected as fault:
        pytest.fail(fault.message)
    assert "Welder" in raw.text
    assert "None" not in raw.text

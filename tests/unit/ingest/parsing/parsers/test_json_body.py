"""JSON bodies: how fields become one text, and what is said of those of a wrong type."""

import json

import pytest

from libs.contracts.errors import RecordRejected
from services.ingest.parsing import parsing
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsers import json_body
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit


def parsed(kind: str, body: object, max_chars: int = 200_000):
    return parse(
        Content(kind=kind, as_of="2026-11-01", data=json.dumps(body).encode(), content_type="application/json"),
        max_chars,
    )


def refused(kind: str, body: object, max_chars: int = 200_000) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        parsed(kind, body, max_chars)
    return caught.value


def test_a_jobs_text_is_title_description_and_requirements_joined_by_blank_lines():
    job = parsed(
        "job",
        {"title": " Welder ", "description": "Dry docks.\nNights.", "requirements": ["TIG\n welding", "", "Diving"]},
    )
    assert job.text == "Welder\n\nDry docks.\nNights.\n\nTIG welding\n\nDiving"
    assert job.structure.title == "Welder"
    assert (job.description, job.requirements) == ("Dry docks.\nNights.", ["TIG\n welding", "", "Diving"])


def test_a_list_of_requirements_is_one_a_line():
    assert parsed("job", {"requirements": ["TIG", "Diving"]}).text == "TIG\nDiving"


def test_text_means_the_same_as_description():
    job = parsed("job", {"text": "Dry docks."})
    assert (job.text, job.description) == ("Dry docks.", "Dry docks.")


def test_where_both_are_given_nothing_is_lost():
    assert parsed("job", {"description": "Docks.", "text": "Nights."}).text == "Docks.\n\nNights."


def test_a_job_without_a_title_is_called_by_its_first_line():
    assert parsed("job", {"description": "Marine welder\nin dry docks"}).structure.title == "Marine welder"


def test_a_resume_keeps_its_text_metadata_and_ignores_unknown_fields():
    resume = parsed("resume", {"text": "Ada\nWelder", "metadata": {"city": "Oslo", "tags": ["a"]}, "later": {"x": 1}})
    assert (resume.text, resume.structure.title, resume.metadata) == (
        "Ada\nWelder",
        "Welder",
        {"city": "Oslo", "tags": ["a"]},
    )


def test_null_counts_as_absent():
    job = parsed("job", {"title": None, "description": "Docks.", "requirements": None, "metadata": None})
    assert (job.text, job.requirements, job.metadata) == ("Docks.", None, None)


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        ("resume", {"text": 7}, "text must be a text, not a number"),
        ("job", {"title": ["a"]}, "title must be a text, not a list"),
        ("job", {"description": {"a": 1}}, "description must be a text, not an object"),
        (
            "job",
            {"requirements": ["a", 7]},
            "requirements must be a text or a list of texts, not a list that holds a number",
        ),
        ("job", {"requirements": [None]}, "a list that holds null"),
        ("job", {"requirements": True}, "not a boolean"),
        ("resume", ["text"], "the JSON body must be an object, not a list"),
        ("resume", {"text": "a", "metadata": {"a": {"b": 1}}}, "metadata 'a' must be"),
        ("resume", {"text": "a", "metadata": "x"}, "metadata must be an object"),
        ("resume", {"text": "a", "metadata": {"n": 1e999}}, "not JSON"),
    ],
)
def test_a_wrong_type_is_invalid_and_the_sentence_names_it(kind, body, sentence):
    fault = refused(kind, body)
    assert fault.code == "invalid_content"
    assert sentence in fault.message


@pytest.mark.parametrize(
    "data", [b"not json", b"{", b'{"text": "\xff"}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 99_999]
)
def test_what_is_no_json_is_invalid(data):
    with pytest.raises(RecordRejected, match="not JSON") as caught:
        json_body.parse(data, "resume")
    assert caught.value.code == "invalid_content"


def test_a_number_too_large_to_travel_is_invalid():
    with pytest.raises(RecordRejected, match="too large"):
        json_body.parse(b'{"text": "a", "metadata": {"n": 1e999}}', "resume")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("resume", {}),
        ("resume", {"text": None}),
        ("resume", {"text": " \n\t\u00a0"}),
        ("job", {"title": "", "description": " ", "requirements": ["", " "]}),
        ("job", {"metadata": {"a": 1}}),
    ],
)
def test_nothing_but_spaces_is_empty(kind, body):
    assert refused(kind, body).code == "empty"


def test_what_storage_cannot_hold_is_taken_out_and_the_rest_stays():
    job = json_body.parse(
        rb'{"title":"A\u0000B","description":"x\ud83d y","metadata":{"k\u0000":"v\ud800","l":["\u0000"]}}', "job"
    )
    assert (job.title, job.description, job.metadata) == ("AB", "x y", {"k": "v", "l": [""]})


def test_a_text_of_the_longest_length_is_taken_and_one_more_character_is_not():
    assert len(parsed("resume", {"text": "字" * 100}, max_chars=100).text) == 100
    fault = refused("resume", {"text": "字" * 101}, max_chars=100)
    assert fault.code == "too_large"
    assert "101" in fault.message
    assert "100" in fault.message


def test_fields_as_given_cannot_outgrow_a_record():
    assert refused("job", {"description": "a" + " " * 300}, max_chars=100).code == "too_large"


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" * 5_000])
def test_a_whole_number_beyond_64_bits_is_refused_by_the_name_of_its_field(number):
    with pytest.raises(RecordRejected, match="metadata 'n' is a number that is too large"):
        json_body.parse(f'{{"text": "a", "metadata": {{"n": {number}}}}}'.encode(), "resume")


HTML = "<p>Ropes &amp; Sons</p><ul><li>Weld&nbsp;pipes</li><li>Load &lt; 5 t</li></ul>"
ESCAPED = HTML.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
PLAIN = "Ropes & Sons\n• Weld pipes\n• Load < 5 t"


@pytest.mark.parametrize("given", [HTML, ESCAPED])
def test_html_in_a_jobs_fields_is_read_as_text_and_kept_as_given(given):
    job = parsed("job", {"title": "Welder &amp; Diver", "description": given})
    assert job.text == f"Welder & Diver\n\n{PLAIN}"
    assert (job.structure.title, job.description) == ("Welder & Diver", given)


def test_html_in_a_resumes_text_is_read_as_text():
    assert parsed("resume", {"text": f"<h1>Ada</h1>{HTML}"}).text == "Ada\nRopes & Sons\n• Weld pipes\n• Load < 5 t"


def test_what_html_hides_is_noted():
    job = parsed("job", {"title": "Welder", "description": "<p>Docks</p><p hidden>Secret words</p>"})
    assert ([note.code for note in job.notes], job.text) == (["hidden_text"], "Welder\n\nDocks")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            ["<b>TIG</b> &amp; MAG", "Diving<br>and rescue", "<p>B &lt; C</p>"],
            ["TIG & MAG", "Diving and rescue", "B < C"],
        ),
        (["<ul><li>TIG</li><li>MAG</li></ul>", "Diving"], ["TIG", "MAG", "Diving"]),
        ("<ul><li>TIG</li><li>Diving<br>and rescue</li></ul>", ["TIG", "Diving and rescue"]),
        ("&lt;ol&gt;&lt;li&gt;TIG&lt;/li&gt;&lt;li&gt;R&amp;amp;D&lt;/li&gt;&lt;/ol&gt;", ["TIG", "R&D"]),
        ("TIG\nDiving", ["TIG", "Diving"]),
        (["List<String>", "C#"], ["List<String>", "C#"]),
    ],
)
def test_requirements_are_the_last_lines_of_the_text_one_a_line_whatever_form_they_came_in(given, lines):
    job = parsed("job", {"title": "Welder", "description": "<p>Docks</p>", "requirements": given})
    assert job.text == "Welder\n\nDocks\n\n" + "\n".join(lines)
    assert job.requirements == given


def test_the_structure_is_found_with_the_requirements_as_they_stand_in_the_text(monkeypatch):
    seen = []
    find = parsing.find_structure
    monkeypatch.setattr(parsing, "find_structure", lambda stored: seen.append(stored.requirements) or find(stored))
    parsed("job", {"title": "Welder", "requirements": ["<b>TIG</b>", "Diving"]})
    parsed("job", {"title": "Welder", "requirements": "<ul><li>TIG</li></ul>"})
    parsed("job", {"title": "Welder", "requirements": "<p>You have:</p><ul><li>TIG</li></ul>"})
    assert seen == [["TIG", "Diving"], ["TIG"], "You have:\n• TIG"]


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("resume", {"name": "Ada", "experience": []}, ["only name, experience", "text", "basics", "work"]),
        ("resume", {"title": "Welder", "description": "Docks"}, ["text", "JSON Resume"]),
        ("resume", {"skills": ["TIG"]}, ["only skills"]),
        (
            "job",
            {"position": "Welder", "body": "Docks"},
            ["only position, body", "title", "description", "requirements"],
        ),
        ("job", {"jobs": [{"title": "Welder"}], "meta": {}}, ["only jobs, meta"]),
    ],
)
def test_json_of_an_unknown_form_is_refused_with_the_fields_that_work(kind, body, words):
    fault = refused(kind, body)
    assert fault.code == "invalid_content"
    assert all(word in fault.message for word in words)

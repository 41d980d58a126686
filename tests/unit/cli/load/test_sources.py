"""What is read from files, folders and JSON Lines, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.contracts.documents import MAX_FILE_BYTES
from services.cli.load.document_ids import content_id
from services.cli.load.sources import file_content, line_fields, survey

pytestmark = pytest.mark.unit


def test_folders_are_read_with_all_folders_inside_but_not_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/c/deep.pdf", "a.docx", ".hidden.pdf", ".git/x.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [item.path.name for item in survey([tmp_path], "resume").items] == ["a.docx", "deep.pdf"]


def test_a_path_given_twice_is_loaded_once(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    found = survey([tmp_path, tmp_path / "a.pdf"], "resume")
    assert [item.id for item in found.items] == ["a"]
    assert not found.same


@pytest.mark.parametrize(("name", "reason"), [("missing.pdf", "no such file"), ("empty", "holds no files")])
def test_what_is_not_there_is_said(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty").mkdir()
    found = survey([tmp_path / name], "resume")
    assert not found.items
    assert reason in found.rejected[0].message


def test_a_jobs_fields_go_where_they_belong_and_the_rest_is_metadata(tmp_path: Path) -> None:
    line = (
        '{"id": 4711, "title": "Cook", "text": "We cook.", "requirements": ["knife"], "source": "x", "gone": null,'
        ' "metadata": {"city": "Rome"}}'
    )
    (tmp_path / "j.jsonl").write_text(line + "\n")
    (item,) = survey([tmp_path / "j.jsonl"], "job").items
    assert item.id == "4711"
    assert line_fields(item) == {
        "title": "Cook",
        "text": "We cook.",
        "requirements": ["knife"],
        "metadata": {"source": "x", "city": "Rome"},
    }


def test_a_resumes_text_is_its_document_and_everything_else_metadata(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": "a", "text": "I cook.", "title": "Cook", "category": "CHEF"}')
    (item,) = survey([tmp_path / "r.jsonl"], "resume").items
    assert line_fields(item) == {"text": "I cook.", "metadata": {"title": "Cook", "category": "CHEF"}}


def test_the_fields_of_a_json_resume_are_its_document(tmp_path: Path) -> None:
    resume = (
        '{"id": "a", "basics": {"name": "Ada"}, "work": [{"position": "Cook"}], "skills": null, "category": "CHEF"}'
    )
    (tmp_path / "r.jsonl").write_text(resume)
    (item,) = survey([tmp_path / "r.jsonl"], "resume").items
    assert line_fields(item) == {
        "basics": {"name": "Ada"},
        "work": [{"position": "Cook"}],
        "metadata": {"category": "CHEF"},
    }


def test_a_job_in_another_systems_form_stays_as_it_is(tmp_path: Path) -> None:
    line = '{"id": 7, "title": "Cook", "content": "&lt;p&gt;We cook.&lt;/p&gt;", "metadata": [{"id": 1}]}'
    (tmp_path / "j.jsonl").write_text(line)
    (item,) = survey([tmp_path / "j.jsonl"], "job").items
    assert item.id == "7"
    assert line_fields(item) == {
        "title": "Cook",
        "content": "&lt;p&gt;We cook.&lt;/p&gt;",
        "metadata": [{"id": 1}],
    }


def test_each_line_is_found_again_whatever_its_characters_and_line_ends(tmp_path: Path) -> None:
    lines = ['{"id": "1", "text": "日本語"}\r\n', "\n", '{"id": "2", "text": "a\\nb"}\n', '{"id": "3", "text": "end"}']
    (tmp_path / "r.jsonl").write_bytes(b"\xef\xbb\xbf" + "".join(lines).encode())
    items = survey([tmp_path / "r.jsonl"], "resume").items
    assert [(item.id, item.line) for item in items] == [("1", 1), ("2", 3), ("3", 4)]
    assert [line_fields(item)["text"] for item in items] == ["日本語", "a\nb", "end"]


def test_a_line_without_id_gets_a_hash_of_its_content(tmp_path: Path) -> None:
    line = '{"text": "nameless"}'
    (tmp_path / "r.jsonl").write_text(line + "\n" + line + "\n")
    items = survey([tmp_path / "r.jsonl"], "resume", "p-").items
    assert {item.id for item in items} == {f"p-{content_id(line.encode())}"}


@pytest.mark.parametrize("line", ["{broken", "[1, 2]", '"text"', '{"id": ["a"], "text": "x"}', '{"id": true}'])
def test_a_line_that_is_no_document_is_said_with_its_number_and_the_rest_goes_on(tmp_path: Path, line: str) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": "a", "text": "x"}\n' + line + '\n{"id": "b", "text": "y"}\n')
    found = survey([tmp_path / "r.jsonl"], "resume")
    assert [item.id for item in found.items] == ["a", "b"]
    assert [bad.source for bad in found.rejected] == [f"{tmp_path / 'r.jsonl'}:2"]


def test_a_file_above_the_limit_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with (tmp_path / "big.pdf").open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    (item,) = survey([tmp_path / "big.pdf"], "resume").items
    with pytest.raises(ValueError, match="8,388,609 bytes"):
        file_content(item)

"""The ids of loaded documents: valid, stable, and no two files of one load share one."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.contracts.identifiers import is_document_id
from services.cli.load.document_ids import content_id, document_id
from services.cli.load.sources import survey

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("10228751", "10228751"),
        ("dice:287", "dice:287"),
        ("Anna Müller (final)", "Anna-M-ller--final-"),
        ("a/b\\c", "a-b-c"),
        ("one\ntwo", "one-two"),
        ("x@y+z~1_2", "x@y+z~1_2"),
    ],
)
def test_characters_outside_the_form_become_dashes(name: str, expected: str) -> None:
    assert document_id(name) == expected


@pytest.mark.parametrize("name", [".", "..", "简历", "---", "", " "])
def test_a_name_of_which_nothing_is_left_gives_no_id(name: str) -> None:
    assert document_id(name, "pdf-") is None


def test_the_prefix_goes_before() -> None:
    assert document_id("7", "pdf-") == "pdf-7"
    assert document_id("7", "my set/") == "my-set-7"


def test_long_names_are_cut_and_still_told_apart() -> None:
    first, second = document_id("a" * 300 + "1"), document_id("a" * 300 + "2")
    assert first is not None
    assert second is not None
    assert first != second
    assert is_document_id(first)
    assert len(first) == 200


def test_a_files_id_is_its_name_without_suffix(tmp_path: Path) -> None:
    (tmp_path / "Jane Doe.v2.pdf").write_bytes(b"x")
    assert _ids(tmp_path) == {"Jane Doe.v2.pdf": "Jane-Doe.v2"}


def test_files_that_would_share_an_id_get_their_suffix_too_all_of_them(tmp_path: Path) -> None:
    for name in ("cv.pdf", "cv.docx", "other.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    assert _ids(tmp_path) == {"cv.pdf": "cv-pdf", "cv.docx": "cv-docx", "other.pdf": "other"}


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_content(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cv.pdf").write_bytes(folder.encode())
    found = survey([tmp_path], "resume")
    assert sorted(item.id for item in found.items) == sorted(
        f"cv-pdf-{content_id(folder.encode())[:8]}" for folder in ("a", "b")
    )


def test_the_same_file_in_two_folders_is_loaded_once_and_said(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cv.pdf").write_bytes(b"same")
    found = survey([tmp_path], "resume")
    assert len(found.items) == 1
    assert [same.source for same in found.same] == [str(tmp_path / "b" / "cv.pdf")]


def test_a_file_does_not_take_the_id_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "7.pdf").write_bytes(b"x")
    (tmp_path / "all.jsonl").write_text('{"id": "7", "text": "t"}\n')
    found = survey([tmp_path], "resume")
    assert sorted((item.path.name, item.id) for item in found.items) == [("7.pdf", "7-pdf"), ("all.jsonl", "7")]


def test_a_name_with_no_usable_character_gives_a_hash_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "简历.pdf").write_bytes(b"content")
    assert _ids(tmp_path, "p-") == {"简历.pdf": f"p-{content_id(b'content')}"}


def test_ids_do_not_depend_on_the_order_of_the_paths(tmp_path: Path) -> None:
    names = ["cv.pdf", "cv.docx", "b.txt"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    forwards = {item.source: item.id for item in survey([tmp_path / name for name in names], "resume").items}
    backwards = {item.source: item.id for item in survey([tmp_path / name for name in names[::-1]], "resume").items}
    assert forwards == backwards


def _ids(folder: Path, prefix: str = "") -> dict[str, str]:
    return {item.path.name: item.id for item in survey([folder], "resume", prefix).items}

"""`shortlist parse`: what would be stored of a file, without a stack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.integration


def parse(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli", "parse", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_people_see_the_text_and_what_was_noted(tmp_path: Path) -> None:
    (tmp_path / "cv.txt").write_bytes("Zoë\nSchweißerin in Bern".encode("cp1252"))
    done = parse(tmp_path / "cv.txt", "--as-of", "2025-06-30")
    assert done.returncode == 0, done.stderr
    assert "Schweißerin in Bern\n" in done.stdout
    assert "Windows-1252" in done.stdout
    assert "2025-06-30" in done.stdout


def test_programs_get_json(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(pdf_file(lines("Ada Example", "Skills", "TIG welding in docks")))
    done = parse(tmp_path / "cv.pdf", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["text"] == "Ada Example\nSkills\nTIG welding in docks"


def test_a_json_file_is_read_as_the_kind_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(json.dumps({"title": "Welder", "requirements": ["TIG"]}))
    done = parse(tmp_path / "job.json", "--json", "--kind", "job")
    assert json.loads(done.stdout)["text"] == "Welder\n\nTIG"


def test_a_file_that_would_fail_says_why_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cv.rtf").write_bytes(b"{\\rtf1}")
    for as_json in ([], ["--json"]):
        done = parse(tmp_path / "cv.rtf", *as_json)
        assert done.returncode == 1
        if as_json:
            assert json.loads(done.stdout)["error"]["code"] == "unsupported_type"
        else:
            assert done.stdout == ""
            assert done.stderr.startswith("unsupported_type: ")


def test_what_is_no_day_is_a_usage_error(tmp_path: Path) -> None:
    done = parse(tmp_path / "cv.pdf", "--as-of", "June")
    assert done.returncode == 2
    assert "YYYY-MM-DD" in done.stderr

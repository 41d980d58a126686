"""`python -m services.ingest parse`: what would be stored of a file, without a stack."""

import json
import subprocess
import sys

import pytest

from libs.contracts.structure import STRUCTURE_VERSION
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.integration


def parse(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.ingest", "parse", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_json_holds_all_that_would_be_stored(tmp_path):
    (tmp_path / "cv.pdf").write_bytes(pdf_file(lines("Ada Example", "Skills", "TIG welding in docks")))
    done = parse(tmp_path / "cv.pdf", "--json", "--as-of", "2026-11-01")
    assert done.returncode == 0
    stored = json.loads(done.stdout)
    assert stored["text"] == "Ada Example\nSkills\nTIG welding in docks"
    assert (stored["as_of"], stored["structure_version"], stored["notes"]) == ("2026-11-01", STRUCTURE_VERSION, [])
    (skills,) = stored["sections"]
    assert (skills["start"], skills["end"], skills["title"]) == (12, 39, "Skills")
    found = {"title", "language", "identity_spans", "entries", "mentions", "disclaimed_spans", "requirements_found"}
    assert found < stored.keys()


@pytest.mark.parametrize(
    ("name", "data", "code"), [("cv.rtf", b"{\\rtf1}", "unsupported_type"), ("cv.pdf", b"", "empty")]
)
def test_a_file_that_would_fail_says_why(tmp_path, name, data, code):
    (tmp_path / name).write_bytes(data)
    done = parse(tmp_path / name, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == code


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    done = parse(tmp_path / "none.pdf")
    assert done.returncode == 2
    assert "cannot be read" in done.stderr

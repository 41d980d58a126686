"""The samples that the demo loads: real files with text in them, and one whose decisive lines come late."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import docx
import pymupdf
import pytest

pytestmark = pytest.mark.unit

SAMPLES = Path(__file__).parents[3] / "deploy" / "samples"
RESUMES = sorted((SAMPLES / "resumes").iterdir())
DECISIVE = ("CompEx certificate Ex01 to Ex04", "IEC 60079-17", "High-voltage authorised person up to 11")
WINDOW_TOKENS = 256


def _text(path: Path) -> str:
    if path.suffix == ".pdf":
        with pymupdf.open(path) as document:
            return "\n".join(page.get_text() for page in document)
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    headers = [paragraph.text for section in document.sections for paragraph in section.header.paragraphs]
    return "\n".join([*headers, *(paragraph.text for paragraph in document.paragraphs), *cells])


def _jobs() -> list[dict[str, object]]:
    return [json.loads(line) for line in (SAMPLES / "jobs.jsonl").read_text().splitlines()]


def test_there_are_at_least_twelve_resumes_over_four_occupations_in_both_formats() -> None:
    occupations = Counter(path.stem.split("-")[0] for path in RESUMES)
    assert set(occupations) == {"nurse", "java", "accountant", "electrician"}
    assert min(occupations.values()) >= 3
    formats = Counter(path.suffix for path in RESUMES)
    assert min(formats[".pdf"], formats[".docx"]) >= 6


@pytest.mark.parametrize("path", RESUMES, ids=lambda path: path.name)
def test_every_resume_is_a_file_with_its_sources_text(path: Path) -> None:
    source = (SAMPLES / "sources" / f"{path.stem}.txt").read_text()
    words = set(_text(path).split())
    assert 150 <= len(_text(path).split()) <= 700
    name = next(line[2:] for line in source.splitlines() if line.startswith("# "))
    assert set(name.split()) <= words
    items = [line[2:] for line in source.splitlines() if line.startswith("- ")]
    assert all(word in words for item in items for word in item.split())


def test_the_decisive_lines_of_the_long_resume_are_beyond_the_first_window() -> None:
    path = SAMPLES / "resumes" / "electrician-hazardous-areas.pdf"
    with pymupdf.open(path) as document:
        assert len(document) == 2
    text = " ".join(_text(path).split())
    for line in DECISIVE:
        # A word is at least one token.
        assert len(text[: text.index(line)].split()) > WINDOW_TOKENS, line


def test_a_job_hinges_on_those_lines_and_no_other_resume_has_them() -> None:
    (job,) = [job for job in _jobs() if "CompEx" in json.dumps(job)]
    assert job["id"] == "job-hazardous-areas-electrician"
    assert [path.stem for path in RESUMES if "CompEx" in _text(path)] == ["electrician-hazardous-areas"]


def test_the_jobs_are_whole() -> None:
    jobs = _jobs()
    assert len(jobs) >= 6
    assert len({job["id"] for job in jobs}) == len(jobs)
    assert all(job["title"] and job["description"] and job["requirements"] for job in jobs)

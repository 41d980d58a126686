"""A score is made of stored readings as of the documents themselves, and damaged bytes are told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from services.matching.scoring.calculate import Comparison, calculate
from services.matching.scoring.model import ScoredDocument, StoredVectors
from services.matching.scoring.reading import stored_reading
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.stored_reading import UnreadableReading, packed_reading, unpacked_reading
from services.matching.scoring.search import Ranking

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

JOB = """Marine welder

Requirements
Five years of TIG welding
Diving certificate
Must read hull drawings, three years
Nice to have
Norwegian language"""
RESUMES = [
    "Kari\nMarine welder\nSkills\nTIG welding of ship hulls\nTIG welding of ship hulls\nWelder, welding 2010 - 2018",
    "Ola\nWelder 05/2019 – present\nDiving certificate, class two\nHull drawings read daily\nC++ and .NET\n要求 熟悉",
    "Ann\nExperience\nSkills",
    "x",
]


def stored(document: ScoredDocument) -> ReadDocument:
    """As it comes out of a row, with the vectors that it has."""
    return ReadDocument(unpacked_reading(packed_reading(document)), document.units)


@pytest.mark.parametrize("found", [None, {"Diving certificate": "must", "TIG welding\nDiving certificate": "nice"}])
@pytest.mark.parametrize("text", RESUMES)
def test_pairs_of_stored_readings_score_as_the_documents_do(
    document: MakeDocument, text: str, found: dict[str, str] | None
) -> None:
    job, resume = document("job", JOB, title="Marine welder", found=found), document("resume", text, identity=("Kari",))
    assert Comparison(stored(job), stored(resume)).match(job.text, resume.text) == calculate(job, resume)


def test_a_search_shows_the_same_of_stored_readings(document: MakeDocument, embed: Callable[[str], np.ndarray]) -> None:
    documents = [document("resume", text) for text in RESUMES] + [document("job", JOB)]
    for vector in (embed("TIG welding"), None):
        from_rows, anew = Ranking("TIG welding", vector), Ranking("TIG welding", vector)
        for number, each in enumerate(documents):
            from_rows.add(str(number), stored(each))
            anew.add(str(number), ReadDocument.of(each))
        assert from_rows.best() == anew.best() != []


def test_what_is_said_twice_is_shown_once(document: MakeDocument) -> None:
    job, resume = document("job", JOB), document("resume", RESUMES[0])
    match = Comparison(stored(job), stored(resume)).match(job.text, resume.text)
    (welding,) = [each for each in match.requirements if each.text == "Five years of TIG welding"]
    said = [each.text for each in welding.evidence]
    assert said.count("TIG welding of ship hulls") == 1


def test_documents_without_windows_units_or_words_are_stored_too() -> None:
    nothing = StoredVectors(np.zeros((0, 2), np.int32), np.zeros((0, 4), np.float32))
    for kind in ("job", "resume"):
        read = stored(ScoredDocument(kind, None, "", [], [], None, nothing, nothing))  # type: ignore[arg-type]
        assert (read.kind, read.has_windows, read.reading.distinct) == (kind, False, 0)


@pytest.mark.parametrize("kept", [0, 3, 9, 40, -1])
def test_bytes_that_were_cut_are_told(document: MakeDocument, kept: int) -> None:
    with pytest.raises(UnreadableReading):
        unpacked_reading(packed_reading(document("resume", RESUMES[0]))[:kept])


def test_every_flipped_byte_is_told(document: MakeDocument) -> None:
    data = packed_reading(document("job", JOB))
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :]
        with pytest.raises(UnreadableReading):
            unpacked_reading(damaged)


def test_a_reading_of_another_version_is_told(document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed_reading(document("job", JOB))
    monkeypatch.setattr(stored_reading, "READING_VERSION", 999)
    with pytest.raises(UnreadableReading, match=r"version \d+, not 999"):
        unpacked_reading(data)


def test_a_resume_of_six_thousand_characters_takes_few_kilobytes(document: MakeDocument) -> None:
    words = [f"word{number}" for number in range(400)]
    lines = [" ".join(words[(7 * line + at) % 400] for at in range(9)) for line in range(80)]
    resume = document("resume", "\n".join(lines))
    # Two vectors of the whole are of 256 numbers here, and of 384 with the model.
    assert len(packed_reading(resume)) < 9_000 - 2 * 4 * 128

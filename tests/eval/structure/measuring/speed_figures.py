"""How long the structure takes, and how many resumes a second ingest's parsing makes of files."""

from __future__ import annotations

import statistics
import time
from datetime import date

from measuring.labelled_data import AS_OF, SHARED, parsed_file, real_resumes

from services.ingest.structure import language
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

SAMPLE = 100
FILES = 40


def structure_milliseconds() -> tuple[float, float]:
    """Median and 95th percentile over real resumes, one core; each measured twice, the quicker counts."""
    texts = [row["text"] for row in list(real_resumes().values())[:: len(real_resumes()) // SAMPLE]]
    language.load()
    find_structure(StoredText("resume", texts[0], date.fromisoformat(AS_OF)))
    taken = sorted(min(_milliseconds(text), _milliseconds(text)) for text in texts)
    return statistics.median(taken), taken[int(0.95 * len(taken))]


def files_per_second() -> float:
    """Real PDFs parsed a second, structure and all, in one process without the sandbox around it."""
    files = sorted((SHARED / "resumes" / "pdf").glob("*.pdf"))[:FILES]
    parsed_file(files[0])
    began = time.perf_counter()
    for file in files:
        parsed_file(file)
    return len(files) / (time.perf_counter() - began)


def _milliseconds(text: str) -> float:
    began = time.perf_counter()
    find_structure(StoredText("resume", text, date.fromisoformat(AS_OF)))
    return 1000 * (time.perf_counter() - began)

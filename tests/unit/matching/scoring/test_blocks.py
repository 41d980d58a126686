"""Documents of the largest size are compared in parts, with the numbers of the whole."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from services.matching.scoring import blocks
from services.matching.scoring.blocks import RowBlocks
from services.matching.scoring.calculate import Comparison, calculate
from services.matching.scoring.model import ScoredDocument, StoredVectors, Vectors
from services.matching.scoring.reading.read_document import ReadDocument

pytestmark = pytest.mark.unit

LINES = 2_000
MEGABYTE = 1024 * 1024


def test_blocks_give_all_rows_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.arange(300 * 100, dtype=np.float32).reshape(300, 100)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 100 * 130)
    parts = RowBlocks(300, 100, lambda start, end: whole[start:end])
    assert [len(block) for block in parts.blocks()] == [128, 128, 44]
    assert np.array_equal(np.concatenate(list(parts.blocks())), whole)
    assert np.array_equal(np.array([parts.row(index) for index in range(300)]), whole)


def test_no_rows_are_one_empty_block() -> None:
    parts = RowBlocks(0, 5, lambda start, end: np.zeros((end - start, 5), dtype=np.float32))
    assert [block.shape for block in parts.blocks()] == [(0, 5)]


def test_a_score_and_its_reasons_are_the_same_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = _long("job", 300)
    resume = _long("resume", 400)
    whole = calculate(job, resume)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 64 * 1024)
    parts = calculate(_long("job", 300), _long("resume", 400))
    assert (parts.score, parts.components) == (whole.score, whole.components)
    for one, other in zip(parts.requirements, whole.requirements, strict=True):
        assert (one.text, one.status) == (other.text, other.status)
        assert [each.text for each in one.evidence] == [each.text for each in other.evidence]
        # Some processors add up the rows of a smaller matrix in another order, which shows in a cosine's last digit.
        assert one.similarity == pytest.approx(other.similarity, abs=2e-4)


def test_the_longest_documents_take_no_more_than_some_megabytes() -> None:
    job, resume = _long("job", LINES), _long("resume", LINES)
    read = ReadDocument.of(job), ReadDocument.of(resume)
    tracemalloc.start()
    try:
        assert Comparison(*read).match(job.text, resume.text).requirements
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 90 * MEGABYTE


def _long(kind: str, lines: int) -> ScoredDocument:
    """Some hundred thousand characters; every line a unit of ten words, most of which stand nowhere else."""
    random = np.random.default_rng(7 if kind == "job" else 8)
    words = [[f"w{number:x}" for number in random.integers(0, 40_000, 10)] for _ in range(lines)]
    text = "\n".join(f"must have {' '.join(line)}" for line in words)
    starts = np.cumsum([0, *(len(line) + 1 for line in text.split("\n")[:-1])])
    spans = np.array([(at, at + len(line)) for at, line in zip(starts, text.split("\n"), strict=True)], dtype=np.int32)
    units = _unit_length(random.standard_normal((lines, 384)) + 2.0)
    windows = StoredVectors(spans[::10].copy(), units[::10].copy())
    return ScoredDocument(kind, None, text, [], [], "en", windows, StoredVectors(spans, units))  # type: ignore[arg-type]


def _unit_length(vectors: np.ndarray) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

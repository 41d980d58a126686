"""Units pooled from their window's token vectors instead of embedded by themselves: match quality and cost.

    .venv/bin/python tests/eval/quality/pooled_units.py [--sample]

Prints the figures of both, on the graded set and the categories, and the seconds each takes for 32 resumes. The
decision that rests on it: docs/decisions/units.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parents[1])]

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import onnxruntime  # noqa: E402
from figures import set_figures  # noqa: E402
from labelled_sets import read_sets  # noqa: E402
from scored_sets import plain_scores  # noqa: E402
from stored_documents import Documents  # noqa: E402
from systems import shortlist  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

from libs.contracts.identifiers import Kind  # noqa: E402
from services.embedding.engines.torch import TorchEngine  # noqa: E402
from services.embedding.location.model_location import locate  # noqa: E402
from services.embedding.segmentation.cutting import Pieces  # noqa: E402
from services.matching.scoring.model import ScoredDocument, StoredVectors  # noqa: E402
from tests.bench.token_model import write_token_model  # noqa: E402

NAME = "all-MiniLM-L6-v2"
TIMED = 32
Vectors = npt.NDArray[np.float32]


class TokenVectors:
    """The model's vectors of a window's tokens, with their places in it."""

    def __init__(self, folder: Path) -> None:
        source = locate(NAME, download_seconds=1.0)
        write_token_model(TorchEngine(source, NAME), folder / "tokens.onnx")
        self._session = onnxruntime.InferenceSession(str(folder / "tokens.onnx"), providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def of(self, window: str) -> tuple[list[tuple[int, int]], Vectors]:
        """Start and end of each token in the window, and (tokens, dimension). Blocks."""
        encoded = self._tokenizer.encode(window)
        ids = np.array([encoded.ids], dtype=np.int64)
        (found,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return encoded.offsets, np.asarray(found[0], dtype=np.float32)


class PooledUnits(Documents):
    """Documents as matching would store them if units were pooled."""

    def __init__(self, cache: Path, tokens: TokenVectors) -> None:
        super().__init__(cache, hide_spans=False)
        self._tokens = tokens
        self._pooled: dict[tuple[Kind, str], StoredVectors] = {}

    def document(self, kind: Kind, text: str) -> ScoredDocument:
        found = super().document(kind, text)
        if (kind, text) not in self._pooled:
            pieces = self._prepared[kind, text][2]
            self._pooled[kind, text] = StoredVectors(found.units.spans, self.unit_vectors(pieces))
        return replace(found, units=self._pooled[kind, text])

    def unit_vectors(self, pieces: Pieces) -> Vectors:
        """(units, dimension), of unit length: the mean of the tokens that lie in the unit."""
        sums = np.zeros((len(pieces.units), self._engine.dimension), dtype=np.float32)
        for window in pieces.windows:
            offsets, vectors = self._tokens.of(window.text)
            for unit, rows in _inside(pieces, window.span.start, offsets):
                sums[unit] += vectors[rows].sum(axis=0)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _inside(pieces: Pieces, start: int, offsets: Sequence[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """Each unit's tokens in a window that begins at `start`. Nothing is hidden here, so places only shift."""
    for number, unit in enumerate(pieces.units):
        rows = [
            row
            for row, (first, end) in enumerate(offsets)
            if end > first and unit.span.start <= first + start and end + start <= unit.span.end
        ]
        if rows:
            yield number, rows


def main() -> None:
    sets = read_sets(sample="--sample" in sys.argv)
    cache = ROOT / "build" / "eval-vectors.npz"
    with TemporaryDirectory(prefix="shortlist-eval-") as folder:
        pooled = PooledUnits(cache, TokenVectors(Path(folder)))
        own = Documents(cache, hide_spans=False)
        for name, documents in (("own", own), ("pooled", pooled)):
            documents.prepare("job", sets.job_texts)
            documents.prepare("resume", sets.resume_texts)
            figures = set_figures(plain_scores(shortlist, documents, sets), sets)
            print(f"units {name}: " + ", ".join(f"{measure} {told.value:.3f}" for measure, told in figures.items()))
        _cost(pooled, sets.categories.resumes[:TIMED])


def _cost(documents: PooledUnits, texts: Sequence[str]) -> None:
    """Seconds for the same resumes: windows alone, from which units are pooled, and with units by themselves."""
    pieces = [documents._prepared["resume", text][2] for text in texts]
    started = time.perf_counter()
    for each in pieces:
        documents.unit_vectors(each)
    pooling = time.perf_counter() - started
    started = time.perf_counter()
    documents._encode(sorted((unit.text for each in pieces for unit in each.units), key=len))
    print(f"{len(texts)} resumes: windows with pooled units {pooling:.1f} s; units by themselves take")
    print(f"{time.perf_counter() - started:.1f} s more")


if __name__ == "__main__":
    main()

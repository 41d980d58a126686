"""What a document's vectors cost and what they are worth: units embedded by themselves, pooled, or in place of windows.

    .venv/bin/python tests/eval/quality/pooled_units.py [WAY ...]

The ways: `own`, units by themselves; `resumes`, those of resumes as means of the vectors that their tokens have in
their window; `both`, those of jobs too; `no-windows`, a window's vector as the mean of its units'. Of each it prints
the figures of the sets (weights fitted without the job that is scored), verdicts on what weakened twins lack, and how
many of the behaviour suite pass; then the seconds that 32 resumes take in one thread. The decision that rests on it:
docs/decisions/units.md. It takes about six minutes a way on two cores.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / "eval" / room) for room in ("", "quality", "fit", "behaviour"))]

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import onnxruntime  # noqa: E402
from figures import set_figures  # noqa: E402
from fitting import Folds, Mix, cross_validated  # noqa: E402
from labelled_sets import Sets, read_sets  # noqa: E402
from labelled_signals import labelled_signals  # noqa: E402
from run_behaviour import outcomes_of  # noqa: E402
from stored_documents import Documents  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from verdict_figures import twin_figures  # noqa: E402

from libs.contracts.identifiers import Kind  # noqa: E402
from services.embedding.engines.torch import TorchEngine  # noqa: E402
from services.embedding.location.model_location import locate  # noqa: E402
from services.embedding.segmentation.cutting import Pieces  # noqa: E402
from services.matching.scoring.calculate import Comparison  # noqa: E402
from services.matching.scoring.model import ScoredDocument, StoredVectors  # noqa: E402
from services.matching.scoring.reading.read_document import ReadDocument  # noqa: E402
from tests.bench.token_model import write_token_model  # noqa: E402

NAME = "all-MiniLM-L6-v2"
WAYS = ("own", "resumes", "both", "no-windows")
MIX = Mix(1.0, 2.0, 0.5, 0.5)
TIMED = 32
Vectors = npt.NDArray[np.float32]


class TokenVectors:
    """The model's vectors of a window's tokens, with their places in it. Each window is computed once."""

    def __init__(self, folder: Path) -> None:
        source = locate(NAME, download_seconds=1.0)
        write_token_model(TorchEngine(source, NAME), folder / "tokens.onnx")
        self._session = onnxruntime.InferenceSession(str(folder / "tokens.onnx"), providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known: dict[str, tuple[list[tuple[int, int]], npt.NDArray[np.float16]]] = {}

    def of(self, window: str) -> tuple[list[tuple[int, int]], Vectors]:
        """Start and end of each token in the window, and (tokens, dimension). Blocks."""
        if window not in self._known:
            encoded = self._tokenizer.encode(window)
            ids = np.array([encoded.ids], dtype=np.int64)
            (found,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
            self._known[window] = encoded.offsets, np.asarray(found[0], dtype=np.float16)
        offsets, vectors = self._known[window]
        return offsets, vectors.astype(np.float32)


class OtherVectors(Documents):
    """Documents as matching would store them, their vectors made another way."""

    def __init__(self, cache: Path, tokens: TokenVectors, way: str) -> None:
        super().__init__(cache)
        self._tokens = tokens
        self._way = way
        self._pooled: dict[tuple[Kind, str], Vectors] = {}

    def document(self, kind: Kind, text: str) -> ScoredDocument:
        found = super().document(kind, text)
        if self._way == "no-windows":
            return replace(found, windows=_from_units(found.windows, found.units))
        if self._way == "own" or (self._way == "resumes" and kind == "job"):
            return found
        if (kind, text) not in self._pooled:
            self._pooled[kind, text] = self.unit_vectors(self._prepared[kind, text][2])
        return replace(found, units=StoredVectors(found.units.spans, self._pooled[kind, text]))

    def unit_vectors(self, pieces: Pieces) -> Vectors:
        """(units, dimension), of unit length: the mean of the tokens that lie in the unit."""
        sums = np.zeros((len(pieces.units), self._engine.dimension), dtype=np.float32)
        for window in pieces.windows:
            offsets, vectors = self._tokens.of(window.text)
            starts = np.array([start if end > start else -1 for start, end in offsets])
            at = 0
            for number, unit in enumerate(pieces.units):
                inside = window.span.start <= unit.span.start and unit.span.end <= window.span.end
                place = window.text.find(unit.text, at) if inside else -1
                if place >= 0:
                    at = place + len(unit.text)
                    sums[number] += vectors[(starts >= place) & (starts < at)].sum(axis=0)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _from_units(windows: StoredVectors, units: StoredVectors) -> StoredVectors:
    lengths = (units.spans[:, 1] - units.spans[:, 0]).astype(np.float32)
    inside = (units.spans[None, :, 0] >= windows.spans[:, :1]) & (units.spans[None, :, 1] <= windows.spans[:, 1:])
    means = (inside * lengths) @ units.vectors
    return StoredVectors(windows.spans, means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9))


def main() -> None:
    sets = read_sets()
    cache = ROOT / "build" / "eval-vectors.npz"
    with TemporaryDirectory(prefix="shortlist-eval-") as folder:
        tokens = TokenVectors(Path(folder))
        for way in sys.argv[1:] or WAYS:
            documents = OtherVectors(cache, tokens, way)
            documents.prepare("job", sets.job_texts)
            documents.prepare("resume", sets.resume_texts)
            _tell(way, documents, sets)
        _cost(OtherVectors(cache, tokens, "both"), sets.categories.resumes[:TIMED])


def _tell(way: str, documents: Documents, sets: Sets) -> None:
    signals = labelled_signals(documents, sets)
    grades = [np.array(each) for each in sets.graded.grades]
    relevant = np.array(sets.categories.relevant)
    folds = Folds.drawn(signals, 5, 0)
    figures = set_figures(cross_validated(signals, grades, relevant, folds, MIX), sets)
    figures |= _verdicts(documents, sets)
    print(f"{way}: " + ", ".join(f"{measure} {told.value:.4f}" for measure, told in figures.items()))
    outcomes = outcomes_of(documents)
    passed = [sum(each.passed for each in outcomes if each.item.held_out is held_out) for held_out in (False, True)]
    print(f"{way}: of the behaviour suite {passed[0]} seen and {passed[1]} held out", flush=True)


def _verdicts(documents: Documents, sets: Sets) -> dict[str, object]:
    """As `twin_figures` has them, without a service."""
    triples = sets.triples

    def shown(job: str, resume: str) -> SimpleNamespace:
        both = documents.document("job", job), documents.document("resume", resume)
        match = Comparison(*map(ReadDocument.of, both)).match(both[0].text, both[1].text)
        return SimpleNamespace(requirements=match.requirements)

    pairs = zip(triples.jobs, triples.matched, triples.weakened, strict=True)
    own = [(shown(job, matched), shown(job, weakened)) for job, matched, weakened in pairs]
    return dict(twin_figures(triples, own))  # type: ignore[arg-type]


def _cost(documents: OtherVectors, texts: Sequence[str]) -> None:
    """Seconds for the same resumes: windows alone, from which units are pooled, and with units by themselves."""
    documents.prepare("resume", texts)
    pieces = [documents._prepared["resume", text][2] for text in texts]
    tokens = documents._tokens
    tokens._known.clear()
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

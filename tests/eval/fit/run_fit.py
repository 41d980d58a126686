"""`make fit`: what each signal weighs in a match's score, fitted on the labelled sets, into matching's weights file.

    .venv/bin/python tests/eval/fit/run_fit.py [--dry-run]

Several mixes of the sets are tried. Of each, weights are fitted five times on four fifths of the jobs and tell the
pairs of the rest; the mix whose figures fall short of LEAST by the least in sum wins, and its weights are fitted once
more on all jobs.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / "eval" / room) for room in ("", "quality", "fit"))]

import msgspec  # noqa: E402
import numpy as np  # noqa: E402
from figures import ABOVE_TWIN, CATEGORIES_AUC, FIRST, GRADED, NDCG, set_figures  # noqa: E402
from fitting import Fitted, Folds, Mix, Values, card_weights, cross_validated, fitted  # noqa: E402
from intervals import Figure  # noqa: E402
from labelled_sets import DATA, read_sets  # noqa: E402
from labelled_signals import labelled_signals  # noqa: E402
from stored_documents import Documents  # noqa: E402

from services.matching.scoring.choosing.card_ranking import CARD_SIGNALS  # noqa: E402
from services.matching.scoring.signals.measured import SIGNALS  # noqa: E402
from services.matching.scoring.weights import WEIGHTS, fitted_weights  # noqa: E402

FOLDS, SEED = 5, 0
# What each figure should reach: the goals of docs/quality.md; where these are a difference to the best single part of a
# score, that part's figure and the difference.
LEAST = {FIRST: 0.995, ABOVE_TWIN: 0.97, GRADED: 0.35, NDCG: 0.67, CATEGORIES_AUC: 0.896}
# How much a set may count beside the triples.
_TWINS, _GRADED, _CATEGORIES = (0.5, 1.0, 2.0, 4.0), (0.5, 1.0), (0.25, 0.5, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    started = time.perf_counter()
    try:
        sets = read_sets()
    except FileNotFoundError as error:
        print(f"left out, nothing fitted: {error.filename} is not there; the sets are looked for in {DATA}")
        return 0
    documents = Documents(ROOT / "build" / "eval-vectors.npz")
    documents.prepare("job", sets.job_texts)
    documents.prepare("resume", sets.resume_texts)
    signals = labelled_signals(documents, sets)
    print(f"{time.perf_counter() - started:5.0f} s  all pairs measured", file=sys.stderr)
    grades = [np.array(each) for each in sets.graded.grades]
    relevant = np.array(sets.categories.relevant)
    folds = Folds.drawn(signals, FOLDS, SEED)
    best: tuple[float, Mix, dict[str, Figure]] | None = None
    for twins, graded, categories in product(_TWINS, _GRADED, _CATEGORIES):
        mix = Mix(1.0, twins, graded, categories)
        figures = set_figures(cross_validated(signals, grades, relevant, folds, mix), sets)
        short = sum(max(0.0, least - figures[name].value) for name, least in LEAST.items())
        print(f"{short:.4f}  {mix}  " + "  ".join(f"{each.value:.3f}" for each in figures.values()))
        if best is None or short < best[0]:
            best = short, mix, figures
    assert best is not None
    _, mix, figures = best
    found = fitted(signals, grades, relevant, folds.without(-1), mix)
    told = _told(found, card_weights(signals, found), mix, figures, documents.space)
    print("\n" + msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    if not arguments.dry_run:
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    print(f"{time.perf_counter() - started:5.0f} s", file=sys.stderr)
    return 0


def _told(found: Fitted, cards: Values, mix: Mix, figures: dict[str, Figure], space: str) -> dict[str, object]:
    """What the weights file holds. Its version stays until somebody raises it."""
    return {
        "version": fitted_weights().version,
        "bias": round(found.bias, 3),
        "weights": {name: round(float(each), 3) for name, each in zip(SIGNALS, found.weights, strict=True)},
        "cards": {name: round(float(each), 3) for name, each in zip(CARD_SIGNALS, cards, strict=True)},
        "fitted": {
            "how": "logistic loss, weights of 0 and more, L-BFGS-B; the mix of sets by cross-validation by job",
            "on": "triples, graded and categories of the development sets",
            "day": datetime.now(UTC).date().isoformat(),
            "space": space,
            "folds": FOLDS,
            **{f"mix: {name}": value for name, value in asdict(mix).items()},
            **{f"cross-validated: {name}": round(each.value, 4) for name, each in figures.items()},
        },
    }


if __name__ == "__main__":
    sys.exit(main())

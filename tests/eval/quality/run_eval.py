"""Match quality over the three sets of ../shared/data/eval, into build/eval.json and a table.

    .venv/bin/python tests/eval/run_eval.py [--sample]

Our scoring stands beside the vector of the first 256 tokens and BM25 alone. Vectors are made by the embedding
service's own engine and segmentation and kept in build/; the first full run computes about 70,000 texts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from labelled_sets import DATA, Categories, Graded, Triples, read_categories, read_graded, read_triples  # noqa: E402
from measures import above_rate, mean_correlation, ndcg, pairs_in_order, top_rate  # noqa: E402
from spot_checks import java_figures, nurses_in_first_five, read_spot_texts  # noqa: E402
from stored_documents import Documents  # noqa: E402
from systems import SYSTEMS, System  # noqa: E402

from services.matching.scoring.calculate import SCORING_VERSION  # noqa: E402

SAMPLE = {"triples": 60, "graded": 8, "per_category": 5}
Figures = dict[str, float]


def main() -> int:
    arguments = _arguments()
    few = SAMPLE if arguments.sample else {"triples": None, "graded": None, "per_category": None}
    started = time.perf_counter()
    try:
        sets = (read_triples(few["triples"]), read_graded(few["graded"]), read_categories(few["per_category"]))
    except FileNotFoundError as error:
        print(f"left out, nothing measured: {error.filename} is not there; the sets are looked for in {DATA}")
        return 0
    documents = Documents(ROOT / "build" / "eval-vectors.npz")
    _prepare(documents, *sets)
    figures = {name: _figures(system, documents, *sets) for name, system in SYSTEMS.items()}
    nurses = None if arguments.sample else _spot_checks(documents, figures)
    report: dict[str, Any] = {
        "scoring_version": SCORING_VERSION,
        "space": documents.space,
        "sample": arguments.sample,
        "rows": {"triples": len(sets[0].jobs), "graded": len(sets[1].jobs), "categories": len(sets[2].jobs)},
        "texts_computed": documents.computed,
        "seconds": round(time.perf_counter() - started, 1),
        "figures": figures,
        "nurses_in_first_five": nurses,
    }
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    _print(report)
    return 0


def _spot_checks(documents: Documents, figures: dict[str, Figures]) -> int:
    """Adds the Java jobs' figures to each system's; returns how many nurses a search finds first."""
    texts = read_spot_texts()
    documents.prepare("job", texts.jobs)
    documents.prepare("resume", [text for _, _, text in texts.resumes])
    for name, system in SYSTEMS.items():
        figures[name].update(java_figures(system, documents, texts))
    return nurses_in_first_five(documents, texts)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="a tenth of the rows, for a look within minutes")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "eval.json")
    return parser.parse_args()


def _prepare(documents: Documents, triples: Triples, graded: Graded, categories: Categories) -> None:
    of_jobs = [text for resumes in graded.resumes for text in resumes]
    documents.prepare("job", [*categories.jobs, *graded.jobs, *triples.jobs])
    documents.prepare("resume", [*categories.resumes, *of_jobs, *triples.matched, *triples.weakened])


def _figures(system: System, documents: Documents, triples: Triples, graded: Graded, categories: Categories) -> Figures:
    return {
        **_triples(system, documents, triples),
        **_graded(system, documents, graded),
        **_categories(system, documents, categories),
    }


def _triples(system: System, documents: Documents, rows: Triples) -> Figures:
    """Rows of even number were looked at when the weights were chosen, those of odd number were not."""
    jobs = [documents.document("job", text) for text in rows.jobs]
    matched = [documents.document("resume", text) for text in rows.matched]
    weakened = [documents.document("resume", text) for text in rows.weakened]
    # one pool of both, so that a system's own statistics of a collection are the same for the twins
    scores = system(jobs, [*matched, *weakened])
    own = scores[:, : len(matched)]
    better, worse = np.diag(own), np.diag(scores[:, len(matched) :])
    odd = np.arange(1, len(jobs), 2)
    return {
        "triples: own resume first": top_rate(own),
        "triples: matched above weakened": above_rate(better, worse),
        "triples: matched above weakened, odd rows": above_rate(better[odd], worse[odd]),
    }


def _graded(system: System, documents: Documents, rows: Graded) -> Figures:
    scores = [
        system([documents.document("job", job)], [documents.document("resume", text) for text in resumes])[0]
        for job, resumes in zip(rows.jobs, rows.resumes, strict=True)
    ]
    return {
        "graded: correlation within a job": mean_correlation(scores, rows.grades),
        "graded: pairs in order": pairs_in_order(scores, rows.grades),
    }


def _categories(system: System, documents: Documents, rows: Categories) -> Figures:
    jobs = [documents.document("job", text) for text in rows.jobs]
    resumes = [documents.document("resume", text) for text in rows.resumes]
    return {"categories: nDCG@20": ndcg(system(jobs, resumes), rows.relevant)}


def _print(report: dict[str, Any]) -> None:
    figures: dict[str, Figures] = report["figures"]
    print(f"{'':46}" + "".join(f"{name:>18}" for name in figures))
    for measure in next(iter(figures.values())):
        print(f"{measure:46}" + "".join(f"{row[measure]:18.3f}" for row in figures.values()))
    if report["nurses_in_first_five"] is not None:
        print(f'search "registered nurse": {report["nurses_in_first_five"]} of the first five are of nursing')
    rows = report["rows"]
    print(
        f"{rows['triples']} triples, {rows['graded']} graded jobs, {rows['categories']} jobs by category; "
        f"{report['texts_computed']:,} texts computed, {report['seconds']} s"
    )


if __name__ == "__main__":
    sys.exit(main())

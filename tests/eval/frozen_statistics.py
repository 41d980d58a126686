"""How far ranking by the project's frozen word statistics is from ranking by live ones, on real resumes.

`python -m tests.eval.frozen_statistics DATA_DIR`: each job asks for the best of resumes/resumes.jsonl by its heaviest
words, once weighed by `statistics_v1.tsv`, once by the resumes' own document frequencies.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np

from services.matching.index.cards import card_terms, packed_terms
from services.matching.index.words.card_batch import card_batch, exact_bm25
from services.matching.index.words.weighted_terms import weighted_terms
from services.matching.scoring.terms import idf, term_list, terms_of


def compare(data: Path) -> dict[str, float]:
    """Overlap of the best 10, 50 and 100, and the rank correlation of all scores; means over titles and jobs."""
    resumes = _texts(data / "resumes" / "resumes.jsonl", "text")
    counts = [Counter(term_list(text)) for text in resumes]
    frequencies = Counter(term for each in counts for term in each)
    rows = []
    for number, each in enumerate(counts):
        terms = card_terms(each)
        rows.append((number, number, terms.length, packed_terms(terms)))
    cards = card_batch(rows)
    figures: dict[str, list[float]] = {}
    for name, field in (("title", "title"), ("job", "text")):
        for text in _texts(data / "jobs" / "jobs.jsonl", field)[::3]:
            asked = [term for term in terms_of(text) if term in frequencies]
            if not asked:
                continue
            live = {term: _live(frequencies[term], len(resumes)) for term in asked}
            scores = [
                exact_bm25(cards, weighted_terms(weights)) for weights in ({term: idf(term) for term in asked}, live)
            ]
            for size in (10, 50, 100):
                best = [set(np.argsort(-each, kind="stable")[:size].tolist()) for each in scores]
                figures.setdefault(f"{name}_overlap_at_{size}", []).append(len(best[0] & best[1]) / size)
            ranks = [np.argsort(np.argsort(-each, kind="stable")) for each in scores]
            figures.setdefault(f"{name}_rank_correlation", []).append(float(np.corrcoef(*ranks)[0, 1]))
    return {name: round(float(np.mean(values)), 3) for name, values in figures.items()}


def _live(frequency: int, documents: int) -> float:
    return math.log(1.0 + (documents - frequency + 0.5) / (frequency + 0.5))


def _texts(file: Path, field: str) -> list[str]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [row[field] for row in rows if row[field]]


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    print(json.dumps(compare(parser.parse_args().data), indent=2))


if __name__ == "__main__":
    main()

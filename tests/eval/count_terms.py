"""Writes services/matching/scoring/statistics_v1.tsv again: in how many documents each term stands, and how
many terms a document has.

Counted over the resumes and jobs of ../shared/data; only terms and figures are kept, no text.
Run it as `.venv/bin/python tests/eval/count_terms.py`; the result is the same every time.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent / "quality")]

from labelled_sets import read_lines  # noqa: E402

from services.matching.scoring.terms import STATISTICS, term_list  # noqa: E402

FEWEST_DOCUMENTS = 3
MOST_TERMS = 8_000


def main() -> None:
    texts = [row["text"] for row in read_lines("resumes/resumes.jsonl")]
    texts += [f"{row['title']}\n\n{row['text']}" for row in read_lines("jobs/jobs.jsonl")]
    frequency: Counter[str] = Counter()
    length = 0
    for text in texts:
        terms = term_list(text)
        length += len(terms)
        frequency.update(set(terms))
    kept = [(term, df) for term, df in frequency.items() if df >= FEWEST_DOCUMENTS and _is_printable(term)]
    kept.sort(key=lambda entry: (-entry[1], entry[0]))
    head = [f"#documents\t{len(texts)}", f"#mean_length\t{round(length / len(texts))}"]
    lines = [*head, *(f"{term}\t{df}" for term, df in kept[:MOST_TERMS])]
    STATISTICS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept[:MOST_TERMS])} terms of {len(texts)} documents written to {STATISTICS.relative_to(ROOT)}")


def _is_printable(term: str) -> bool:
    """Fragments of broken encodings are no words, and very long ones are addresses."""
    return term.isprintable() and len(term) <= 30


if __name__ == "__main__":
    main()

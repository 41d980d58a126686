"""How many items of the behaviour suite pass, by capability; into build/behaviour.json.

    .venv/bin/python tests/eval/behaviour/run_behaviour.py [--show CAPABILITY]

`--show` prints the items of one capability that fail, but for those held out: these nobody reads who works on scoring.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from judging import Outcome, judged  # noqa: E402
from stored_documents import Documents  # noqa: E402
from suite import read_suite, texts_of  # noqa: E402

from services.matching.scoring.calculate import SCORING_VERSION, Comparison  # noqa: E402
from services.matching.scoring.model import Match  # noqa: E402
from services.matching.scoring.reading.read_document import ReadDocument  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", metavar="CAPABILITY", help="print its items that fail")
    shown = parser.parse_args().show
    started = time.perf_counter()
    outcomes = outcomes_of(Documents(ROOT / "build" / "eval-vectors.npz"))
    if shown:
        _show([each for each in outcomes if each.item.capability == shown and not each.item.held_out])
        return 0
    report = {"scoring_version": SCORING_VERSION, **summary(outcomes)}
    output = ROOT / "build" / "behaviour.json"
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    _print(outcomes)
    print(f"{time.perf_counter() - started:.0f} s")
    return 0


def outcomes_of(documents: Documents) -> list[Outcome]:
    """All items, judged by matching's own scoring."""
    items = read_suite()
    texts = [texts_of(item) for item in items]
    documents.prepare("job", [job for jobs, _ in texts for job in jobs])
    documents.prepare("resume", [resume for _, resumes in texts for resume in resumes])

    @cache
    def scored(job: str, resume: str) -> Match:
        both = documents.document("job", job), documents.document("resume", resume)
        return Comparison(*map(ReadDocument.of, both)).match(both[0].text, both[1].text)

    return [judged(item, scored) for item in items]


def summary(outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, int]]]:
    """Of each capability the items and how many passed: seen, held out, soft ones apart."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in outcomes:
        part = "soft" if each.item.soft else "held out" if each.item.held_out else "seen"
        for name in (each.item.capability, "all"):
            counts[name][part] += 1
            counts[name][f"{part} passed"] += each.passed
    return {"capabilities": {name: dict(figures) for name, figures in sorted(counts.items())}}


def _print(outcomes: Sequence[Outcome]) -> None:
    print(f"{'':32}{'seen':>14}{'held out':>16}{'soft':>14}")
    for name, figures in summary(outcomes)["capabilities"].items():
        cells = (_cell(figures, part) for part in ("seen", "held out", "soft"))
        print(f"{name:32}" + "".join(f"{cell:>15}" for cell in cells))


def _cell(figures: dict[str, int], part: str) -> str:
    if part not in figures:
        return ""
    passed, items = figures[f"{part} passed"], figures[part]
    return f"{passed}/{items} = {passed / items:.2f}"


def _show(outcomes: Sequence[Outcome]) -> None:
    for each in outcomes:
        if not each.passed:
            print(f"{each.item.name} ({type(each.item).__name__.lower()}): {each.told}")


if __name__ == "__main__":
    sys.exit(main())

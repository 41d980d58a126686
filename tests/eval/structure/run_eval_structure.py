"""What is found in documents, against labels: into build/eval-structure.json and a table with goals.

    .venv/bin/python tests/eval/structure/run_eval_structure.py [--faults N]

The labels are our own (labels/). Those of real resumes name ids and facts; the texts lie in ../shared/data, and without
them these rows are left out, and said to be. `seen`: the rules were written with these in view; `held out`: they were
not, and a goal is met where these meet it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from measuring.counting import Counts, summed  # noqa: E402
from measuring.disclaimed_figures import characters, stretches  # noqa: E402
from measuring.identity_figures import kept_words, share_of_words_taken, spans_of_type  # noqa: E402
from measuring.labelled_data import (  # noqa: E402
    PARTS,
    SHARED,
    Labelled,
    LeftOut,
    labelled_disclaimed,
    labelled_headers,
    labelled_postings,
    labelled_resumes,
    labelled_titles,
    parsed_text,
    real_resumes,
    shared_is_there,
)
from measuring.requirement_figures import requirements  # noqa: E402
from measuring.resume_figures import entries_of_type, sections, title  # noqa: E402
from measuring.speed_figures import files_per_second, structure_milliseconds  # noqa: E402

WORST = 10


@dataclass
class Row:
    """One figure: over all documents and on each part, beside its goal (None: none is set)."""

    name: str
    figure: float | None
    goal: float | None
    at_most: bool = False
    seen: float | None = None
    held_out: float | None = None
    note: str = ""

    @property
    def met(self) -> str:
        """`yes` or `no`, by the documents held out where there are any; nothing without a goal or a figure."""
        figure = self.figure if self.held_out is None else self.held_out
        if self.goal is None or figure is None:
            return ""
        return "yes" if (figure <= self.goal if self.at_most else figure >= self.goal) else "no"


@dataclass
class Report:
    """The rows, the figures by language and occupation, the documents that went worst."""

    rows: list[Row] = field(default_factory=list)
    groups: dict[str, dict[str, tuple[float, int]]] = field(default_factory=dict)
    worst: dict[str, list[str]] = field(default_factory=dict)


def recall(counts: Counts) -> float | None:
    """As Counts says."""
    return counts.recall


def precision(counts: Counts) -> float | None:
    """As Counts says."""
    return counts.precision


def f1(counts: Counts) -> float | None:
    """As Counts says."""
    return counts.f1


Measure = Callable[[Labelled], Counts]
Figure = Callable[[Counts], float | None]


def main() -> int:
    """Measures, prints, writes. Returns 0 whatever the figures are."""
    arguments = _arguments()
    began = time.perf_counter()
    left_out, report = LeftOut(), Report()
    _identity(report)
    resumes, titles = labelled_resumes(left_out), labelled_titles(left_out)
    titles += [each for each in resumes if each.part == "held-out"]
    _measure(report, "title right", titles, title, recall, 0.95, by=("source",))
    _measure(report, "sections with kind, F1", resumes, sections, f1, 0.95, by=("language", "source"))
    for kind in ("work", "education"):
        measure = _of_type(entries_of_type, kind)
        _measure(report, f"{kind} entries right", resumes, measure, recall, 0.90, by=("language", "source"))
        _measure(report, f"{kind} entries found that are right", resumes, measure, precision, None, by=("source",))
    _requirements(report)
    _disclaimed(report)
    if shared_is_there():
        _real(report)
    _write(arguments.output, report, left_out, time.perf_counter() - began)
    _print(report, left_out, arguments.faults)
    return 0


def _identity(report: Report) -> None:
    headers = labelled_headers()
    goals = {"name": 0.97, "email": 0.99, "phone": 0.99, "address": None, "link": None, "protected": None}
    for kind, goal in goals.items():
        measure = _of_type(spans_of_type, kind)
        by = ("occupation",) if kind == "name" else ()
        _measure(report, f"identity: {kind} found", headers, measure, recall, goal, by=by)
    _measure(report, "identity: words to keep that are kept", headers, kept_words, precision, None)


def _requirements(report: Report) -> None:
    postings = labelled_postings()
    counts = {posting.name: requirements(posting) for posting in postings}

    def of(name: str) -> Measure:
        return lambda posting: getattr(counts[posting.name], name)  # type: ignore[no-any-return]

    by = ("language", "occupation")
    _measure(report, "requirements, asked or not, F1", postings, of("asked"), f1, 0.92, by=by)
    _measure(report, "must or nice right", postings, of("necessity"), recall, 0.92)
    _measure(report, "several things told apart", postings, of("parts"), recall, None)


def _disclaimed(report: Report) -> None:
    texts = labelled_disclaimed()
    _measure(report, "disclaimed: stretches found", texts, stretches, recall, None)
    _measure(report, "disclaimed: of those found, right", texts, stretches, precision, 0.97)
    _measure(report, "disclaimed: characters found", texts, characters, recall, None)
    _measure(report, "disclaimed: of the characters found, right", texts, characters, precision, None)


def _real(report: Report) -> None:
    taken = total = 0
    for row in real_resumes().values():
        document = parsed_text(row["text"])
        of_one, all_words = share_of_words_taken(document.text, document.structure.identity_spans)
        taken, total = taken + of_one, total + all_words
    note = f"{taken} of {total} words of {len(real_resumes())} real resumes"
    report.rows.append(Row("identity: words taken", taken / total, 0.01, at_most=True, note=note))
    median, high = structure_milliseconds()
    report.rows.append(Row("structure, ms a resume", round(median, 2), 15, at_most=True, note=f"p95 {high:.1f} ms"))
    report.rows.append(Row("PDFs parsed a second, one core", round(files_per_second(), 1), None))


def _of_type(measure: Callable[[Labelled, str], Counts], kind: str) -> Measure:
    return lambda labelled: measure(labelled, kind)


def _measure(
    report: Report,
    name: str,
    documents: Iterable[Labelled],
    measure: Measure,
    figure: Figure,
    goal: float | None,
    *,
    by: tuple[str, ...] = (),
) -> None:
    counted = [(each, measure(each)) for each in documents]
    total = summed(_copied(counts for _, counts in counted))
    parts = {part: figure(summed(_copied(c for each, c in counted if each.part == part))) for part in PARTS}
    note = f"{total.right} right, {total.missed} missed, {total.false} false"
    report.rows.append(Row(name, figure(total), goal, seen=parts["seen"], held_out=parts["held-out"], note=note))
    for group in by:
        groups: dict[str, list[Counts]] = defaultdict(list)
        for each, counts in counted:
            if each.part == "held-out":
                groups[getattr(each, group) or "-"].append(counts)
        report.groups[f"{name} by {group}"] = {
            value: (figure(summed(_copied(of_one))) or 0.0, len(of_one)) for value, of_one in sorted(groups.items())
        }
    worst = sorted(counted, key=lambda pair: -(pair[1].missed + pair[1].false))[:WORST]
    report.worst[name] = [fault for _, counts in worst for fault in counts.faults]


def _copied(counts: Iterable[Counts]) -> list[Counts]:
    return [Counts(each.right, each.missed, each.false) for each in counts]


def _write(output: Path, report: Report, left_out: LeftOut, seconds: float) -> None:
    rows = [{**asdict(row), "met": row.met} for row in report.rows]
    body = {
        "rows": rows,
        "groups": report.groups,
        "worst": report.worst,
        "documents_left_out": left_out.documents,
        "seconds": round(seconds, 1),
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _print(report: Report, left_out: LeftOut, faults: int) -> None:
    print(f"{'figure':44}{'all':>8}{'seen':>8}{'held out':>10}{'goal':>9}  met")
    for row in report.rows:
        goal = "" if row.goal is None else f"{'<=' if row.at_most else '>='} {row.goal:g}"
        figures = f"{_shown(row.figure):>8}{_shown(row.seen):>8}{_shown(row.held_out):>10}"
        print(f"{row.name:44}{figures}{goal:>9}  {row.met:4}{row.note}")
    for name, groups in report.groups.items():
        print(
            f"\n{name}, of those held out\n  "
            + ", ".join(f"{value} {figure:.2f} ({n})" for value, (figure, n) in groups.items())
        )
    for name, described in report.worst.items():
        if described and faults:
            print(f"\nthe worst of: {name}\n  " + "\n  ".join(described[:faults]))
    if left_out.documents:
        print(f"\nleft out: {left_out.documents} labelled documents, whose texts are looked for in {SHARED.name}")


def _shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}" if figure < 2 else f"{figure:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=WORST, help="how many faults of the worst documents are shown")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "eval-structure.json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

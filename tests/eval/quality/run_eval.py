"""`make eval`: how good matches are, over the sets of ../shared/data/eval, into build/eval.json and a table.

    .venv/bin/python tests/eval/quality/run_eval.py [--sample]

Ours is what matching's own service answers on a PostgreSQL of its own. Vectors are made by the embedding service's own
engine and segmentation and kept in build/; the first full run computes about 70,000 texts, for six minutes on two
cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# As matching sets it for itself: read where numpy is loaded.
sys.path[:0] = [
    str(Path(__file__).resolve().parents[3]),
    *(str(Path(__file__).resolve().parents[1] / room) for room in ("", "quality", "behaviour")),
]

from calibration_plot import draw  # noqa: E402
from figures import (  # noqa: E402
    ABOVE_TWIN,
    FIRST,
    NDCG,
    over_best,
    set_figures,
)
from intervals import Figure, mean_figure  # noqa: E402
from labelled_sets import DATA, Sets, read_sets  # noqa: E402
from made_pairs import ROLE, SENIORITY, YEARS, MadePair, made_pairs  # noqa: E402
from name_figures import MOST, NameFigures, name_figures  # noqa: E402
from pooled_figures import LENGTH, Calibration, calibration, length_correlation  # noqa: E402
from run_behaviour import outcomes_of, summary  # noqa: E402
from scored_sets import plain_scores, shown_sets  # noqa: E402
from served import Served  # noqa: E402
from stored_documents import Documents  # noqa: E402
from systems import PLAIN  # noqa: E402
from verdict_figures import FALSE_EVIDENCE, SKILLS, verdict_figures  # noqa: E402
from verdict_figures import YEARS as TWIN_YEARS  # noqa: E402

from services.matching.scoring.calculate import SCORING_VERSION  # noqa: E402

BUILD = Path(__file__).resolve().parents[3] / "build"
OURS = "ours"

# The least that ours is to reach; of FALSE_EVIDENCE and LENGTH the most.
GOALS = {
    FIRST: 0.995,
    ABOVE_TWIN: 0.97,
    NDCG: 0.67,
    SKILLS: 0.90,
    TWIN_YEARS: 0.90,
    FALSE_EVIDENCE: 0.02,
    YEARS: 0.95,
    SENIORITY: 0.95,
    ROLE: 0.90,
    LENGTH: 0.1,
}
AT_MOST = {FALSE_EVIDENCE, LENGTH}


@dataclass
class Report:
    """`figures`: of each system by measure. `differences`: ours less the best other's, by measure."""

    figures: dict[str, dict[str, Figure]] = field(default_factory=dict)
    differences: dict[str, tuple[str, Figure]] = field(default_factory=dict)
    calibration: Calibration | None = None
    behaviour: dict[str, Any] = field(default_factory=dict)
    names: list[NameFigures] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true", help="a tenth of the rows, for a look within minutes")
    parser.add_argument("--output", type=Path, default=BUILD / "eval.json")
    arguments = parser.parse_args()
    started = time.perf_counter()
    try:
        sets = read_sets(sample=arguments.sample)
    except FileNotFoundError as error:
        print(f"left out, nothing measured: {error.filename} is not there; the sets are looked for in {DATA}")
        return 0
    documents = Documents(BUILD / "eval-vectors.npz")
    pairs = made_pairs(sets.triples)
    documents.prepare("job", [*sets.job_texts, *(pair.job for pair in pairs)])
    documents.prepare("resume", [*sets.resume_texts, *(text for pair in pairs for text in (pair.better, pair.worse))])
    _say(started, f"{documents.computed:,} texts computed")
    report = asyncio.run(_measured(documents, sets, pairs, started))
    report.behaviour = summary(outcomes_of(documents))["capabilities"]
    _say(started, "behaviour judged")
    report.names = name_figures(documents, sets.categories)
    _say(started, "names tried")
    _print(report)
    if report.calibration is not None and not arguments.sample:
        draw(report.calibration)
    _write(report, arguments.output, documents, round(time.perf_counter() - started))
    return 0


async def _measured(documents: Documents, sets: Sets, pairs: list[MadePair], started: float) -> Report:
    scores = {name: plain_scores(system, documents, sets) for name, system in PLAIN.items()}
    _say(started, "plain systems scored")
    report = Report({name: set_figures(each, sets) for name, each in scores.items()})
    with TemporaryDirectory(prefix="shortlist-eval-") as folder:
        async with Served(Path(folder), documents) as served:
            shown = await shown_sets(served, sets)
            _say(started, "matching's own answers taken")
            made = await _made_figures(served, pairs)
    ours = set_figures(shown.scores, sets)
    ours |= verdict_figures(sets.triples, sets.categories, shown)
    ours |= made
    ours[LENGTH] = length_correlation(sets.categories, shown.scores.categories)
    report.figures[OURS] = ours
    report.differences = over_best(shown.scores, scores, sets)
    report.calibration = calibration(sets.graded, shown.scores.graded)
    return report


async def _made_figures(served: Served, pairs: list[MadePair]) -> dict[str, Figure]:
    """How often the better one scores above the worse; a tie counts as lost."""
    won: dict[str, list[float]] = {}
    await served.write("job", [pair.job for pair in pairs])
    await served.write("resume", [text for pair in pairs for text in (pair.better, pair.worse)])
    for pair in pairs:
        better, worse = await served.scores(pair.job, [pair.better, pair.worse])
        won.setdefault(pair.kind, []).append(float(better > worse))
    return {kind: mean_figure(each) for kind, each in won.items()}


def _say(started: float, what: str) -> None:
    print(f"{time.perf_counter() - started:5.0f} s  {what}", file=sys.stderr, flush=True)


def _print(report: Report) -> None:
    print(f"\n{'':58}" + "".join(f"{name:>24}" for name in report.figures) + f"{'goal':>9}  met")
    for measure in report.figures[OURS]:
        cells = "".join(f"{_cell(figures.get(measure)):>24}" for figures in report.figures.values())
        print(f"{measure:58}{cells}{_goal(measure, report.figures[OURS][measure])}")
    for measure, (best, figure) in report.differences.items():
        print(f"{measure}, ours less {best}: {_cell(figure)}")
    told = report.calibration
    if told is not None:
        bands = ", ".join(f"{mean:.2f}: {share:.2f} of {pairs}" for mean, share, pairs in told.bands)
        rises = "monotone" if told.is_monotone else "not monotone"
        print(f"calibration on graded: Brier skill {told.skill:.3f}, {rises}: {bands}")
    for each in report.names:
        moved = f"of {each.moved:.3f} of resumes the score moves by more than {MOST}, at most by {each.greatest:.1f}"
        print(f"names in the {each.place:15} {moved}; {each.scores} scores")
    for name, counts in report.behaviour.items():
        shares = (
            f"{part} {counts[f'{part} passed']}/{counts[part]}" for part in ("seen", "held out") if part in counts
        )
        print(f"behaviour: {name:32} {', '.join(shares)}")


def _cell(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def _goal(measure: str, figure: Figure) -> str:
    goal = GOALS.get(measure)
    if goal is None:
        return ""
    met = abs(figure.value) <= goal if measure in AT_MOST else figure.value >= goal
    return f"{'≤' if measure in AT_MOST else '≥'}{goal:>8}  {'yes' if met else 'no'}"


def _write(report: Report, output: Path, documents: Documents, seconds: int) -> None:
    told = {
        "scoring_version": SCORING_VERSION,
        "space": documents.space,
        "texts_computed": documents.computed,
        "seconds": seconds,
        **asdict(report),
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

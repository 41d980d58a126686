"""The figures of an audit for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.cli.audit.report import Breakdown, GroupFigures, Measure, Report, UnscoredFigures
from services.cli.tables import table

MOST_NAMED = 10
_NUMBERS = ("number", "above", "selected", "rate", "95 % interval")


def print_audit(out: Console, report: Report) -> None:
    """What was scored and what was not, each rate by each division into groups, and what the figures are."""
    version = f" (scoring {report.scoring_version})" if report.scoring_version else ""
    out.print(
        f"{report.scored:,} of {report.applications:,} applications for {_counted(report.jobs, 'job')} have a "
        f"score{version}; the median of all of them is {report.median:g}."
    )
    for unscored in report.unscored:
        out.print(_unscored(unscored))
    for measure in report.measures:
        out.print()
        out.print(Text(_heading(measure, report), style="bold"))
        for breakdown in measure.breakdowns:
            out.print(_table(measure, breakdown))
            said = _said_of(breakdown, report.small_percent)
            if said:
                out.print(" ".join(said))
                out.print()
    out.print()
    for note in report.notes:
        out.print(note)


def _unscored(unscored: UnscoredFigures) -> str:
    named = [f"{each.resume_id} for {each.job_id} (line {each.line})" for each in unscored.applications[:MOST_NAMED]]
    more = unscored.count - len(named)
    rest = f" and {more:,} more, which --json lists" if more else ""
    return f"Not scored and in no rate: {unscored.count:,}, {unscored.meaning}: {', '.join(named)}{rest}."


def _heading(measure: Measure, report: Report) -> str:
    of_all = f"{measure.selected:,} of {report.scored:,}"
    if measure.way == "above_median":
        return f"Scoring rate: a score above the median, {measure.value:g} ({of_all})"
    if measure.way == "threshold":
        return f"Selection rate: a score of {measure.value:g} or more ({of_all})"
    if measure.way == "decision":
        return f"Selection rate: selected as the file says ({of_all})"
    told = f"Selection rate: the best {measure.value:g} of each job ({of_all}"
    if measure.tied_at_the_edge:
        told += f"; {measure.tied_at_the_edge:,} of them beyond that number, for a tie with the last"
    if measure.jobs_selected_whole:
        jobs = _counted(measure.jobs_selected_whole, "job")
        told += f"; all applications of {jobs} that had no more than that"
    return told + ")"


def _table(measure: Measure, breakdown: Breakdown) -> Table:
    chosen = "above" if measure.rate == "scoring" else "selected"
    columns = (", ".join(breakdown.by), "number", chosen, "rate", "95 % interval", "impact ratio")
    made = table(*columns, title=f"By {' and '.join(breakdown.by)}", right=_NUMBERS)
    for group in breakdown.groups:
        made.add_row(*_cells(group), _ratio(group))
    if breakdown.small:
        made.add_row()
    for group in breakdown.small:
        made.add_row(*_cells(group), Text("small", style="dim"))
    if breakdown.unknown:
        made.add_row()
        made.add_row(Text("unknown"), Text(f"{breakdown.unknown:,}"))
    return made


def _cells(figures: GroupFigures) -> list[Text]:
    low, high = figures.interval
    return [
        Text(", ".join(figures.group.values())),
        Text(f"{figures.applications:,}"),
        Text(f"{figures.selected:,}"),
        Text(f"{figures.rate:.1%}"),
        Text(f"{low * 100:.1f}–{high:.1%}"),
    ]


def _ratio(figures: GroupFigures) -> Text:
    if figures.impact_ratio is None:
        return Text()
    told = f"{figures.impact_ratio:.2f}"
    return Text(f"{told} below 0.80", style="yellow") if figures.below_four_fifths else Text(told)


def _said_of(breakdown: Breakdown, small_percent: float) -> list[str]:
    said = []
    if breakdown.small:
        said.append(f"Small: below {small_percent:g} % of all, and not compared with the others.")
    if breakdown.no_ratio_because:
        said.append(f"No impact ratio: {breakdown.no_ratio_because}.")
    return said


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

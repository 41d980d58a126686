"""All figures of an audit, as they are printed and as JSON shows them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from services.cli.audit.rates import CONFIDENCE, Share, impact_ratio, is_below_four_fifths, wilson_interval
from services.cli.audit.reading import Application
from services.cli.audit.scores import REASONS, Scored, Scores, Unscored
from services.cli.audit.selecting import (
    Selection,
    Way,
    above_median,
    at_threshold,
    by_decision,
    median,
    top_of_each_job,
)
from services.cli.faults import CommandFault

Attribute = Literal["sex", "ethnicity"]
DIVISIONS: tuple[tuple[Attribute, ...], ...] = (("sex",), ("ethnicity",), ("sex", "ethnicity"))
SMALL_PERCENT = 2.0
DECIMALS = 6

NOTES = (
    "These figures tell how the scores of these applications fall on the groups that the file names. Scoring rates, "
    "selection rates and impact ratios are counted as New York City's rules on automated employment decision tools "
    "describe them (6 RCNY § 5-300 and 5-301).",
    "A ratio below 0.80 is marked because regulators look there first (the four-fifths rule of 29 CFR 1607.4 D). The "
    "mark proves nothing, and neither does its absence: with few people rates move by chance, as the intervals show.",
    "The figures are no audit by an independent auditor and no finding about any law; they do not tell why groups "
    "differ; and a score is no decision. docs/fairness.md says what they mean and what is left to you.",
)


class GroupFigures(msgspec.Struct, frozen=True):
    """One group: how many applications have a score, how many of them are selected, and their share (0 to 1) with its
    interval. `impact_ratio` is null where there is none."""

    group: dict[str, str]
    applications: int
    selected: int
    rate: float
    interval: tuple[float, float]
    impact_ratio: float | None
    below_four_fifths: bool | None


class Breakdown(msgspec.Struct, frozen=True):
    """The groups of one attribute, or of two together, and apart from them the small ones and the number of
    applications of which an attribute is unknown. `no_ratio_because` says why no group has an impact ratio."""

    by: tuple[Attribute, ...]
    groups: list[GroupFigures]
    small: list[GroupFigures]
    unknown: int
    no_ratio_because: str | None


class Measure(msgspec.Struct, frozen=True):
    """One way to select, and its rates. `value` is in points, of `top` a number of applications of each job."""

    rate: Literal["scoring", "selection"]
    way: Way
    value: float | None
    selected: int
    tied_at_the_edge: int
    jobs_selected_whole: int
    breakdowns: list[Breakdown]


class Named(msgspec.Struct, frozen=True):
    """An application, by its ids and its line in the file."""

    line: int
    job_id: str
    resume_id: str


class UnscoredFigures(msgspec.Struct, frozen=True):
    """Applications without a score, for one reason; they are in no rate."""

    reason: str
    meaning: str
    count: int
    applications: list[Named]


class Report(msgspec.Struct, frozen=True):
    """What an audit found. `median` is in points, `small_percent` the share of the sample below which a group is
    small, `confidence` that of all intervals."""

    applications: int
    jobs: int
    scored: int
    scoring_version: str | None
    median: float
    small_percent: float
    confidence: float
    unscored: list[UnscoredFigures]
    measures: list[Measure]
    notes: tuple[str, ...]


def report_of(
    scores: Scores,
    *,
    threshold: float | None = None,
    top: int | None = None,
    small_percent: float = SMALL_PERCENT,
) -> Report:
    """All figures of a sample: scoring rates, and selection rates at a threshold (points), of the best of each job,
    and by decision where the file has decisions.

    Raises CommandFault where no application has a score.
    """
    scored, unscored = scores.scored, _unscored(scores.unscored)
    if not scored:
        reasons = ", ".join(f"{each.count} × {each.meaning}" for each in unscored)
        raise CommandFault(f"no application has a score, so there is nothing to compute: {reasons}")
    selections = [above_median(scored)]
    if threshold is not None:
        selections.append(at_threshold(scored, threshold))
    if top is not None:
        selections.append(top_of_each_job(scored, top))
    if all(each.application.selected is not None for each in scored):
        selections.append(by_decision(scored))
    every = [each.application for each in scored] + [each.application for each in scores.unscored]
    return Report(
        applications=len(every),
        jobs=len({each.job_id for each in every}),
        scored=len(scored),
        scoring_version=scores.scoring_version,
        median=round(median(scored), DECIMALS),
        small_percent=small_percent,
        confidence=CONFIDENCE,
        unscored=unscored,
        measures=[_measure(scored, selection, small_percent) for selection in selections],
        notes=NOTES,
    )


def _measure(scored: Sequence[Scored], selection: Selection, small_percent: float) -> Measure:
    return Measure(
        rate="scoring" if selection.way == "above_median" else "selection",
        way=selection.way,
        value=None if selection.value is None else round(selection.value, DECIMALS),
        selected=sum(selection.selected),
        tied_at_the_edge=selection.tied,
        jobs_selected_whole=selection.whole_jobs,
        breakdowns=[_breakdown(scored, selection.selected, by, small_percent) for by in DIVISIONS],
    )


def _breakdown(
    scored: Sequence[Scored], selected: Sequence[bool], by: tuple[Attribute, ...], small_percent: float
) -> Breakdown:
    """The groups in the order of their names. A small group is in no comparison: neither has it a ratio, nor is its
    rate the highest that others are divided by (6 RCNY § 5-301 (d) lets an auditor leave out categories below 2 %)."""
    counts: dict[tuple[str, ...], list[int]] = {}
    unknown = 0
    for each, is_selected in zip(scored, selected, strict=True):
        group = _group(each.application, by)
        if group is None:
            unknown += 1
            continue
        count = counts.setdefault(group, [0, 0])
        count[0] += is_selected
        count[1] += 1
    shares = {group: Share(*counts[group]) for group in sorted(counts, key=_in_order)}
    small = {group for group, share in shares.items() if share.number * 100 < small_percent * len(scored)}
    compared = [share for group, share in shares.items() if group not in small]
    highest = max(compared, key=lambda share: share.rate, default=None)
    why_not = _no_ratio_because(compared, highest)
    divisor = None if why_not else highest
    return Breakdown(
        by=by,
        groups=[_figures(by, group, share, divisor) for group, share in shares.items() if group not in small],
        small=[_figures(by, group, share, None) for group, share in shares.items() if group in small],
        unknown=unknown,
        no_ratio_because=why_not,
    )


def _no_ratio_because(compared: Sequence[Share], highest: Share | None) -> str | None:
    if highest is None or len(compared) < 2:
        return "there are not two groups to compare"
    return "nobody in these groups is selected" if highest.selected == 0 else None


def _figures(by: tuple[Attribute, ...], group: tuple[str, ...], share: Share, highest: Share | None) -> GroupFigures:
    low, high = wilson_interval(share)
    ratio: Fraction | None = None if highest is None else impact_ratio(share, highest)
    return GroupFigures(
        group=dict(zip(by, group, strict=True)),
        applications=share.number,
        selected=share.selected,
        rate=round(float(share.rate), DECIMALS),
        interval=(round(low, DECIMALS), round(high, DECIMALS)),
        impact_ratio=None if ratio is None else round(float(ratio), DECIMALS),
        below_four_fifths=None if ratio is None else is_below_four_fifths(ratio),
    )


def _group(application: Application, by: tuple[Attribute, ...]) -> tuple[str, ...] | None:
    values = [application.sex if attribute == "sex" else application.ethnicity for attribute in by]
    known = tuple(value for value in values if value is not None)
    return known if len(known) == len(by) else None


def _in_order(group: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.casefold() for value in group)


def _unscored(unscored: Sequence[Unscored]) -> list[UnscoredFigures]:
    by_reason: dict[str, list[Named]] = {}
    for each in unscored:
        application = each.application
        named = Named(application.line, application.job_id, application.resume_id)
        by_reason.setdefault(each.reason, []).append(named)
    return [
        UnscoredFigures(reason, REASONS.get(reason, reason), len(named), named) for reason, named in by_reason.items()
    ]

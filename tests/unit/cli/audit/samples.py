"""Samples of applications with scores, written down by their groups."""

from __future__ import annotations

from services.cli.audit.reading import Application
from services.cli.audit.scores import Scored, Scores


def group(
    job: str, sex: str | None, ethnicity: str | None, *scores: float, selected: bool | None = None
) -> list[Scored]:
    """One application for each score."""
    return [
        Scored(Application(2 + number, job, f"{sex}-{ethnicity}-{score}-{number}", sex, ethnicity, selected), score)
        for number, score in enumerate(scores)
    ]


def sample(*groups: list[Scored]) -> Scores:
    """All of them, with nobody unscored."""
    return Scores([each for one in groups for each in one], [], "v1.1")

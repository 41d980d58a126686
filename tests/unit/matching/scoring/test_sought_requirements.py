"""Cards tell about how well a resume answers a job: by what it names, else by its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from libs.contracts.structure import Mention
from services.matching.scoring.choosing.card_table import held
from services.matching.scoring.choosing.sought_requirements import SoughtRequirements
from services.matching.scoring.choosing.stacked_cards import stacked_cards
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals import requirement_strengths
from services.matching.scoring.term_hashes import shortened

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]


def job_of(document: MakeDocument, requirements: Sequence[str], *names: str) -> ReadDocument:
    text = "\n".join(["Marine welder", "Requirements", *requirements])
    mentions = [Mention(text.index(name), text.index(name) + len(name), type="skill", name=name) for name in names]
    return ReadDocument.of(replace(document("job", text, title="Marine welder"), mentions=mentions))


def answered(document: MakeDocument, job: ReadDocument, *resumes: str) -> list[float]:
    cards = stacked_cards([ReadDocument.of(document("resume", text)) for text in resumes])
    found = held(shortened(job.term_hashes), cards)
    return SoughtRequirements(job).answered(found, cards).tolist()


def test_what_is_named_is_there_or_not_and_other_words_by_their_share(document: MakeDocument) -> None:
    job = job_of(document, ["Knowledge of AutoCAD Electrical"], "AutoCAD Electrical")
    assert answered(document, job, "Draughtsman\nAutoCAD Electrical", "Draughtsman\nAutoCAD") == [1.0, 0.0]
    words = job_of(document, ["Welding of hulls and turbines"])
    whole, half, none = answered(document, words, "welding hulls turbines", "hulls", "pastry")
    assert whole > half > none == 0.0


def test_many_requirements_are_answered_as_few_are(document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["Welding of hulls", "Diving licence", "Knowledge of AutoCAD Electrical", "Night shifts"]
    resumes = "Welder\nHulls and diving", "AutoCAD Electrical at night"
    job = job_of(document, lines, "AutoCAD Electrical")
    together = answered(document, job, *resumes)
    monkeypatch.setattr(requirement_strengths, "AT_ONCE", 1)
    assert answered(document, job, *resumes) == pytest.approx(together)
    assert max(together) < 1.0


def test_a_job_without_requirements_has_none_answered(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", "Welder", title="Welder"))
    assert answered(document, job, "Welder") in ([0.0], [1.0])

"""A pair's score and its reasons."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from libs.contracts.identifiers import Kind
from services.matching.scoring.calculate import SCORING_VERSION, Comparison, calculate
from services.matching.scoring.model import ScoredDocument, StoredVectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals import requirement_strengths
from services.matching.scoring.weights import fitted_weights

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]

# Units of the longest documents.
LINES = 2_000
MEGABYTE = 1024 * 1024

JOB = """Marine welder

Requirements
Five years of TIG welding
Diving certificate
Reading of hull drawings
Nice to have
Norwegian language"""

SKILLS = ["TIG welding of ship hulls", "Diving certificate, class two", "Reading of hull drawings"]


def resume_text(skills: list[str], dates: str = "2010 - 2018") -> str:
    lines = ["Kari Nordmann", "Marine welder", "Skills", *skills, "Experience"]
    return "\n".join([*lines, f"Welder, TIG welding at the Bergen shipyard {dates}", "Studied music and history"])


def _score(job: ScoredDocument, resume: ScoredDocument) -> float | None:
    return Comparison(ReadDocument.of(job), ReadDocument.of(resume)).score


@pytest.fixture
def job(document: MakeDocument) -> ScoredDocument:
    return document("job", JOB, title="Marine welder")


def test_a_fitting_resume_is_scored_with_its_reasons(document: MakeDocument, job: ScoredDocument) -> None:
    match = calculate(job, document("resume", resume_text(SKILLS)))
    assert match.status == "scored"
    assert match.score is not None
    assert 0 <= match.score <= 100
    assert match.score == round(match.score, 1)
    assert match.scoring_version == SCORING_VERSION
    assert set(match.components) == {"body", "role", "requirements", "words"}
    assert all(0 <= part <= 1 for part in match.components.values())
    assert [(one.text, one.necessity) for one in match.requirements] == [
        ("Five years of TIG welding", "must"),
        ("Diving certificate", "must"),
        ("Reading of hull drawings", "must"),
        ("Norwegian language", "nice"),
    ]
    assert [one.status for one in match.requirements[1:]] == ["met", "met", "missing"]


def test_every_stretch_is_the_stored_text_at_its_offsets(document: MakeDocument, job: ScoredDocument) -> None:
    resume = document("resume", resume_text(SKILLS))
    match = calculate(job, resume)
    for requirement in match.requirements:
        assert job.text[requirement.start : requirement.end] == requirement.text
        for evidence in requirement.evidence:
            assert resume.text[evidence.start : evidence.end] == evidence.text
    assert match.requirements[1].evidence[0].text == "Diving certificate, class two"


def test_each_required_skill_that_goes_lowers_the_score(document: MakeDocument, job: ScoredDocument) -> None:
    scores = [calculate(job, document("resume", resume_text(SKILLS[:kept]))).score for kept in (3, 2, 1, 0)]
    assert None not in scores
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    assert len(set(scores)) == 4


def test_too_few_years_lower_the_score_and_are_only_partly_met(document: MakeDocument, job: ScoredDocument) -> None:
    long = calculate(job, document("resume", resume_text(SKILLS, "2010 - 2018")))
    short = calculate(job, document("resume", resume_text(SKILLS, "2016 - 2018")))
    assert long.score is not None
    assert short.score is not None
    assert short.score < long.score
    assert (long.requirements[0].status, short.requirements[0].status) == ("met", "partial")


def test_an_open_end_is_not_held_against_anyone(document: MakeDocument, job: ScoredDocument) -> None:
    match = calculate(job, document("resume", resume_text(SKILLS, "2018 - present")))
    assert match.requirements[0].status == "met"


def test_the_components_add_up_to_the_score_by_the_published_rule(document: MakeDocument, job: ScoredDocument) -> None:
    for kept in (0, 2):
        match = calculate(job, document("resume", resume_text(SKILLS[:kept])))
        fitted = fitted_weights()
        total = fitted.bias + sum(fitted.weights[name] * value for name, value in match.components.items())
        assert match.score == pytest.approx(100 / (1 + math.exp(-total)), abs=0.06)


def test_a_reason_is_told_where_a_number_decided(document: MakeDocument, job: ScoredDocument) -> None:
    short = calculate(job, document("resume", resume_text(SKILLS, "2016 - 2018")))
    assert short.requirements[0].reason == "asks for 5 years; 2 years found in 1 entry"


def test_a_pasted_job_is_flagged_and_gains_nothing(document: MakeDocument) -> None:
    asked = [f"Experience in {what} of large vessels in cold harbours of the north" for what in ("welding", "paint")]
    asked += [
        f"Knowledge of {what} and of the rules that the harbour office has for it" for what in ("cranes", "ropes")
    ]
    text = "Harbour hand\nRequirements\n" + "\n".join(asked)
    job, own = document("job", text), "Kari\nBaker of bread and cakes\nBread, rolls and cakes since 2010"
    plain = calculate(job, document("resume", own))
    pasted = calculate(job, document("resume", f"{own}\n{text}"))
    assert [flag.code for flag in pasted.flags] == ["pasted_job"]
    assert plain.flags == []
    assert pasted.score == pytest.approx(plain.score, abs=3)
    assert [one.status for one in pasted.requirements] == [one.status for one in plain.requirements]


def test_a_language_that_the_model_does_not_know_is_noted_and_no_vector_counts(document: MakeDocument) -> None:
    job = document("job", JOB, title="Marine welder")
    known = calculate(job, document("resume", resume_text(SKILLS)))
    other = calculate(job, replace(document("resume", resume_text(SKILLS)), is_covered=False))
    assert known.notes == []
    assert [note.code for note in other.notes] == ["language_not_covered"]
    assert other.components["body"] == 0.5
    assert all(one.similarity == 0 for one in other.requirements)


def test_the_whole_document_counts(document: MakeDocument, job: ScoredDocument) -> None:
    filler = "\n".join(f"Sang in choir number {number} and taught music there" for number in range(60))
    without = calculate(job, document("resume", f"Kari\nMarine welder\n{filler}"))
    with_it = calculate(job, document("resume", f"Kari\nMarine welder\n{filler}\nDiving certificate"))
    assert with_it.score is not None
    assert without.score is not None
    assert with_it.score > without.score
    assert with_it.requirements[1].status == "met"


def test_what_somebody_has_not_is_no_evidence(document: MakeDocument, job: ScoredDocument) -> None:
    kept, denied = "Kari\nMarine welder\nReading of hull drawings", "No diving certificate, class two"
    without = calculate(job, document("resume", kept))
    taken = calculate(job, document("resume", f"{kept}\n{denied}"))
    hidden = calculate(job, document("resume", f"{kept}\n{denied}", disclaimed=(denied,)))
    assert taken.requirements[1].evidence[0].text == denied, "without its cue it would be evidence"
    assert [one.status for one in hidden.requirements] == [one.status for one in without.requirements]
    assert not [each for one in hidden.requirements for each in one.evidence if each.text == denied]


def test_what_is_too_much_to_be_kept_is_looked_at_again_and_told_the_same(
    document: MakeDocument, job: ScoredDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume = document("resume", resume_text(SKILLS))
    whole = calculate(job, resume)
    monkeypatch.setattr(requirement_strengths, "AT_ONCE", 1)
    assert calculate(job, resume) == whole


def test_the_longest_documents_take_no_more_than_some_megabytes() -> None:
    job, resume = _long("job", LINES), _long("resume", LINES)
    read = ReadDocument.of(job), ReadDocument.of(resume)
    tracemalloc.start()
    try:
        assert Comparison(*read).match(job.text, resume.text).requirements
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 90 * MEGABYTE


def _long(kind: Kind, lines: int) -> ScoredDocument:
    """Some hundred thousand characters; every line a unit of ten words, most of which stand nowhere else."""
    random = np.random.default_rng(7 if kind == "job" else 8)
    words = [[f"w{number:x}" for number in random.integers(0, 40_000, 10)] for _ in range(lines)]
    text = "\n".join(f"must have {' '.join(line)}" for line in words)
    starts = np.cumsum([0, *(len(line) + 1 for line in text.split("\n")[:-1])])
    spans = np.array([(at, at + len(line)) for at, line in zip(starts, text.split("\n"), strict=True)], dtype=np.int32)
    vectors = random.standard_normal((lines, 384)).astype(np.float32) + np.float32(2.0)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    windows = StoredVectors(spans[::10].copy(), units[::10].copy())
    return ScoredDocument(kind, None, text, [], [], "en", windows, StoredVectors(spans, units))


def test_a_score_is_of_the_pair_alone_and_the_same_every_time(document: MakeDocument, job: ScoredDocument) -> None:
    text = resume_text(SKILLS)
    first = calculate(job, document("resume", text))
    for other in range(5):
        calculate(job, document("resume", f"Baker number {other}\nBread and cakes every morning since 2001"))
    assert calculate(document("job", JOB, title="Marine welder"), document("resume", text)) == first
    assert _score(job, document("resume", text)) == first.score


def test_who_a_person_is_never_counts(document: MakeDocument) -> None:
    job = document("job", "Cook\n\nRequirements\nKnowledge of Bergen kitchens\nFish dishes and soups")
    text = "{name}\nCooked fish dishes and soups in hotels of the coast for many winters"
    names = ["Bergen Kitchens", "Zzyzx Qwertyui"]
    scores = [calculate(job, document("resume", text.format(name=name), identity=(name,))).score for name in names]
    assert scores[0] == scores[1]
    assert calculate(job, document("resume", text.format(name=names[0]))).score != scores[0]


@pytest.mark.parametrize("text", ["", "\n \n", "Kari", "1 2 3", "Curriculum vitae"])
def test_too_little_text_is_never_scored(document: MakeDocument, job: ScoredDocument, text: str) -> None:
    match = calculate(job, document("resume", text))
    assert (match.score, match.status, match.components) == (None, "insufficient_data", {})
    assert _score(job, document("resume", text)) is None


@pytest.mark.parametrize("text", ["", "Welder", "--- ---"])
def test_a_job_of_too_few_words_scores_nobody(document: MakeDocument, text: str) -> None:
    match = calculate(document("job", text), document("resume", resume_text(SKILLS)))
    assert (match.score, match.status, match.requirements) == (None, "insufficient_data", [])


@pytest.mark.parametrize(
    "text",
    [
        "要求：熟悉 Java 和数据库的开发经验",
        "\u00a0A -\n: : :",
        "👩‍⚕️ nurse 👩‍⚕️ wanted (m/w/d) now\r\n\u2028",
        "A" * 5000,
        "x\n" * 500,
    ],
)
def test_odd_text_on_either_side_breaks_nothing(document: MakeDocument, job: ScoredDocument, text: str) -> None:
    odd_job, odd_resume = document("job", text), document("resume", text)
    for pair in ((odd_job, odd_resume), (job, odd_resume), (odd_job, document("resume", resume_text(SKILLS)))):
        match = calculate(*pair)
        assert (match.score is None) == (match.status == "insufficient_data")


def test_windows_without_units_are_enough_for_a_score(document: MakeDocument, job: ScoredDocument) -> None:
    resume = document("resume", resume_text(SKILLS))
    bare = ScoredDocument(
        kind="resume",
        title=None,
        text=resume.text,
        sections=[],
        identity_spans=[],
        language=None,
        windows=resume.windows,
        units=StoredVectors(np.zeros((0, 2), np.int32), np.zeros((0, resume.units.vectors.shape[1]), np.float32)),
    )
    match = calculate(job, bare)
    assert match.status == "scored"
    assert all(one.evidence == [] or one.status != "missing" for one in match.requirements)
    assert (
        calculate(ScoredDocument("job", None, job.text, [], [], None, job.windows, bare.units), bare).requirements == []
    )


def test_each_found_requirement_is_one_row_with_its_own_text(document: MakeDocument) -> None:
    two_lines = "Diving certificate\nReading of hull drawings"
    found = {"TIG welding": "must", two_lines: "must", "Norwegian language": "nice"}
    match = calculate(document("job", JOB, found=found), document("resume", resume_text(SKILLS)))
    assert [(one.text, one.necessity, one.status) for one in match.requirements] == [
        ("TIG welding", "must", "met"),
        (two_lines, "must", "met"),
        ("Norwegian language", "nice", "missing"),
    ]


def test_a_job_that_asks_for_nothing_has_a_score_and_no_requirements(document: MakeDocument) -> None:
    match = calculate(document("job", JOB, found={}), document("resume", resume_text(SKILLS)))
    assert match.score is not None
    assert match.requirements == []

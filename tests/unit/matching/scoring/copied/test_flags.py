"""Signs that a text was written for a machine."""

from collections import Counter

import numpy as np
import pytest

from services.matching.scoring.copied.copied_units import Copied, copied_from
from services.matching.scoring.copied.fingerprints import fingerprints_of
from services.matching.scoring.copied.flags import hidden_text, pasted_job, skill_list, word_repetition
from services.matching.scoring.copied.repetition import repetition_in
from services.matching.scoring.facts.held import HeldName
from services.matching.scoring.terms import term_list

pytestmark = pytest.mark.unit

WORK = " ".join(
    f"Planned the budget of site {number} with {number % 13} suppliers, and cut waste in hall {number % 7} by a part."
    for number in range(40)
)
JOB = (
    "We look for somebody who plans the weekly routes of our drivers, keeps their hours within the law, answers"
    " customers whose parcels are late, and trains new colleagues at the depot. You have a licence of class C, have"
    " driven lorries yourself for two years or more, and stay calm when three telephones ring at the same time."
    " Our office opens at six in the morning, and whoever plans the first tour begins then; in return the week has four"
    " days. You report to the head of transport, speak with the workshop about repairs, and order fuel and tyres from"
    " the firms that we have contracts with."
)


def fingerprints(text: str):
    return fingerprints_of(text, np.array([(0, len(text))], dtype=np.int32))


def repeated(text: str):
    return word_repetition(repetition_in(Counter(term_list(text)), fingerprints(text)))


def names(listed: int, applied: int = 0, included: int = 0, type: str = "skill") -> dict[str, HeldName]:
    held = {f"{type}:listed {each}": HeldName(None, 0, False) for each in range(listed)}
    held |= {f"{type}:applied {each}": HeldName(None, 0, True) for each in range(applied)}
    return held | {f"{type}:included {each}": HeldName(None, 0, False, "another") for each in range(included)}


@pytest.mark.parametrize("resume", [f"{JOB} {WORK}", f"{WORK} {JOB}", f"{WORK} {JOB} {WORK}", JOB])
def test_a_pasted_job_is_flagged(resume):
    flag = pasted_job(copied_from(fingerprints(JOB), fingerprints(resume)))
    assert flag is not None
    assert flag.code == "pasted_job"
    assert f"{len(JOB.split())} of the resume's" in flag.message


def test_half_a_job_is_flagged():
    for half in (JOB[: len(JOB) // 2], JOB[len(JOB) // 2 :]):
        assert pasted_job(copied_from(fingerprints(JOB), fingerprints(f"{WORK} {half}"))) is not None


def test_one_sentence_that_both_took_from_elsewhere_is_not():
    sentence = JOB[: JOB.index(".")]
    found = copied_from(fingerprints(JOB), fingerprints(f"{WORK} {sentence}"))
    assert found.words > 20
    assert pasted_job(found) is None


def test_a_resume_without_words_is_not():
    assert pasted_job(Copied(np.zeros(0, dtype=np.bool_), 0, 0)) is None


@pytest.mark.parametrize(
    "added",
    [
        "python " * 500,
        "python, " * 100,
        "sql " * 100,
        "project management; " * 100,
        "python sql java kubernetes terraform docker react spark kafka redis ansible jenkins " * 30,
        "软件开发，" * 100,
    ],
)
def test_saying_the_same_again_and_again_is_flagged(added):
    flag = repeated(f"{WORK} {added}")
    assert flag is not None
    assert flag.code == "word_repetition"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Python",
        # A person's field is in every line of their resume.
        " ".join(f"Designed part {number} of the {number} product" for number in range(20)),
        # Signs that were read wrongly.
        f"{WORK} {'â ' * 60}",
        # A function word of another language.
        " ".join(
            f"Gestión{number} de obra con presupuesto{number} anual{number} y equipo propio" for number in range(60)
        ),
        # One duty under each of nine positions.
        " ".join(f"{WORK[:400]} In {2000 + number} at company {number}." for number in range(9)),
    ],
)
def test_what_honest_texts_repeat_is_not(text):
    assert repeated(text) is None


def test_the_most_frequent_word_is_told():
    text = f"{WORK} {'python ' * 500}"
    found = repetition_in(Counter(term_list(text)), fingerprints(text))
    assert (found.term, found.times) == ("python", 500)
    assert found.terms == len(term_list(text))


@pytest.mark.parametrize(("listed", "applied"), [(300, 0), (300, 60), (80, 20), (5, 300)])
def test_hundreds_of_skills_are_flagged(listed, applied):
    flag = skill_list(names(listed, applied))
    assert flag is not None
    assert flag.code == "skill_list"
    assert f"names {listed + applied} different skills, {listed} of them outside" in flag.message


@pytest.mark.parametrize("held", [{}, names(56, 40), names(20, 100), names(40, 20, included=200)])
def test_the_skills_of_a_long_career_are_not(held):
    assert skill_list(held) is None


def test_only_skills_count():
    assert skill_list(names(300, type="language")) is None


def test_hidden_text_is_known_by_the_parsers_note():
    flag = hidden_text(["page_limit", "hidden_text"])
    assert flag is not None
    assert flag.code == "hidden_text"
    assert hidden_text(["page_limit"]) is None
    assert hidden_text([]) is None

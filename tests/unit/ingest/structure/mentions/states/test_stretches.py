"""Stretches of a text that say what somebody has not, or a job does not ask."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.identifiers import Kind
from libs.contracts.structure import MAX_DISCLAIMED, DisclaimedSpan
from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.mentions.states.clause_ends import MAX_WORDS
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

pytestmark = pytest.mark.unit

AS_OF = date(2026, 1, 15)
STATES = {"D": "denied", "W": "wished", "O": "other_person"}


def found(text: str, kind: Kind = "resume") -> list[tuple[str, str]]:
    spans = find_named(StoredText(kind, text, AS_OF), [], []).disclaimed
    return [(span.state, text[span.start : span.end]) for span in spans]


def marked(line: str) -> tuple[str, list[tuple[str, str]]]:
    """`D[…]` is a stretch that is denied, `W[…]` one that is wished for, `O[…]` another person's; `\\n` ends a line."""
    line = line.replace("\\n", "\n")
    stretches = [(STATES[mark[1]], mark[2]) for mark in re.finditer(r"([DWO])\[([^\]]*)\]", line)]
    return re.sub(r"[DWO]\[([^\]]*)\]", r"\1", line), stretches


def lines(table: str) -> list[str]:
    return [line for line in table.strip().splitlines() if line]


RESUMES = r"""
D[I have no experience with mechanically ventilated patients.] Six years in surgery.
D[I have no experience with ventilated patients], but I have run dialysis for six years.
D[I have no experience with ventilated patients]; dialysis I know.
Welding since 2015\n- D[no experience with underwater welding]\n- reads drawings
D[I have never worked at height, never driven a lorry and never used a chainsaw.]
D[I don't have any training in first aid, manual handling or food hygiene], and I am learning.
D[I have no experience of tunnels], five years of bridges
D[I have no training in welding] and I work as a joiner
D[I have no training in welding] and built sheds for ten years
D[Unfamiliar with hospital billing] (retail billing I know)
D[I haven't yet managed a team of more than three people.]
D[I know nothing about paid search.]
Five years of Python, D[no Java].
D[Not forklift certified], but careful
Docker, D[Kubernetes: none]
W[Looking for a role where I can run my own kitchen.]
W[I would like to learn cheese making.] I speak Danish.
W[Currently learning letterpress printing, gilding and bookbinding.]
W[Hoping to move into school leadership]\nTaught mathematics
W[I would love to sail round Cape Horn one day]; I skipper a ferry
Deckhand; W[plan to take a course in celestial navigation]
D[I have yet to take the towing test.] I drive a tipper.
O[My grandfather kept sixty hives and sold the honey at the market]; O[my uncle runs them today].
Cook\n- O[The head chef prepares the game and makes all stocks]\n- I run the pass
Call agent\n• O[My team leader manages sixteen agents and plans the shifts]; I sit beside her
Visits machine shops; O[my customers operate lathes from three makers] and I supply them with coolant
D[Site safety card: expired 11 March 2025]\nManual handling: June 2026
D[Towing permit | none (bus and bicycle])
W[Spraying ticket (boom): assessment booked for March 2027]\nTelehandler, 2023
Docker, D[Kubernetes: none]
W[Interested in learning sign language], and I speak Danish.
W[CPA candidate]
Certificate in Accounting/W[CPA Exam Candidate]
O[My manager was a chartered surveyor], and I kept his calendar.
O[My manager was a CPA] and trusted me with the books.
O[My wife is a dentist.] I booked patients.
Worked O[alongside welders] to assemble frames
Wrote procedures for a O[client certified to ISO 13485] and kept records
Drew beams, O[mentored by a senior structural engineer] in Leeds
D[My experience does not include paediatric wards.]
D[I have not done any underwater welding.]
D[I am not a trained teacher.]
D[I have yet to learn French.]
D[Keinerlei Erfahrung im Tiefbau], aber im Hochbau.
D[Keine Erfahrung mit beatmeten Patienten], aber gute Kenntnisse
D[Ich habe noch nie mit Drehmaschinen gearbeitet.]
D[Je n'ai aucune expérience en soins palliatifs.]
W[Je souhaite apprendre la dorure sur bois.]
D[No tengo experiencia en cocina japonesa], pero sí en repostería.
D[Non ho esperienza con pazienti pediatrici.]
D[Não tenho experiência com gado leiteiro.]
D[Ik heb geen ervaring met dementerende ouderen], wel met kinderen.
D[Nie mam doświadczenia w pracy z dziećmi.]
D[我没有接触过呼吸机]，但是熟悉伤口护理。
D[我没有心脏手术的护理经验。]
D[Нет опыта работы с детьми], но есть опыт с пожилыми.
D[ليس لدي خبرة في جراحة القلب]
D[אין לי ניסיון עם מטופלים מונשמים]
"""

# They look like denials, wishes and other people, and hide what somebody has.
NONE = r"""
Drove lorries for twelve years – never an accident.
Forklift driving: without a scratch in nine winters
BSc Nursing – in progress
Not only ran the bar but also the kitchen.
I am no stranger to night shifts.
Drove four years without a single accident on the forklift.
Zero defects, zero complaints, no downtime on the line.
Never missed a deadline in ten years of accounting.
No fewer than twelve welders reported to me.
Works without supervision on the lathe.
Built a no-code platform for a non-profit.
Duties included but were not limited to welding.
I could not have asked for a better team in paediatric nursing.
Passed the welding audit with no errors.
Nobody but me ran the payroll.
I cannot speak highly enough of the nurses I led.
Seeking a position as data engineer in a hospital.
Looking for a role as a pastry chef.
Seeking a position where I can use my ten years of nursing experience.
Interested in a position as welder.
Always willing to learn. Eager to learn new skills.
Trained staff who had no experience in retail.
Students with no experience of welding were assigned to me.
Taught adults who want to learn pottery.
I had no experience in sales when I started; today I lead nine people.
Never used a lathe before 2019; today I teach it.
My father taught me welding.
My goal is to become associated with a company where I can use my skills.
Dedication that knows no bounds.
Six years helping my father run his workshop with AutoCAD.
Grew sales with no marketing budget.
Number of trees in spreadsheets (no. of trees per hectare)
Pursuing a Bachelor of Science in Nursing
Bachelor of Science in Nursing, expected 2027
CPR (expired 2019)
Graduate certificate in accounting
"""

JOBS = r"""
Drones.\nD[This is not a role for database administrators.]
D[No degree required.] References are.
D[No degree required for this role.] You need a driving licence.
D[You do not need to have a chef's diploma.]
D[You need not be a certified welder], but a careful one.
This is D[not a sales role].
D[Experience with cranes is not required.]
D[We do not require a cover letter.]
This D[isn't a remote job].
D[This role does not involve phone sales.]
D[Not required:\n- forklift\n- night shifts]\n\nMust have a van.
D[Ein Schulabschluss ist nicht erforderlich.]
D[Kein Abschluss erforderlich.]
D[Aucun diplôme requis.]
D[No se requiere experiencia previa.]
"""

ASKED = r"""
A degree is not required but preferred.
A degree is not required, but a plus.
Applicants without a CDL will not be considered.
Must not require visa sponsorship.
You are willing to learn Rust and interested in machine learning.
Experience in identifying unnecessary steps.
Supervises employees: no\n\nRequired travel: some
Candidates who have no experience with Java need not apply.
"""


@pytest.mark.parametrize("line", lines(RESUMES) + lines(NONE))
def test_what_a_person_has_not_is_told_from_what_they_have(line: str) -> None:
    text, stretches = marked(line)
    assert found(text) == stretches


@pytest.mark.parametrize("line", lines(JOBS) + lines(ASKED))
def test_what_a_job_does_not_ask_is_told_from_what_it_asks(line: str) -> None:
    text, stretches = marked(line)
    assert found(text, "job") == stretches


@pytest.mark.parametrize("text", ["No experience with {}.", "My manager was a {}.", "I would like to learn {}."])
def test_no_cue_disclaims_more_than_some_words(text: str) -> None:
    ((_, stretch),) = found(text.format(" ".join(["granite"] * 500)))
    assert len(stretch.split()) <= MAX_WORDS


def test_no_more_than_the_most_stretches_are_kept() -> None:
    text = "I have no experience with stone.\n" * (MAX_DISCLAIMED + 7)
    assert len(found(text)) == MAX_DISCLAIMED


def test_a_text_of_which_nothing_would_be_left_is_kept() -> None:
    whole = "I have no experience with granite."
    assert find_structure(StoredText("resume", whole, AS_OF)).disclaimed_spans == []
    more = find_structure(StoredText("resume", f"Mason\n{whole}", AS_OF))
    assert more.disclaimed_spans == [DisclaimedSpan(6, 6 + len(whole), "denied")]


@pytest.mark.parametrize(
    "text",
    [
        "I have no experience with the many tools that people here and elsewhere use, such as Docker or Kubernetes.",
        "I would like to learn Rust; Docker I know.",
        "My manager was a CPA and I speak Spanish.",
        "No Java, no Kotlin, but Python",
    ],
)
def test_a_mention_in_a_stretch_has_its_state(text: str) -> None:
    named = find_named(StoredText("resume", text, AS_OF), [], [])
    assert named.disclaimed
    for mention in named.mentions:
        around = [span.state for span in named.disclaimed if span.start <= mention.start < span.end]
        assert mention.state == (around[0] if around else "had")


PIECES = [*"ab .,;:\n-()", "no ", "never used ", "I ", "and ", "or ", "experience with ", "Java ", "required", "learn "]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_stretches_of_any_text_lie_within_it_in_order_and_apart(text: str) -> None:
    for kind in ("resume", "job"):
        at = 0
        for span in find_named(StoredText(kind, text, AS_OF), [], []).disclaimed:  # type: ignore[arg-type]
            assert at <= span.start < span.end <= len(text)
            at = span.end

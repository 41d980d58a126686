"""Whether a person has what a text names: told from how people write it, in nine languages."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2026, 1, 15)


def states(text: str) -> dict[str, str]:
    stored = StoredText("resume", text, AS_OF)
    return {mention.name: mention.state for mention in find_named(stored, [], []).mentions}


def cases(table: str) -> list[tuple[str, dict[str, str]]]:
    """Lines of `text => name: state, name: state`; `\\n` in a text ends a line."""
    read = []
    for line in table.strip().splitlines():
        text, _, told = line.partition(" => ")
        pairs = (pair.rpartition(": ") for pair in told.split(", "))
        read.append((text.replace("\\n", "\n"), {name.strip(): state.strip() for name, _, state in pairs}))
    return read


DENIED = r"""
Excel-free stock counts => Microsoft Excel: denied
No experience with Kubernetes in production so far. => Kubernetes: denied
Have never used Terraform. => Terraform: denied
I have never worked with Docker or Kubernetes. => Docker: denied, Kubernetes: denied
No experience with Java, Kotlin or Scala => Java: denied, Kotlin: denied, Scala: denied
Kubernetes knowledge: none => Kubernetes: denied
Kubernetes\nKnowledge: none => Kubernetes: denied
Excel: no => Microsoft Excel: denied
Kubernetes – 0 years => Kubernetes: denied
Terraform (never used), Docker (five years) => Terraform: denied, Docker: had
Python | 5 years\nTerraform | none => Python: had, Terraform: denied
Not forklift certified => forklift license: denied
I am not a certified public accountant. => Certified Public Accountant: denied
I do not hold a CDL Class A but a Class B => CDL Class A: denied, CDL Class B: had
Unfamiliar with AutoCAD, but fluent in SolidWorks. => AutoCAD: denied, SolidWorks: had
Lacks experience in welding => welding: denied
I don't have a CPA license. => Certified Public Accountant: denied
Neither Java nor Kotlin => Java: denied, Kotlin: denied
No CISSP => Certified Information Systems Security Professional: denied
I have not worked with PostgreSQL; MySQL daily. => PostgreSQL: denied, MySQL: had
Does not speak German. => German: denied
Five years of Python, no Java => Python: had, Java: denied
Not required:\n- Java\n- Kotlin\n\nPython => Java: denied, Kotlin: denied, Python: had
Java is not needed. Python is. => Java: denied, Python: had
This is not a role for front-end UI or database administration people. => database administration: denied
No experience with the following:\n- Docker\n- Terraform => Docker: denied, Terraform: denied
Keine Erfahrung mit Kubernetes, aber gute Kenntnisse in Docker => Kubernetes: denied, Docker: had
Kein Staplerschein vorhanden => forklift license: denied
Excel: keine Kenntnisse => Microsoft Excel: denied
SAP-Kenntnisse sind nicht erforderlich => SAP: denied
Aucune expérience en Java, mais deux ans de Python => Java: denied, Python: had
Je n'ai jamais utilisé Docker => Docker: denied
Docker : jamais utilisé => Docker: denied
Sin experiencia en Kubernetes, pero con Docker => Kubernetes: denied, Docker: had
No tengo conocimientos de SAP => SAP: denied
Nessuna esperienza con Java => Java: denied
Non ho la patente B => driver's license class B: denied
Sem experiência em Kubernetes => Kubernetes: denied
Não tenho experiência com Docker => Docker: denied
Geen ervaring met Kubernetes, wel met Docker => Kubernetes: denied, Docker: had
Java: geen ervaring => Java: denied
Brak doświadczenia z Java, ale znam Python => Java: denied, Python: had
没有使用过Kubernetes，但是熟悉Docker => Kubernetes: denied, Docker: had
Java：无 => Java: denied
Нет опыта работы с Kubernetes, но знаю Docker => Kubernetes: denied, Docker: had
"""

WISHED = r"""
Interests: chess, learning Rust => Rust: wished
Would like to learn Rust. => Rust: wished
Currently learning Rust and Kotlin => Rust: wished, Kotlin: wished
Willing to learn Kubernetes; strong in Docker => Kubernetes: wished, Docker: had
Seeking to move into data science => data science: wished
Looking to transition into machine learning => machine learning: wished
CPA candidate => Certified Public Accountant: wished
Pursuing CISSP => Certified Information Systems Security Professional: wished
PMP (in progress) => Project Management Professional: wished
Studying for the CPA exam => Certified Public Accountant: wished
BSc in Mathematics, expected May 2027 => Bachelor of Science: wished
Currently pursuing a Bachelor of Science => Bachelor of Science: wished
Would like to learn:\n- Rust\n- Kotlin => Rust: wished, Kotlin: wished
Ich lerne derzeit Rust => Rust: wished
Ich möchte gern Kubernetes lernen => Kubernetes: wished
Je souhaite apprendre Python => Python: wished
Me gustaría aprender Kubernetes => Kubernetes: wished
Vorrei imparare Java => Java: wished
Gostaria de aprender Python => Python: wished
Ik wil graag Python leren => Python: wished
Chcę się nauczyć Python => Python: wished
正在学习Python => Python: wished
"""

EXPIRED = r"""
CPR (expired 2019) => CPR certification: expired
CDL Class A license lapsed => CDL Class A: expired
Forklift license: lapsed in 2020 => forklift license: expired
BLS (exp. 07/2017), ACLS (exp. 09/2031) => Basic Life Support: expired, Advanced Cardiovascular Life Support: had
First Aid certified, valid until 03/2024 => First Aid certification: expired
First Aid certified, valid until 2028 => First Aid certification: had
Formerly certified CISSP => Certified Information Systems Security Professional: expired
Staplerschein (abgelaufen) => forklift license: expired
Permis B expiré => driver's license class B: expired
Führerschein Klasse B gültig bis 2020 => driver's license class B: expired
"""

OTHER_PERSON = r"""
Works beside a sommelier with WSET Level 3 => WSET Level 3: other_person
I was mentored by a Kubernetes expert => Kubernetes: other_person
My wife speaks Spanish, I speak French => Spanish: other_person, French: had
Meine Frau spricht Spanisch => Spanish: other_person
Ma femme parle espagnol => Spanish: other_person
Assisted a licensed electrician => journeyman electrician license: other_person
Supervised by a CPA => Certified Public Accountant: other_person
"""

HAD = r"""
Online learning, Python, Excel-based reports => Python: had, Microsoft Excel: had
No formal training but five years of Python => Python: had
Not only Java but Kotlin => Java: had, Kotlin: had
Not just Java, also Kotlin => Java: had, Kotlin: had
Wrote SQL without hesitation => SQL: had
No fewer than three years of SQL => SQL: had
Non-negotiable: SQL => SQL: had
Python without supervision since 2019 => Python: had
Never missed a deadline with Java => Java: had
No doubt about my Python => Python: had
I never thought I would love Kotlin => Kotlin: had
Notepad, Java, Python => Java: had, Python: had
CPR certified, does not expire => CPR certification: had
CISSP (not expired) => Certified Information Systems Security Professional: had
Machine learning in Python => machine learning: had, Python: had
Skills: active learning, Python, Excel => Python: had, Microsoft Excel: had
Cloud: Azure (4.0, 2.0), Java => Microsoft Azure: had, Java: had
Mentored by my manager, I learned Python => Python: had
No smoking. Python and Java. => Python: had, Java: had
Not a fan of meetings.\nPython\nJava => Python: had, Java: had
Nicht nur Java, sondern Kotlin => Java: had, Kotlin: had
Non seulement Java mais aussi Python => Java: had, Python: had
No solo Java sino Kotlin => Java: had, Kotlin: had
不仅Java，Python => Java: had, Python: had
SANs and NAS storage, VMware => VMware: had
"""


@pytest.mark.parametrize(
    ("text", "told"), [case for table in (DENIED, WISHED, EXPIRED, OTHER_PERSON, HAD) for case in cases(table)]
)
def test_a_mention_knows_whether_the_person_has_it(text: str, told: dict[str, str]) -> None:
    found = states(text)

    assert {name: found.get(name) for name in told} == told


def test_there_are_enough_cases_of_each_state() -> None:
    tables = {"denied": DENIED, "wished": WISHED, "expired": EXPIRED, "other_person": OTHER_PERSON, "had": HAD}

    assert {state: len(cases(table)) >= 6 for state, table in tables.items()} == dict.fromkeys(tables, True)
    assert sum(len(cases(table)) for table in tables.values()) >= 60


def test_a_licence_is_valid_until_its_month_ends() -> None:
    text = "BLS, valid until 01/2026"

    assert states(text) == {"Basic Life Support": "had"}

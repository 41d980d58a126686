"""A person's name is found wherever a text shows it, also one that no list knows; what only looks like one stays."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\nBuilt a bridge over May Creek."


def names(text: str, kind: Literal["resume", "job"] = "resume") -> list[str]:
    spans = find_identity(StoredText(kind=kind, text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == "name"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Velora Quintash\nSenior Brand Manager", "Velora Quintash"),
        ("VELORA QUINTASH, RN, BSN\nvq@mail.example", "VELORA QUINTASH"),
        ("SENIOR BRAND MANAGER\nVelora Quintash\nvelora@mail.example", "Velora Quintash"),
        ("Velora Quintash | Chef | velora@mail.example", "Velora Quintash"),
        ("Velora Quintash Senior Brand Manager", "Velora Quintash"),
        ("Curriculum Vitae of Velora Quintash", "Velora Quintash"),
        ("Resume - Velora Quintash - Chef", "Velora Quintash"),
        ("Velora Quintash's Resume", "Velora Quintash"),
        ("QUINTASH, Velora\nAddress: 14 Awolowo Avenue, Ibadan", "QUINTASH, Velora"),
        ("Velora\nQuintash\n\nChef", "Velora\nQuintash"),
        ('Velora "Vee" Quintash\nChef', 'Velora "Vee" Quintash'),
        ("velora quintash\nux designer\nvelora.quintash@mail.example", "velora quintash"),
        ("V. K. Quintash\nEngineer", "V. K. Quintash"),
        ("vquintash@mail.example\n512-555-0182\n\nVelora Quintash", "Velora Quintash"),
        ("Name: Velora Quintash\nPosition sought: Chef", "Velora Quintash"),
        ("Name: Jail Date\nPosition sought: Chef", "Jail Date"),
        ("Dr. Velora van der Quintash\nSurgeon", "Velora van der Quintash"),
        ("Velora Quintash-Umbeki III\nDriver", "Velora Quintash-Umbeki III"),
        ("Will Grant\nChef", "Will Grant"),
        ("MAY ROSE\nNurse", "MAY ROSE"),
        ("Sutrisno – Civil Engineer\nsutrisno30@mail.example", "Sutrisno"),
    ],
)
def test_the_name_in_the_head_is_found_in_each_of_its_forms(head: str, name: str) -> None:
    assert names(head + BODY) == [name]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Þorgerður Hallfreðsdóttir\nKennari", "Þorgerður Hallfreðsdóttir"),
        ("Kárpáthy Zsolt\nMérnök", "Kárpáthy Zsolt"),
        ("Nguyễn Thị Thảo\nKế toán", "Nguyễn Thị Thảo"),
        ("Şebnem Özgüneş\nMuhasebe Uzmanı", "Şebnem Özgüneş"),
        ("Oluwadamilare Fasoranti\nGrant Writer", "Oluwadamilare Fasoranti"),
        ("Kwabena Asiamah\nTeacher", "Kwabena Asiamah"),
        ("Siobhán Ní Cheallaigh\nNurse", "Siobhán Ní Cheallaigh"),
        ("Md. Shafiqul Talukder\nTeacher", "Md. Shafiqul Talukder"),
        ("Nor Aini binti Kassim\nNurse", "Nor Aini binti Kassim"),
        ("Ganesh a/l Perumal\nNurse", "Ganesh a/l Perumal"),
        ("Leilani Kahananui\nNurse", "Leilani Kahananui"),
        ("Leontýna Hrušková\nÚčetní", "Leontýna Hrušková"),
        ("Тарас Скоропад\nИнженер", "Тарас Скоропад"),
        ("Ευανθία Καραγιώργη\nΜηχανικός", "Ευανθία Καραγιώργη"),
        ("Անահիտ Տեր-Գրիգորյան\nanahit@mail.example", "Անահիտ Տեր-Գրիգորյան"),
        ("ნინო ცხელაშვილი\nnino@mail.example", "ნინო ცხელაშვილი"),
        ("السيرة الذاتية\nكريم المنشاوي\nمهندس مدني", "كريم المنشاوي"),
        ("קורות חיים\nאורית בן-שטרית\nמהנדסת תוכנה", "אורית בן-שטרית"),
        ("शालिनी वर्मा\nअध्यापिका", "शालिनी वर्मा"),
        ("กิตติพงศ์ ศรีสมบัติ\nวิศวกร", "กิตติพงศ์ ศรีสมบัติ"),
        ("个人简历\n欧阳志远\n软件工程师", "欧阳志远"),
        ("職務経歴書\n氏名　岡林真司\n性別　男", "岡林真司"),
        ("이력서\n성명: 류혜진\n마케팅 담당", "류혜진"),
    ],
)
def test_names_of_many_cultures_and_scripts(head: str, name: str) -> None:
    assert names(head + BODY) == [name]


def test_a_name_in_two_scripts_is_found_in_both() -> None:
    assert names("Karim Elmenshawy (كريم المنشاوي)\nData Analyst" + BODY) == ["Karim Elmenshawy", "كريم المنشاوي"]


@pytest.mark.parametrize(
    "head",
    [
        "FINANCIAL ACCOUNTANT",
        "SENIOR BRAND MANAGER",
        "GRANT WRITER",
        "Rose Bowl Manager",
        "Chase Bank Teller",
        "Ingénieur DevOps",
        "Kaufmännische Sachbearbeiterin",
        "Auxiliar de enfermería",
        "Técnico de manutenção",
        "Impiegata Amministrativa",
        "Młodszy Specjalista ds. Kadr",
        "Muhasebe Uzmanı",
        "Инженер-строитель",
        "软件开发工程师",
        "ソフトウェアエンジニア",
        "مهندس برمجيات",
        "מהנדס תוכנה",
    ],
)
def test_a_headline_is_no_name(head: str) -> None:
    assert names(head + BODY) == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("My name is Tavri Oskendal and I run a warehouse.", ["Tavri Oskendal"]),
        ("I, Tavri Oskendal, declare that this is true.", ["Tavri Oskendal"]),
        ("Tavri Oskendal is a warehouse manager.", ["Tavri Oskendal"]),
        ("Reported to Tavri Oskendal, plant director.", ["Tavri Oskendal"]),
        ("Mentored by Tavri Oskendal and Imre Vandeloop.", ["Tavri Oskendal", "Imre Vandeloop"]),
        ("Under the supervision of Prof. Dr. Tavri Oskendal", ["Tavri Oskendal"]),
        ("Supervisor: Tavri Oskendal (555-123-4567)", ["Tavri Oskendal"]),
        ("Referee: Tavri Oskendal, line manager", ["Tavri Oskendal"]),
        ("Recommended by Mr. Oskendal.", ["Oskendal"]),
        ("Ich bin Tavri Oskendal und suche Arbeit.", ["Tavri Oskendal"]),
        ("Sous la direction de Mme Oskendal", ["Oskendal"]),
        ("Nazywam się Tavri Oskendal.", ["Tavri Oskendal"]),
        ("Меня зовут Таври Оскендал.", ["Таври Оскендал"]),
        ("我叫王小明，是仓库经理。", ["王小明"]),
        ("저는 김철수입니다.", ["김철수"]),
        ("اسمي طارق العسكري وأعمل محاسبا.", ["طارق العسكري"]),
        ("Worked closely with Goldman Sachs.", []),
        ("Reported to Regional Director.", []),
        ("Partnered with Hong Kong counterparts.", []),
        ("Drew plans in MS Visio and MS Project.", []),
        ("TIBCO CIM is a key component.", []),
    ],
)
def test_a_sentence_shows_a_name_that_no_list_knows(sentence: str, found: list[str]) -> None:
    assert names("WAREHOUSE MANAGER\nSummary\nRuns a warehouse.\nExperience\n" + sentence) == found


def test_references_name_persons_line_by_line() -> None:
    text = "COOK\nSummary\nCooks.\nReferences\nDr. Tavri Oskendal, Head of Operations\nPaul Booth - Director - Skanska"
    assert names(text) == ["Tavri Oskendal", "Paul Booth"]


def test_each_word_of_the_name_is_found_again() -> None:
    text = (
        "María López Umbeki\nmlopez@mail.example\n\nEXPERIENCE\nLopez Consulting, owner\nUMBEKI led the team\n"
        "Maria's reports; @marialopez; CV_Umbeki_2020.pdf"
    )
    assert names(text) == ["María López Umbeki", "Lopez", "UMBEKI", "Maria", "marialopez", "Umbeki"]


def test_a_name_that_is_a_common_word_is_found_where_it_stands_for_the_person() -> None:
    text = (
        "Grant Marsh\nGrant Writer\n\nEXPERIENCE\nGrant writing for health. Grant led the team. Won grants. "
        "Grant's reports. Mr. Marsh. The marsh project. GRANT MARSH."
    )
    assert names(text) == ["Grant Marsh", "Grant", "Grant", "Marsh", "GRANT MARSH"]


def test_months_places_and_firms_stay_though_the_person_is_called_so() -> None:
    text = "May Chase\nTeller\n\nEXPERIENCE\nChase, Wilmington, DE, May 2019\nRose Bowl. May I help. Chase Bank."
    assert names(text) == ["May Chase"]


def test_another_persons_given_name_stays_in_a_firms_name() -> None:
    text = "Robert Oskendal\nWelder\n\nEXPERIENCE\nRobert Bosch GmbH, Robert Frost Farm\nRobert led the shift."
    assert names(text) == ["Robert Oskendal", "Robert"]


def test_forms_of_a_slavic_name_are_found() -> None:
    text = "Анна Ковалёва\nБухгалтер\n\nОпыт\nРекомендация для Ковалёвой. Ковалеву хвалили."
    assert names(text) == ["Анна Ковалёва", "Ковалёвой", "Ковалеву"]


def test_an_e_mail_address_alone_tells_the_name() -> None:
    text = "Executive Chef\ntavri.oskendal@mail.example\n\nKitchens\nFor hard cases people ask for Oskendal."
    assert names(text) == ["Oskendal"]


def test_a_jobs_firm_is_no_person_and_its_contact_is() -> None:
    text = (
        "Tavola Oskend is a staffing group.\nManaged by Tavola Oskend since 1990.\n"
        "Hiring manager: Imre Vandeloop. Please contact Jane Umbeki at 512-555-0199."
    )
    assert names(text, "job") == ["Imre Vandeloop", "Jane Umbeki"]


def test_the_first_line_of_a_job_is_no_name() -> None:
    assert names("Tavri Oskendal\nWe look for a cook.", "job") == []

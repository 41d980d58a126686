"""What tells age, origin, sex, family or belief is found with its label, and where a person lives; nothing else is."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\n"


def of_type(kind: str, text: str, document: Literal["resume", "job"] = "resume") -> list[str]:
    spans = find_identity(StoredText(kind=document, text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == kind]


@pytest.mark.parametrize(
    "line",
    [
        "Date of Birth : 06-Jun-1999",
        "DOB: 23rd of May, 1993",
        "Born on April 7, 1975",
        "geb. 11.02.1972 in Graz",
        "Née le 25 juin 1980",
        "Fecha de nacimiento: 15 de marzo de 1984",
        "Data di nascita: 16/02/1979",
        "ur. 02.02.1970 r.",
        "Född 1984-03-13",
        "Doğum Tarihi: 12.09.1974",
        "Дата рождения: 17.06.1991",
        "تاريخ الميلاد: 12/05/1981",
        "出生年月：1985年11月",
        "生年月日　1986年9月12日",
        "생년월일: 1989년 2월 3일",
        "Age 33",
        "35 years old",
        "40 ans",
        "Nationality: Romanian",
        "Nationalité marocaine",
        "Staatsangehörigkeit: österreichisch",
        "Citizenship: Estonian",
        "US citizen",
        "Marital status: widowed, one son",
        "verheiratet, zwei Kinder",
        "Situation familiale : mariée, deux enfants",
        "Solteiro, 41 anos",
        "Estado civil: soltero",
        "Ogift",
        "Sex: F",
        "Gender: Male",
        "Geslacht: vrouw",
        "性别：女",
        "Religion: Buddhist",
        "民族：汉族",
        "she/her",
        "[Photo]",
        "Bewerbungsfoto",
        "Place of birth: Lowell, Massachusetts",
    ],
)
def test_a_trait_is_found_with_its_label(line: str) -> None:
    assert of_type("protected", f"Velora Quintash\n{line}{BODY}") == [line]


@pytest.mark.parametrize("title", ["Mr.", "Mrs", "Ms.", "Miss", "Frau", "Herr", "Mme"])
def test_a_title_that_tells_a_sex_is_found_and_an_academic_one_stays(title: str) -> None:
    text = f"CHEF\nSummary\nCooks.\nExperience\nAssisted {title} Quintash and Dr. Vandeloop."
    assert of_type("protected", text) == [title]


@pytest.mark.parametrize(
    "line",
    [
        "Driving licence: B, work permit: yes, languages: French, German",
        "Knows gender studies and religious holidays",
        "Cared for children aged 3 to 5 and single parents",
        "Treats his/her patients and he/she",
        "Married couples' counselling; male and female wards",
        "Member, National Society of Black Engineers",
        "A Spanish national newspaper",
        "B.S : Biology 1998",
    ],
)
def test_what_only_sounds_like_a_trait_stays(line: str) -> None:
    assert of_type("protected", f"Velora Quintash\nChef{BODY}{line}") == []


def test_an_equal_opportunity_line_of_a_job_tells_no_trait() -> None:
    text = "Cook\nEqual opportunity regardless of race, religion, sex, gender, age, disability. Nationality: any."
    assert of_type("protected", text, "job") == []


@pytest.mark.parametrize(
    "address",
    [
        "4821 Willow Bend Dr, Austin, TX 78745",
        "Flat 4, 88 Clifton Road, Bristol BS8 1AF",
        "Venloer Straße 112, 50823 Köln",
        "14 rue de la Poulaillerie, 69002 Lyon",
        "C/ de la Paz, 23, 3.º B, 46003 Valencia",
        "Via Zamboni 18, 40126 Bologna (BO)",
        "Largo do Paço 4, 4700-320 Braga",
        "Oudegracht 210, 3511 NR Utrecht",
        "ul. Świdnicka 21/4, 50-066 Wrocław",
        "г. Казань, ул. Баумана, д. 15, кв. 8",
        "8 شارع الهرم، الجيزة",
        "杭州市西湖区文三路88号",
        "경기도 수원시 팔달구 인계로 12",
        "P.O. Box 14220-20100, Nakuru",
        "Jl. Kaliurang Km 5 No. 17, Yogyakarta 55281",
        "Be'er Sheva, Israel",
        "Salem, OR",
    ],
)
def test_the_persons_address_is_found_in_the_head(address: str) -> None:
    assert of_type("address", f"Velora Quintash\n{address}\nvelora@mail.example{BODY}") == [address]


def test_a_label_in_front_of_an_address_stays() -> None:
    assert of_type("address", f"Velora Quintash\nHome address: 9 Heol y Bont, Swansea{BODY}") == [
        "9 Heol y Bont, Swansea"
    ]


def test_a_town_beside_contact_data_is_an_address_and_a_label_is_none() -> None:
    text = f"Velora Quintash, Almatown, +998 90 555 01 17\nTel. 0171 5550110, Correo: velora@mail.example{BODY}"
    assert of_type("address", text) == ["Almatown"]


def test_an_employers_place_is_no_address() -> None:
    text = f"Velora Quintash\nChef{BODY}Company Name City, State\nHilton, 12 Main Street, Dallas, TX\n"
    assert of_type("address", text) == []


def test_a_licence_a_service_and_a_speciality_are_no_towns() -> None:
    lines = ["Médica de Familia", "31 ans – Permis B", "Tel.: (31) 90000-4417 (WhatsApp)", "Telefoon     06-00004417"]
    assert of_type("address", "\n".join(["Velora Quintash", *lines]) + BODY) == []


def test_hobbies_are_no_town() -> None:
    assert of_type("address", "Chef\nPersonal\nHobbies: Traveling, Hiking, Reading.") == []

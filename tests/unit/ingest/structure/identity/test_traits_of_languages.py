"""Age, family, origin, belief and service are found in many languages, with a label and without; other words stay."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\n"


def of_type(kind: str, text: str) -> list[str]:
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == kind]


@pytest.mark.parametrize(
    "line",
    [
        "b. 1990",
        "*12.03.1985",
        "Jg. 1985",
        "s. 12.3.1985",
        "26/08/1993",
        "1992 doğumlu",
        "nar. 12. 3. 1985",
        "Szül.: Szeged, 1985. 03. 12.",
        "Lugar y fecha de nacimiento: Bogotá, 6 de marzo de 1977",
        "Lieu et date de naissance : Nantes, 12 mars 1985",
        "37, verheiratet, zwei Söhne",
        "röm.-kath.",
        "französische Staatsbürgerin",
        "Präsenzdienst: abgeleistet",
        "mère de deux enfants",
        "Homme, 28 ans, célibataire",
        "Service national: dégagé",
        "Brasileiro, casado, 41 anos, 2 filhos",
        "Estado civil: conviviente, 1 hijo",
        "nubile",
        "stosunek do służby wojskowej: uregulowany",
        "kobieta, 29 lat",
        "Gift, far til to",
        "Sambo, ett barn",
        "erkek, bekar",
        "Askerlik: Muaf",
        "Έγγαμος, πατέρας δύο παιδιών",
        "татарин, 34 года",
        "женат, двое детей",
        "Военнообязанный",
        "українка",
        "32 роки, заміжня, двоє дітей",
        "متزوج وأب لثلاثة أطفال",
        "נשוי + 3",
        "שירות צבאי מלא",
        "男, 1990年3月",
        "汉族",
        "中共党员",
        "性别 男",
        "병역: 필",
        "혼인: 기혼",
        "남, 1990년 3월생",
        "Tình trạng hôn nhân: Độc thân",
        "Divorced with three children",
        "Jordanian national, Muslim, 31 yrs",
        "State of Origin: Anambra",
        "Blood Group: B+ve",
        "Caste: OBC",
        "Home town Brislow",
        "Military status: exempted",
        "Born ............. DOB: 1977-09-20",
    ],
)
def test_a_trait_is_found_as_a_whole(line: str) -> None:
    assert "".join(of_type("protected", f"Velora Quintash\n{line}{BODY}")).replace(" ", "") == line.replace(" ", "")


def test_an_age_in_brackets_after_the_name_is_found_and_an_area_code_is_none() -> None:
    assert of_type("protected", f"Velora Quintash (47)\nTel. (41) 99876-5432{BODY}") == ["47"]


def test_an_age_right_after_the_name_is_found() -> None:
    assert of_type("protected", f"Velora Quintash, 39, lives in Leeds{BODY}") == ["39"]


def test_traits_in_a_line_of_their_own_below_everything_else_are_found() -> None:
    assert of_type("protected", f"Velora Quintash{BODY}\nMariée, trois enfants") == ["Mariée, trois enfants"]


def test_what_somebody_is_to_the_person_is_found() -> None:
    text = f"Velora Quintash{BODY}\nEmergency contact: Supriyadi (spouse), 022-555 0761"
    assert of_type("protected", text) == ["spouse"]
    assert of_type("name", text)[-1] == "Supriyadi"


def test_labels_of_kin_tell_a_trait_and_the_kin_are_named() -> None:
    text = f"Velora Quintash\nHusband's name: Amit Joshi\nS/o K. Raghavan{BODY}"
    assert of_type("protected", text) == ["Husband's name", "S/o"]
    assert of_type("name", text) == ["Velora Quintash", "Amit Joshi", "K. Raghavan"]


@pytest.mark.parametrize(
    "line",
    [
        "Languages: English, French",
        "5 years experience",
        "A 24 years old firm",
        "Title: Senior Engineer",
        "Status: Completed",
        "Category: Finance",
        "Single page apps, married filing returns",
        "Catholic hospital, male and female wards",
    ],
)
def test_what_only_sounds_like_a_trait_stays(line: str) -> None:
    assert of_type("protected", f"Velora Quintash\n{line}{BODY}{line}") == []


@pytest.mark.parametrize(
    "line",
    [
        "Rojena: 4.5.1990",
        "Datëlindja: 12.05.1991",
        "Gjendja civile: e martuar",
        "Data de naixement: 12/5/1990",
        "Estat civil: solter",
        "Doğum tarixi: 05.06.1993",
        "Ailə vəziyyəti: subay",
        "Tugʻilgan sanasi: 12.03.1994",
        "Tarehe ya kuzaliwa: 12/05/1989",
        "Jinsia: Mwanaume",
        "জন্ম তারিখ: 12/05/1992",
        "ধর্ম: ইসলাম",
        "Született: Debrecen, 1987. május 2.",
        "Rođena: 12.1.1993. u Sinju",
        "Născută la 14.02.1979, în Brad",
        "Née le 14 mars 1994 à Lakhdaria, wilaya de Bouira",
        "生年月日　平成2年5月14日生（満33歳）",
        "生日：民國80年5月2日",
        "Région d'origine : Sud",
        "wdowa, 2 dorosłych dzieci",
        "розлучена, є син",
        "Filiação: Pedro Kiala e Maria Nzuzi",
        "Mother: nurse",
        "African male",
        "verheiratet seit 2015, zwei Töchter",
        "34 anos · divorciada · 1 filha (6 anos)",
        "elvált, egy kisfiú édesanyja",
        "E martuar, dy fëmijë",
        "sünd. 12.12.1992",
        "1988年2月生まれ（35歳）既婚・子2人",
        "여자 / 1995년생 / 미혼",
        "NRC No: 12/AHLANA(N)055501",
        "Tinggi badan: 170 cm",
        "Age: 27 y/o Height: 5'2\" Weight: 50 kgs",
        "DNI: 45.550.123",
        "C.I. V-15.555.012",
        "PESEL: 90051255501",
        "NIC: 915550123V",
        "HKID: A555012(3)",
        "CNIC: 34101-5550123-1",
        "身份证：110101199003071234",
    ],
)
def test_a_trait_or_a_number_of_a_card_is_found_with_its_label(line: str) -> None:
    spans = find_identity(StoredText(kind="resume", text=f"Velora Quintash\n{line}{BODY}", as_of=date(2026, 1, 1)), [])
    hidden = {place for span in spans for place in range(span.start, span.end)}
    text = f"Velora Quintash\n{line}"
    missed = [text[at] for at in range(len("Velora Quintash"), len(text)) if text[at].isalnum() and at not in hidden]
    assert missed == []


@pytest.mark.parametrize(
    "line",
    [
        "RG 6 cables and CC lines",
        "Padre Pio school, class 1990",
        "IC packaging of 120 units",
        "Run: 5 races",
        "Kat. B driving licence",
        "Work permit: valid",
    ],
)
def test_what_only_looks_like_the_number_of_a_card_stays(line: str) -> None:
    assert of_type("protected", f"Velora Quintash\n{line}{BODY}") == []

"""What forms, declarations and the ends of letters tell of a person is found in many languages; other words stay."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\nLed a team of ten people.\n"


def told(text: str) -> list[tuple[str, str]]:
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    return [(span.type, text[span.start : span.end]) for span in spans]


def of_type(kind: str, text: str) -> list[str]:
    return [stretch for type_, stretch in told(text) if type_ == kind]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Who: ", "Joy Rivers"),
        ("2. Who: ", "Dale Woods"),
        ("Applicant: ", "Mark Baker"),
        ("Given name(s): ", "Faith"),
        ("Surname: ", "Banks"),
        ("Bewerber(in): ", "Rosa Winter"),
        ("Candidat(e) : ", "Aimé Noël"),
        ("Postulante: ", "Luz Prado"),
        ("Candidato: ", "Fiore Bianchi"),
        ("Sollicitant: ", "Wil Bos"),
        ("Kandydat(ka): ", "Jan Zima"),
        ("Соискатель: ", "Надежда Кот"),
        ("申请人：", "高明"),
        ("مقدم/مقدمة الطلب: ", "سمير نجار"),
        ("שם המועמד: ", "אורי ברק"),
    ],
)
@pytest.mark.parametrize("in_front", ["", f"SUMMARY\nCooks.{BODY}"])
def test_a_name_behind_the_label_of_a_form_is_found(in_front: str, label: str, name: str) -> None:
    assert of_type("name", f"{in_front}{label}{name}{BODY}") == [name]


@pytest.mark.parametrize("line", ["Who: 30 students", "Applicant: must be ready", "Candidate: Senior Engineer"])
def test_what_is_no_name_behind_such_a_label_stays(line: str) -> None:
    assert of_type("name", f"Velora Quintash{BODY}{line}") == ["Velora Quintash"]


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "I, the undersigned, Joy Rivers, born in Leeds on 3 May 1990, residing at 4 Mill Lane, Truro TR1 2AB",
            ["Joy Rivers", "born in Leeds on 3 May 1990", "4 Mill Lane, Truro TR1 2AB"],
        ),
        (
            "Je soussigné Aimé Noël, né à Thiès le 3 mars 1991, demeurant 12 rue des Lilas, 4500 Huy, certifie",
            ["Aimé Noël", "né à Thiès le 3 mars 1991", "12 rue des Lilas, 4500 Huy"],
        ),
        (
            "Der Unterzeichnete Karl Winter, wohnhaft Lindenweg 4, 89073 Ulm, erklärt",
            ["Karl Winter", "Lindenweg 4, 89073 Ulm"],
        ),
        (
            "Yo, Luz Prado, con domicilio en Pasaje Los Boldos 12, Temuco, declaro",
            ["Luz Prado", "Pasaje Los Boldos 12, Temuco"],
        ),
        (
            "La sottoscritta Rosa Ricci, nata a Lecce il 2/3/1980, residente in via Roma 4, 73100 Lecce, dichiara",
            ["Rosa Ricci", "nata a Lecce il 2/3/1980", "via Roma 4, 73100 Lecce"],
        ),
        (
            "Eu, Rui Prado, residente em Rua das Flores 3, 4000-123 Porto",
            ["Rui Prado", "Rua das Flores 3, 4000-123 Porto"],
        ),
        (
            "Ja, niżej podpisany Jan Zima, zamieszkały w ul. Polna 1, 15-427 Białystok, oświadczam",
            ["Jan Zima", "ul. Polna 1, 15-427 Białystok"],
        ),
        (
            "Я, нижеподписавшийся Лев Зима, проживающий по адресу: г. Тамбов, ул. Полевая, 7, заявляю",
            ["Лев Зима", "г. Тамбов, ул. Полевая, 7"],
        ),
    ],
)
def test_a_declaration_tells_name_birth_and_address(sentence: str, parts: list[str]) -> None:
    assert [stretch for _, stretch in told(f"{sentence}{BODY}")] == parts


@pytest.mark.parametrize(
    "closing",
    "Yours faithfully,|Sincerely|Kind regards,|Mit freundlichen Grüßen|Cordialement,|Atentamente|Cordiali saluti"
    "|Atenciosamente|Met vriendelijke groet|Z poważaniem|С уважением,|此致敬礼".split("|"),
)
def test_below_a_closing_phrase_stand_name_address_and_number(closing: str) -> None:
    assert told(f"I cook well.{BODY}\n{closing}\nDale Baker\n14 Mill Lane, Truro\n01872 555 012") == [
        ("name", "Dale Baker"),
        ("address", "14 Mill Lane, Truro"),
        ("phone", "01872 555 012"),
    ]


def test_a_team_below_a_closing_phrase_is_nobody() -> None:
    assert of_type("name", f"Velora Quintash{BODY}\nKind regards\nThe Kitchen Team") == ["Velora Quintash"]


@pytest.mark.parametrize(
    ("line", "name"),
    [("MUTESI, Radiologist", "MUTESI"), ("NEŽA PEČNIK, midwife", "NEŽA PEČNIK"), ("ROSE BANKS", "ROSE BANKS")],
)
def test_a_name_in_capitals_is_found_without_the_trade(line: str, name: str) -> None:
    assert told(f"{line}\nvq@mail.example{BODY}")[:2] == [("name", name), ("email", "vq@mail.example")]


@pytest.mark.parametrize(
    "address",
    [
        "Rue Haute 12, 4500 Huy",
        "Carrer de la Força 3, 17004 Girona",
        "Štúrova 9, 040 01 Košice",
        "г. Тамбов, ул. Полевая, 7",
        "Jr. Ayacucho 12, Cusco",
        "HC 3 Box 7, Utuado, PR 00641",
        "البصرة، حي الجزائر، زقاق 3",
    ],
)
def test_an_address_beside_a_number_is_found_at_the_end_too(address: str) -> None:
    assert of_type("address", f"Velora Quintash{BODY}\n{address}\n+1 415 555 0133") == [address]


def test_where_a_text_was_written_is_found() -> None:
    text = f"Velora Quintash{BODY}\nWritten on 4 March 2025 in Ganja, Azerbaijan"
    assert of_type("address", text) == ["Ganja, Azerbaijan"]


@pytest.mark.parametrize(
    "line",
    "single|engaged|widowed|ledig|verwitwet|pacsée|conjoint de fait|soltera|viuda|celibe|nubile|solteiro|kawaler|panna"
    "|rozwiedziona|не замужем|холост|未婚|غير متزوجة"
    "|متزوج وله ثلاثة أطفال|רווק|33 ans|عمري 31 سنة|nationalité congolaise"
    "|eine Tochter (7)|two sons (4, 9)".split("|"),
)
def test_a_line_that_is_a_trait_is_found_wherever_it_stands(line: str) -> None:
    assert of_type("protected", f"Velora Quintash\n{line}{BODY}") == [line]
    if "(" not in line:
        assert of_type("protected", f"Velora Quintash{BODY}{line}") == [line]


@pytest.mark.parametrize("line", ["Systems: single, dual", "Divorced parents | family law", "Rooms | single | double"])
def test_a_word_that_says_more_than_a_status_stays(line: str) -> None:
    assert of_type("protected", f"Velora Quintash{BODY}{line}") == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("velmouth · 01872 555012", "velmouth"),
        ("huy, belgique | vq@mail.example", "huy, belgique"),
        ("portfolio | vq@mail.example", None),
        ("driver | vq@mail.example", None),
    ],
)
def test_a_town_in_small_letters_beside_contact_data_is_found(line: str, place: str | None) -> None:
    assert of_type("address", f"Velora Quintash\n{line}{BODY}") == ([place] if place else [])


@pytest.mark.parametrize("label", ["Home", "Wohnort", "Ville ", "Woonplaats", "Residenza"])
def test_a_town_behind_the_label_of_a_home_is_found_below_everything_else(label: str) -> None:
    assert of_type("address", f"Velora Quintash{BODY}{label}: Velmouth") == ["Velmouth"]


def test_a_given_name_above_a_family_name_is_found() -> None:
    assert of_type("name", f"Name: Art\nSurname: Baker{BODY}") == ["Art", "Baker"]


@pytest.mark.parametrize(("line", "names"), [("ART BAKER", ["ART BAKER"]), ("DATA SCIENCE", []), ("SALES MANAGER", [])])
def test_only_a_name_in_capitals_above_contact_data_is_one(line: str, names: list[str]) -> None:
    assert of_type("name", f"{line}\nx@mail.example{BODY}") == names


@pytest.mark.parametrize("piece", ["Who: ", "I, the undersigned, ", "Kind regards,\nA\n", "12 Ab\n+1 415 555 0133\n"])
@pytest.mark.timeout(30)
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    text = (piece * 60_000)[:60_000]
    # Spans that lie apart cover no more than there is.
    assert sum(len(stretch) for _, stretch in told(text)) <= len(text)

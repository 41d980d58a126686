"""Where a person lives is found in the forms of many countries, over lines and in sentences; firms stay."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

BODY = "\n\nEXPERIENCE\nSite Engineer, Skanska, Austin, TX, 2019 - present\n"


def letters_of(kind: str | None, text: str) -> str:
    """The letters and digits that spans of a type (any where None) cover, in order."""
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    taken = "".join(text[span.start : span.end] for span in spans if kind is None or span.type == kind)
    return "".join(filter(str.isalnum, taken))


def only_letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    "address",
    [
        "Apartment 9, The Old Forge, Quay Street, Sligo, F91 X2Y3, Ireland",
        "Lot 22 Hope Road, Kingston 6, Jamaica",
        "Unit 4, 19 Banksia Cres, Geelong VIC 3220",
        "Am Alten Speicher 8, D-01067 Dresden",
        "Ulica Kralja Tomislava 9, 21000 Split, Hrvatska",
        "Résidence Les Palmiers, Bât. D, Appt 7, Hydra, Alger",
        "BP 4521, Quartier Almadies, Dakar, Sénégal",
        "Rua das Acácias, nº 310, apto 52, Bairro Norte",
        "Urb. Las Lomas, Calle 9, Qta. Mi Sueño, Caracas",
        "Jr. Ayacucho 233, Dpto. 101, Cercado de Lima",
        "Dlouhá 41, 110 00 Praha 1",
        "1052 Budapest, Váci utca 44. II/3.",
        "Mannerheimintie 41 B 7, 00100 Helsinki",
        "Str. Lalelelor nr. 4, bl. B2, sc. 1, ap. 9, Sector 2, București",
        "Yeni Mah. Zafer Cad. Lale Sok. No:8 D:2, Kadıköy/İstanbul",
        "вул. Шевченка, буд. 7, кв. 11, м. Львів, 79000",
        "Οδός Αιόλου 33, 105 51 Αθήνα",
        "No 9 Adeniyi Avenue, off Bode Street, Ikeja, Lagos State",
        "Plot 17, Gwarinpa Estate, Abuja",
        "House No. 6, Nkrumah Street, East Legon, Accra",
        "C-305, Shanti Apartments, Tilak Marg, Sector 9, Vashi, Navi Mumbai 400703",
        "Vill. Sultanpur, P.O. Barabanki, Dist. Lucknow, U.P. - 226001",
        "No. 31, Jalan SS3/12, Taman Megah, 47300 Petaling Jaya, Selangor",
        "Blk 7 Lot 3, Mahogany Homes, Brgy. San Roque, Cainta, Rizal 1900",
        "99/2 Moo 3, Tambon Bang Pla, Amphoe Bang Phli, Samut Prakan 10540",
        "123/6 Trần Phú, Phường 4, Quận 5, TP. Hồ Chí Minh",
        "5-8-2 Nishi-Shinjuku, Shinjuku-ku, Tokyo 160-0023",
        "광주광역시 북구 용봉로 77",
        "محافظة الجيزة، شارع النيل 9",
        "Ward No. 3, Nehru Chowk, Katni (M.P.) 483501",
        "Республика Башкортостан, г. Уфа, пр. Октября, 31-12",
        "רחוב ביאליק 8, דירה 2, רמת גן",
    ],
)
def test_an_address_is_found_as_a_whole(address: str) -> None:
    # A part of it may count as another type of identity, as "Ho Chi Minh" does.
    text = f"Velora Quintash\n{address}\nTel. +1 415 555 0133{BODY}"
    assert letters_of(None, text) == only_letters(f"Velora Quintash{address}14155550133")


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("Based in Leeds", "Leeds"),
        ("lives with his family in Kumasi", "Kumasi"),
        ("Lives in Cardiff, Wales", "Cardiff, Wales"),
        ("Hello, I cook for many guests and live in Velmouth.", "Velmouth"),
        ("Wohnhaft in Freiburg im Breisgau", "Freiburg im Breisgau"),
        ("J'habite à Villemar.", "Villemar"),
        ("Vivo en Valdemar y trabajo mucho.", "Valdemar"),
        ("Abito a Borgorosso.", "Borgorosso"),
        ("Moro em Vila Serena.", "Vila Serena"),
        ("Ik woon in Oudeveen.", "Oudeveen"),
        ("Mieszkam w Krasnowie.", "Krasnowie"),
        ("Живу в Краснолесье.", "Краснолесье"),
        ("现居：上海市", "上海市"),
        ("Postcode en woonplaats: 3701 AB Zeist", "3701 AB Zeist"),
        ("Where: Kebele 3, Adama", "Kebele 3, Adama"),
        ("Street ........... The Old Forge, Mill Lane, Norwich", "The Old Forge, Mill Lane, Norwich"),
    ],
)
def test_a_sentence_or_a_label_tells_where_the_person_lives(sentence: str, place: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{sentence}{BODY}") == only_letters(place)


def test_an_address_goes_on_over_lines() -> None:
    lines = "Rosebank\n12 Church Lane\nBristol\nBS1 4ST"
    text = f"PERSONAL DETAILS\nName: Velora Quintash\nAddress {lines}\nvelora@mail.example{BODY}"
    assert letters_of("address", text) == only_letters(lines)


def test_an_unknown_town_alone_between_name_and_contact_data_is_found() -> None:
    assert letters_of("address", f"Velora Quintash\nKorvamo, Finland\nvelora@mail.example{BODY}") == "KorvamoFinland"


def test_contact_data_at_the_end_is_read_like_a_head() -> None:
    block = "Velora Quintash\nSite Engineer\nObrenova 48, 18000 Nis"
    assert (
        letters_of("address", f"EXPERIENCE\nSkanska, 2019 - 2020\n\n{block}\nv.q@mail.example") == "Obrenova4818000Nis"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Worked for a firm based in Austin.",
        "Many customers live in Boston.",
        "Data that reside in Oracle tables.",
        "Java 8, Python 3, Oracle 19c",
        "Level 2 Food Hygiene, First Aid",
        "ISO 9001, Six Sigma",
        "MS Office 365, Windows 10",
        "Agronomist",
    ],
)
def test_what_only_looks_like_a_place_stays(line: str) -> None:
    text = f"Velora Quintash\n{line}\n12 Elm Street, Leeds LS6 2QT\nvelora@mail.example{BODY}{line}"
    assert letters_of("address", text) == only_letters("12 Elm Street, Leeds LS6 2QT")


def test_the_head_ends_where_work_begins_below_an_unknown_heading() -> None:
    text = "Velora Quintash\nvelora@mail.example\n\nKitchens\nMarriott, Sydney, Cook, June 2021 onward"
    assert letters_of("address", text) == ""

"""Towns that no list holds, houses without a number and addresses in sentences are found; titles and headings stay."""

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
    return only_letters(taken)


def only_letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    "town",
    [
        "Unterweißenbach",
        "La Courneuve (93)",
        "Bekasi Barat",
        "Bornova/İzmir",
        "Contagem - MG",
        "Bratislava II",
        "Kirkwall, KW15",
        "nr Ipswich, Suffolk",
        "Großraum München",
        "Greater Bogotá Metropolitan Area",
        "Lekhnath-12, Kaski, Gandaki Pradesh",
        "Andheri (E), Mumbai",
        "The Old Forge, Wexcombe",
        "Ty'n-y-Coed, Llanfihangel-yng-Ngwynfa",
    ],
)
def test_a_town_that_no_list_holds_is_found_above_contact_data(town: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{town}\n+1 415 555 0133{BODY}") == only_letters(town)


@pytest.mark.parametrize("town", ["п. Октябрьский", "с. Великі Мости, Львівська обл.", "Rose Cottage, Korvamo"])
def test_a_town_between_other_data_is_found(town: str) -> None:
    assert letters_of("address", f"Velora Quintash | {town} | v.q@mail.example{BODY}") == only_letters(town)


@pytest.mark.parametrize("line", ["Stedenbouwkundige", "Grondwerker", "Photoshop", "Dr.", "Rechtsanwältin", "Español"])
def test_a_title_a_thing_or_a_language_above_contact_data_stays(line: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{line}\n+1 415 555 0133{BODY}") == ""


def test_an_unknown_heading_below_contact_data_stays() -> None:
    text = "Velora Quintash\n+1 415 555 0133\nVerrichtungen\nSkanska, 2019 - present\n"
    assert letters_of("address", text) == ""


@pytest.mark.parametrize(
    "address",
    [
        "Gram - Bhadohi Khurd, Zila - Bhadohi (U.P.)",
        "Comuna Korvești, sat Lunca de Sus nr. 212, jud. Cluj",
        'Belgrano 1245 5º "B", (1876) Bernal, Pcia. de Buenos Aires',
        "455, ch. du Lac, app. 2, Saguenay (Québec) G7H 4X2",
        "Av. Principal, casa s/n, Coro, Edo. Falcón",
        "Passeig de la Pau, 7, 1r 2a, Olot",
        "Skovvangen 8, st. th.",
        "Rua Sete de Setembro, 1.280, fundos – Centro",
        "12 Foundry Road, opposite the church, Wexcombe",
        "Plot no 45, near bus stand, Hisar, Haryana",
        "Del parque 200 mts al sur, San Ramón, Alajuela",
        "Zur Alten Schäferei 4, Korvitz",
        "P. O. Box AN 5501, Accra-North",
        "Peckham, London SE15",
        "Rr. Adem Jashari, nr. 12, Pejë",
        "Караганда, Юго-Восток, 14-12",
        "الرياض - حي النسيم - شارع حسان بن ثابت",
    ],
)
def test_an_address_is_found_whole_with_its_houses_floors_and_landmarks(address: str) -> None:
    # A part of it may count as another type of identity, as a street that is named after a person does.
    text = f"Velora Quintash\n{address}\n+1 415 555 0133{BODY}"
    assert letters_of(None, text) == only_letters(f"Velora Quintash{address}14155550133")


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ("9714 CK Groningen\nEikenlaan", "9714 CK GroningenEikenlaan"),
        ("No: 7A, Pillaiyar Koil St,\nAmmapet,\nSalem - 636 003", "No: 7A, Pillaiyar Koil StAmmapetSalem 636 003"),
        ("Zur Alten Schäferei 4\n06295 Lutherstadt Eisleben", "Zur Alten Schäferei 406295 Lutherstadt Eisleben"),
    ],
)
def test_a_street_without_a_number_belongs_to_the_line_beside_it(lines: str, address: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{lines}\nTel. 06 55501234{BODY}") == only_letters(address)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("5. Registered address: Korvamo district, building 45", "Korvamo district, building 45"),
        ("Provincial Address : Sitio Malinta, Korvamo City", "Sitio Malinta, Korvamo City"),
        ("Where do you live? Umlazi, Section K", "Umlazi, Section K"),
        ("Town: [ Ogbomoso ]", "Ogbomoso"),
        ("Ünvan: Korvan şəhəri, Qara pr. 12", "Korvan şəhəri, Qara pr. 12"),
        ("ঠিকানা: গ্রাম চরপাড়া", "গ্রাম চরপাড়া"),
        ('"city": "Steinkjer"', "Steinkjer"),
    ],
)
def test_a_label_is_known_in_forms_and_further_languages(line: str, address: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{line}{BODY}") == only_letters(address)


def test_the_address_of_an_employer_or_in_the_net_is_no_home() -> None:
    text = f"Velora Quintash\nWork address: Skanska\nWeb address: none{BODY}"
    assert letters_of("address", text) == ""


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("My address is The Cottage, Ballydehob, Co. Cork. Call me.", "The Cottage, Ballydehob, Co. Cork"),
        ("I am Velora and I stay at 14 Adebola Street, Surulere.", "14 Adebola Street, Surulere"),
        ("J'habite Sainte-Foy-la-Grande.", "Sainte-Foy-la-Grande"),
        ("Abito a San Stino di Livenza in via Papa Giovanni 12.", "San Stino di Livenza in via Papa Giovanni 12"),
        ("Mieszkam w Nowym Targu przy ulicy Długiej 5.", "Nowym Targu przy ulicy Długiej 5"),
        ("Живу в посёлке Красный Бор.", "Красный Бор"),
        ("Ben Velora, Tire'de oturuyorum.", "Tire"),
        ("Residente in C.da Fontesambuco 12, Agnone", "C.da Fontesambuco 12, Agnone"),
        ("Residente a Korvano - disponibile a trasferirsi", "Korvano"),
        ("Moro em Santa Cruz do Capibaribe. Trabalhei muito.", "Santa Cruz do Capibaribe"),
    ],
)
def test_a_sentence_tells_the_address_and_no_more(sentence: str, place: str) -> None:
    assert letters_of("address", f"Velora Quintash\n\nSUMMARY\n{sentence}{BODY}") == only_letters(place)


def test_a_telephone_number_below_another_number_is_found() -> None:
    text = f"Velora Quintash\nMilwaukee, WI 53202\n414 555 0162\nCédula 001-5550123-4\n809-555-0123{BODY}"
    found = letters_of("phone", text)
    assert "4145550162" in found
    assert "8095550123" in found


@pytest.mark.parametrize(
    ("head", "town"),
    [
        ("VELORA QUINTASH\nWEXCOMBE\nTEL 07700 900145", "WEXCOMBE"),
        ("velora quintash\nwexcombe\n07700 900145", "wexcombe"),
        ("Velora Quintash of Wexcombe\n07700 900145", "Wexcombe"),
        ("Velora Quintash\nWexcombe-based nurse\nv.q@mail.example", "Wexcombe"),
        ("Korvitz, den 3. Mai 2024\n\nVelora Quintash\nv.q@mail.example", "Korvitz"),
    ],
)
def test_a_bare_town_is_found_in_capitals_in_small_letters_and_in_words(head: str, town: str) -> None:
    assert letters_of("address", f"{head}{BODY}") == only_letters(town)


def test_a_title_in_capitals_or_small_letters_stays() -> None:
    assert letters_of("address", f"VELORA QUINTASH\nSENIOR ENGINEER\nTEL 07700 900145{BODY}") == ""
    assert letters_of("address", f"velora quintash\ncarpenter\n07700 900145{BODY}") == ""
    assert letters_of("address", f"Velora Quintash\nVisa status: Residence (transferable)\n07700 900145{BODY}") == ""


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("I have lived with my family in Wexcombe since 2010.", "Wexcombe"),
        ("Ich wohne seit drei Jahren in Korvitz.", "Korvitz"),
        ("Je vis depuis 2010 à Vaucreux.", "Vaucreux"),
        ("Vivo desde hace años en Valdemar.", "Valdemar"),
        ("Abito da anni a Borgorosso.", "Borgorosso"),
        ("Moro há dez anos em Vila Serena.", "Vila Serena"),
        ("Ik woon al jaren in Oudeveen.", "Oudeveen"),
        ("Mieszkam od urodzenia w Krasnowie.", "Krasnowie"),
        ("Живу с семьёй в Краснолесье.", "Краснолесье"),
        ("We live by our word in Data and Sales.", ""),
        ("Web-based tools of a UK-based firm", ""),
    ],
)
def test_words_may_stand_between_the_verb_and_the_place(sentence: str, place: str) -> None:
    assert letters_of("address", f"Velora Quintash\n\nSUMMARY\n{sentence}{BODY}") == only_letters(place)


def test_a_labelled_address_among_other_personal_data_is_found_below_any_heading() -> None:
    text = f"Velora Quintash{BODY}\nANGABEN\nAnschrift: Rosenhof, Korvitz\nTelefon: 0151 555 0191\n"
    assert letters_of("address", text) == "RosenhofKorvitz"


@pytest.mark.parametrize(
    "title", ["Software Developer (C/C++)", "PHP Developer (Laravel)", "Patient Advocate (Part-Time)"]
)
def test_what_a_title_has_in_brackets_beside_contact_data_stays(title: str) -> None:
    assert letters_of("address", f"Velora Quintash | {title} | v.q@mail.example{BODY}") == ""
    assert letters_of("address", f"Velora Quintash | {title}\n+1 415 555 0133{BODY}") == ""


def test_a_town_above_another_datum_of_the_person_is_found() -> None:
    text = f"Velora Quintash\nVaitele Uta, WS1340\nSamoan; married; 3 kids\n{BODY}"
    assert letters_of("address", text) == "VaiteleUtaWS1340"


@pytest.mark.parametrize("line", ["Ogbomoso", "Klangbogner im Nebenerwerb", "Vaitele Uta, Apia"])
def test_a_line_of_unknown_words_is_left_since_it_may_say_what_somebody_is(line: str) -> None:
    assert letters_of("address", f"Velora Quintash\n{line}\nvelora@mail.example\n{BODY}") == ""

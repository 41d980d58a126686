"""What a resume's head says that the person is, whatever the language and wherever it stands."""

from datetime import date

import pytest

from libs.contracts.text_preparation import prepare
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

pytestmark = pytest.mark.unit


def title_of_resume(text: str) -> str | None:
    return find_structure(StoredText("resume", prepare(text), date(2026, 11, 1))).title


@pytest.mark.parametrize(
    ("name", "headline", "contact"),
    [
        ("Carla Mengual", "Higienista bucodental", "Valencia · carla@example.es"),
        ("Wanderley Antunes", "Agrônomo de campo", "Sorriso/MT – wanderley@example.com.br"),
        ("Veit Hasselmann", "Orgelbauer", "Weimar\nveit@example.de"),
        ("Mathurin Gauvrit", "Ferronnier d'art", "La Roche-sur-Yon"),
        ("Donato Pellegrino", "Casaro", "Andria (BT)"),
        ("Elin Sandström", "Barnmorska", "Luleå"),
        ("Harm Boerema", "Rietdekker", "Giethoorn"),
        ("Bogumił Szczypka", "Leśniczy", "Augustów, b.szczypka@example.pl"),
        ("Signe Holm", "Sygeplejerske", "Odense, signe@example.dk"),
        ("Hasan Yurtseven", "Kaynakçı", "Gebze / Kocaeli"),
        ("Markéta Havlíčková", "Zdravotní sestra", "Brno, tel. 600 000 121"),
        ("田中 翔", "バックエンドエンジニア", "東京都 / tanaka@example.jp"),
        ("Айдар Сагындыков", "Риелтор", "Алматы | aidar@example.kz"),
        ("Оксана Гриценко", "Вчителька математики", "Полтава · oksana@example.ua"),
        ("رنا العلي", "باريستا", "دمشق"),
        ("אורית דהן", "כלכלנית", "אשדוד"),
        ("Ola Nordmann", "Helsefagarbeider", "Bergen, ola@example.no"),
    ],
)
def test_the_headline_below_the_name_is_the_title(name, headline, contact):
    assert title_of_resume(f"{name}\n{headline}\n{contact}\n") == headline


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Hamish Dalgleish\nSkirlwhacker\nPerthshire | hamish@example.co.uk", "Skirlwhacker"),
        ("Veit Hasselmann\nKlangbogner im Nebenerwerb\nveit@example.de", "Klangbogner im Nebenerwerb"),
        ("Lucía Font\nBrumista\nPalma · lucia@example.es", "Brumista"),
    ],
)
def test_a_word_that_nobody_knows_is_a_headline_where_it_stands_and_ends_as_one(head, title):
    assert title_of_resume(f"{head}\n") == title


@pytest.mark.parametrize(
    "line",
    [
        "Leicester",
        "Weimar",
        "Manchester",
        "Always learning, always moving",
        "Immer einen Schritt voraus",
        "Sempre in movimento",
        "Führerschein Klasse B vorhanden",
        "Permis B, véhiculée",
        "Körkort B, egen bil",
        "Bachelor of Science in Nursing",
        "The University of Leicester",
        "Brasileira, solteira, 19 anos",
        "Disponibile da subito",
        "Updated: March 2024",
        "Make things work.",
        "Nationality: Kenyan Father's occupation: Farmer",
    ],
)
def test_what_else_stands_below_a_name_is_no_headline(line):
    assert title_of_resume(f"Emily Carter\n{line}\nemily@example.com\n\nEducation\nA levels, 2024") is None


def test_a_word_of_the_head_that_a_position_has_as_its_title_is_the_headline():
    text = (
        "Ada Example\nada@example.com\nSkirlwhack\n\nExperience\nShop Assistant, Combe Ltd, 2021 – present\n"
        "Skirlwhack, Glenn Ltd, 2019 – 2021"
    )
    assert title_of_resume(text) == "Skirlwhack"


def test_a_headline_that_goes_on_in_the_next_line_is_whole_where_a_position_has_that_title():
    text = (
        "FELLOW: BUILDING WELLS TOGETHER, LENT TO THE\nHIGHLAND COUNCIL\nSummary\nTen years of wells.\nExperience\n"
        "01/2015 to 05/2015\nFellow: Building Wells Together, Lent to the Highland Council\nCompany Name City , State\n"
    )
    assert title_of_resume(text) == "FELLOW: BUILDING WELLS TOGETHER, LENT TO THE HIGHLAND COUNCIL"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Ada Example\nApplication Developer\nPune", "Application Developer"),
        ("Ada Example\nMobile Developer\nLagos", "Mobile Developer"),
        ("Ada Example\nReference Librarian\nCork", "Reference Librarian"),
        ("Ada Example\nData Analyst I\nCork", "Data Analyst I"),
        ("Ada Example\nKonserwator i tłumacz\nOpole", "Konserwator i tłumacz"),
        ("Ada Example\nFloristin sucht neue Aufgabe\nOldenburg", "Floristin"),
        ("Mgr. Ada Example\nPorodní asistentka\nBrno", "Porodní asistentka"),
        ("Ada Example\nMining Engineer, University of Luleå\nKiruna", "Mining Engineer"),
        ("Amina Yusuf\nLokalvårdare, Städservice AB\nGöteborg", "Lokalvårdare"),
        ("Ada Example\nData Analyst, SAS\nCork", "Data Analyst, SAS"),
        ("Ada Example\nData Engineer at Harbour Clinic\nCork", "Data Engineer"),
        ("Ada Example\nSenior Developer with 8 years of experience\nCork", "Senior Developer"),
        ("Max Braun\nKrankenpfleger mit langjähriger Erfahrung\nUlm", "Krankenpfleger"),
        ("Luc Petit\nMaçon depuis 2008\nPau", "Maçon"),
        ("Isabel Mora\nArquitecta técnica, colegiada 1234\nSoria", "Arquitecta técnica"),
        ("Rechtsanwalt Dr. Max Braun\nUlm, 0731 000 00", "Rechtsanwalt"),
        ("Jana Novak (Data Engineer)\nBrno", "Data Engineer"),
        ("💼 Registered Nurse\n📍 Leeds", "Registered Nurse"),
        ("姓名：李娜 职务：产品经理 电话：139-0000-1111", "产品经理"),
        ("# Ada Example\n## Data Engineer\nCork", "Data Engineer"),
        ("Name   Ada Example\nProfession   Physiotherapist\nPhone   555 0100", "Physiotherapist"),
        (
            "SENIOR ANALYST - INSIGHT AND REPORTING - HEALTHCARE\nAda Example",
            "SENIOR ANALYST - INSIGHT AND REPORTING - HEALTHCARE",
        ),
    ],
)
def test_a_headline_is_whole_and_alone(head, title):
    assert title_of_resume(f"{head}\n\nSkills\nTIG") == title


def test_a_position_in_the_head_is_no_headline():
    text = (
        "Zanele Khoza\nout of work since March 2024, before that:\n2019-2024 call centre agent, Umgeni Direct, Durban\n"
        "2017-2019 waitress"
    )
    assert title_of_resume(text) == "call centre agent"


def test_a_line_that_begins_with_a_year_is_no_headline_though_no_entry_has_it():
    text = "Наталія Кравець\nЧеркаси\n\nРобота\nз 2015 — бухгалтерка, ТОВ «Агро»\n2009–2014 — касирка, ТОВ «Дніпро»"
    assert title_of_resume(text) == "бухгалтерка"


def test_a_heading_that_looks_like_a_position_s_header_is_no_headline():
    text = "Amina Yusuf\nGöteborg\n\nErfarenheter\n2019 - nu\nLokalvårdare, Städservice AB"
    assert title_of_resume(text) == "Lokalvårdare"


def test_an_employer_that_has_the_person_s_name_names_no_title():
    text = (
        "DATOS PERSONALES\nNombre: Begoña Iriarte\nCorreo: b.iriarte@example.es\n\nEXPERIENCIA LABORAL\n"
        "Administradora de fincas - Gestión Urbana Iriarte (Pamplona)\n2009 - actualidad\n"
    )
    assert title_of_resume(text) == "Administradora de fincas"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Post applied for: Bus Driver", "Bus Driver"),
        ("Vị trí ứng tuyển: Thợ đóng thuyền", "Thợ đóng thuyền"),
        ("Bewerbung als Floristin", "Floristin"),
        ("Post applied for: I will take any work that you have to give", None),
    ],
)
def test_what_somebody_applies_for_is_the_title_where_nothing_tells_what_they_are(line, title):
    assert title_of_resume(f"BIODATA\nName: Ramesh Patil\n{line}\n\nEducation\nSSC, 2004") == title


def test_what_somebody_has_been_comes_before_what_they_apply_for():
    text = "Name: Ramesh Patil\nPost applied for: Bus Driver\n\nExperience\nMechanic, Pune Depot Ltd, 2019 – 2021"
    assert title_of_resume(text) == "Mechanic"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Leerkracht groep 5 op basisschool De Bron", "Leerkracht groep 5"),
        ("Undersköterska på Sahlgrenska sjukhuset", "Undersköterska"),
        ("Infirmière au CHU de Nantes", "Infirmière"),
        ("Maestro de primaria en el Colegio San José", "Maestro de primaria"),
        ("Nauczycielka w Szkole Podstawowej nr 5", "Nauczycielka"),
        ("Cocinero - Restaurante El Faro, Vigo", "Cocinero"),
        ("Медсестра, Городская больница № 3", "Медсестра"),
        ("Maestra en escuela rural", "Maestra en escuela rural"),
    ],
)
def test_a_school_or_a_hospital_with_its_name_is_no_part_of_a_headline(line, title):
    assert title_of_resume(f"Sanne Bakker\n{line}\nsanne@example.org\n") == title


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Referencias", "Ana Prado, jefa de cocina, Hotel Sol, 611 222 333"),
        ("Referenties", "Piet Kroon, directeur Bouwbedrijf Kroon, 06-12345678"),
        ("Referenser", "Maria Ek, platschef, Byggbolaget, 070-1234567"),
        ("Referências", "Rui Costa, Gerente, Hotel Mar, 912 345 678"),
    ],
)
def test_what_a_referee_is_titles_nobody_else(heading, line):
    assert title_of_resume(f"Luis Gil\nluis@example.org\n\n{heading}\n{line}\n") is None


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        ("Perfil\nSoy cocinero con diez años de experiencia.", "cocinero"),
        ("Perfil: Soldador con doce años en astilleros.", "Soldador"),
        ("Profiel\nErvaren timmerman die houdt van netjes werken.", "Ervaren timmerman"),
        ("Om mig\nJag är en noggrann snickare med tio års erfarenhet.", "noggrann snickare"),
    ],
)
def test_a_summary_s_first_sentence_says_what_somebody_is_where_nothing_else_does(summary, title):
    assert title_of_resume(f"Luis Gil\nluis@example.org\n\n{summary}\n") == title


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Wykonywany zawód: fryzjerka", "fryzjerka"),
        ("Nuvarande yrke: Snickare", "Snickare"),
        ("Profesión u oficio: Albañil", "Albañil"),
        ("PUESTO DESEADO: Auxiliar administrativa", "Auxiliar administrativa"),
        ("Sökt befattning: Snickare", "Snickare"),
    ],
)
def test_what_stands_behind_a_label_of_a_position_is_the_title(line, title):
    assert title_of_resume(f"Anna Nowak\nanna@example.org\n{line}\n") == title

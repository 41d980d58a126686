"""Positions in pasted tables, and as job sites and old forms print them."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

Position = tuple[str | None, str | None, str | None, str | None]


def _work(body: str) -> list[Position]:
    text = f"Experience\n{body}"
    section = Section(0, len(text), "Experience", "experience")
    found = find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], [])
    return [(entry.title, entry.organization, entry.from_, entry.to) for entry in found if entry.type == "work"]


@pytest.mark.parametrize(
    ("heading", "row", "position"),
    [
        ("Period\tPosition\tEmployer", "2015 – 2018\tPlumber\tHobbs & Fell", ("Plumber", "Hobbs & Fell")),
        ("Period | Employer | Position", "2015 – 2018 | Marlow | Head of Kitchens", ("Head of Kitchens", "Marlow")),
        ("Zeitraum   Position   Arbeitgeber", "2015 – 2018   Hilfskraft   Linde", ("Hilfskraft", "Linde")),
        ("Okres\tStanowisko\tPracodawca", "2015 – 2018\tKelner\tPod Różą", ("Kelner", "Pod Różą")),
        ("Období | Pozice | Zaměstnavatel", "2015 – 2018 | Svářeč | Kovo Brada", ("Svářeč", "Kovo Brada")),
        ("Период | Организация | Должность", "2015 – 2018 | Вектор | Технолог", ("Технолог", "Вектор")),
        ("Periodo | Azienda | Ruolo", "2015 – 2018 | La Quercia | Cuoco", ("Cuoco", "La Quercia")),
        ("الفترة | الوظيفة | جهة العمل", "2015 – 2018 | محاسب | النور", ("محاسب", "النور")),
        ("期間\t会社名\t職種", "2015年 – 2018年\t青空商事\t事務", ("事務", "青空商事")),
    ],
)
def test_names_of_a_tables_columns_say_what_its_cells_are(heading: str, row: str, position: tuple[str, str]) -> None:
    assert _work(f"{heading}\n{row}") == [(*position, "2015", "2018")]


def test_names_of_columns_are_no_position_where_no_sign_parts_the_cells() -> None:
    rows = "Period Position Employer\n2012 – 2015 Apprentice Hobbs & Fell"
    assert _work(rows) == [("Apprentice", "Hobbs & Fell", "2012", "2015")]


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (
            "6 лет 6 месяцев\nИюнь 2015 — Декабрь 2021\nООО «Лесогор»\nВодитель погрузчика",
            ("Водитель погрузчика", "ООО «Лесогор»", "2015-06", "2021-12"),
        ),
        (
            "2 roky 3 měsíce\nProdavačka, Potraviny Novotný\n03/2016 – 05/2018",
            ("Prodavačka", "Potraviny Novotný", "2016-03", "2018-05"),
        ),
        (
            "3 anni e 2 mesi\nCameriere presso Ristorante Il Gallo\ngennaio 2015 – marzo 2018",
            ("Cameriere", "Ristorante Il Gallo", "2015-01", "2018-03"),
        ),
    ],
)
def test_length_of_time_beside_its_dates_is_no_title(body: str, position: Position) -> None:
    assert _work(body) == [position]


def test_export_with_town_site_and_trade_between_employer_and_position() -> None:
    body = (
        "Январь 2019 — настоящее время\n6 лет 6 месяцев\nВектор Плюс\nПермь, vektor.example\nРозничная торговля\n"
        "• Продуктовый магазин\nБухгалтер\nВедение учёта первичной документации.\n\n"
        "Март 2014 — Декабрь 2018 (4 года 10 месяцев)\nЛиния\nКазань\nМенеджер по продажам\nРабота с клиентами."
    )
    assert _work(body) == [
        ("Бухгалтер", "Вектор Плюс", "2019-01", None),
        ("Менеджер по продажам", "Линия", "2014-03", "2018-12"),
    ]


def test_town_between_dates_and_position_is_no_employer() -> None:
    body = (
        "2015 – 2018\nErfurt\nTischler\nMöbelwerkstatt Kern\n\n2010 – 2015\nJena\nTischlergeselle\nHolzbau Reuter GmbH"
    )
    assert _work(body) == [
        ("Tischler", "Möbelwerkstatt Kern", "2015", "2018"),
        ("Tischlergeselle", "Holzbau Reuter GmbH", "2010", "2015"),
    ]


@pytest.mark.parametrize(
    ("body", "from_", "to"),
    [
        ("III 2019 – IX 2021 Kelner, Restauracja Lipa", "2019-03", "2021-09"),
        ("od X 2015 do II 2019 Kelner, Restauracja Lipa", "2015-10", "2019-02"),
        ("IV.2012–XII.2014 Kelner, Restauracja Lipa", "2012-04", "2014-12"),
        ("V 2020 – obecnie Kelner, Restauracja Lipa", "2020-05", None),
    ],
)
def test_months_in_roman_numerals(body: str, from_: str, to: str | None) -> None:
    assert _work(body) == [("Kelner", "Restauracja Lipa", from_, to)]


def test_letter_of_a_products_name_is_no_month() -> None:
    assert _work("Trainer, OS X 2012 – 2014, Acme Ltd")[0][2:] == ("2012", "2014")


def test_czech_since_a_month_until_now() -> None:
    assert _work("od 06/2018 dosud\nStrojírny Vltava a.s.\npozice: mistr výroby") == [
        ("mistr výroby", "Strojírny Vltava a.s.", "2018-06", None)
    ]


def test_form_whose_labels_stand_above_what_they_name() -> None:
    old = (
        "Date (da – a)\nda settembre 2010 a giugno 2014\nNome e indirizzo del datore di lavoro\n"
        "Hotel Belvedere, via Roma 2, Viareggio\nTipo di azienda o settore\nAlberghiero\nTipo di impiego\n"
        "Receptionist\n"
        "Principali mansioni e responsabilità\nAccoglienza clienti\n\n"
        "Date (da – a)\n2007 – 2010\nNome e indirizzo del datore di lavoro\nComune di Lucca\n"
        "Tipo di impiego\nImpiegata amministrativa"
    )
    assert _work(old) == [
        ("Receptionist", "Hotel Belvedere", "2010-09", "2014-06"),
        ("Impiegata amministrativa", "Comune di Lucca", "2007", "2010"),
    ]


def test_form_whose_employer_stands_last() -> None:
    body = (
        "Date\n01/09/2010 – 30/06/2014\nLavoro o posizione ricoperti\nReceptionist\n"
        "Principali attività e responsabilità\nAccoglienza clienti\n"
        "Nome e indirizzo del datore di lavoro\nHotel Belvedere, Viareggio"
    )
    assert _work(body) == [("Receptionist", "Hotel Belvedere", "2010-09-01", "2014-06-30")]


def test_last_word_of_a_sentence_is_no_label() -> None:
    body = "2014 – 2015\nsupported the whole\ncompany\nOperations Manager\n- planning"
    assert all("company" not in (title or "") for title, *_ in _work(body))


def test_years_of_joining_and_leaving_an_employer() -> None:
    body = (
        "2012年4月　株式会社青葉製作所　入社\n2018年3月　株式会社青葉製作所　退社\n"
        "2018年4月　みどり商事株式会社　入社（正社員）\n営業部　営業担当\n現在に至る"
    )
    assert _work(body) == [
        (None, "株式会社青葉製作所", "2012-04", "2018-03"),
        ("営業担当", "みどり商事株式会社", "2018-04", None),
    ]


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (
            "2012年4月 青葉製作所株式会社 入社\nシステムエンジニアとして勤務\n2018年3月 一身上の都合により退社",
            ("システムエンジニア", "青葉製作所株式会社", "2012-04", "2018-03"),
        ),
        (
            "2012年4月 さくら病院に看護師として入職\n2018年3月 さくら病院を退職",
            ("看護師", "さくら病院", "2012-04", "2018-03"),
        ),
    ],
)
def test_position_of_one_who_joined_and_left(body: str, position: Position) -> None:
    assert _work(body) == [position]


@pytest.mark.parametrize(
    ("body", "position"),
    [
        ("Unbefristet, Vollzeit\nVerkäuferin\nModehaus Brand\n2015 – 2018", ("Verkäuferin", "Modehaus Brand")),
        ("2015 – 2018\nCommessa\nTessuti Manara\nPart-time, tempo determinato", ("Commessa", "Tessuti Manara")),
        ("Kelner, pełny etat\nRestauracja Lipa\n2015 – 2018", ("Kelner", "Restauracja Lipa")),
        ("Официант, полная занятость\nООО «Линия»\n2015 – 2018", ("Официант", "ООО «Линия»")),
        ("Nurse\nEmergency Department\nAldham Hospital\n2015 – 2018", ("Nurse", "Aldham Hospital")),
        ("Бухгалтер\nз 2015 по 2018 (3 роки)\nТОВ Калина, Львів (Торгівля)", ("Бухгалтер", "ТОВ Калина")),
    ],
)
def test_kind_of_contract_and_department_are_neither_position_nor_employer(
    body: str, position: tuple[str, str]
) -> None:
    assert _work(body) == [(*position, "2015", "2018")]


def test_employer_whose_whole_time_stands_below_it_heads_positions_with_their_own() -> None:
    body = "Carter Heating Ltd\n2010 – 2019\nSenior Plumber\n2015 – 2019\n- pipes\nPlumber\n2010 – 2015\n- pipes"
    assert _work(body) == [
        ("Senior Plumber", "Carter Heating Ltd", "2015", "2019"),
        ("Plumber", "Carter Heating Ltd", "2010", "2015"),
    ]


def test_ends_of_a_time_in_two_cells() -> None:
    assert _work("Od\tDo\tZaměstnavatel\tPozice\n2015\t2018\tKovo Brada\tsvářeč") == [
        ("svářeč", "Kovo Brada", "2015", "2018")
    ]


def test_date_far_to_the_right_of_its_position() -> None:
    body = f"Sales Manager{' ' * 40}Mar 2018 – May 2019\nCarter Homes, Leeds"
    assert _work(body) == [("Sales Manager", "Carter Homes", "2018-03", "2019-05")]


def test_stop_of_a_dates_short_form_is_no_part_of_a_position() -> None:
    assert _work("2019 – н.в. Учитель, гимназия № 2") == [("Учитель", "гимназия № 2", "2019", None)]


@pytest.mark.parametrize(
    ("body", "position"),
    [
        ("2005 – 2007 Служба в армии, младший сержант", ("младший сержант", "Служба в армии", "2005", "2007")),
        ("2003 – 2004 Wehrdienst (Bundeswehr), Fernmelder", ("Fernmelder", "Bundeswehr", "2003", "2004")),
    ],
)
def test_rank_in_military_service_is_a_position(body: str, position: Position) -> None:
    assert _work(body) == [position]

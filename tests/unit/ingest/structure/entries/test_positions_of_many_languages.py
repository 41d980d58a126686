"""A position and its employer are told apart by the words that other languages put between them."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("body", "title", "organization", "from_", "to"),
    [
        (
            "03/2016 – 08/2019 Lagerlogistiker (m/w/d) bei Brandl Spedition GmbH, Ebersach",
            "Lagerlogistiker (m/w/d)",
            "Brandl Spedition GmbH",
            "2016-03",
            "2019-08",
        ),
        (
            "Buchhalterin (w/m/d) | Krone Steuerberatung | 01/2018 – 12/2020",
            "Buchhalterin (w/m/d)",
            "Krone Steuerberatung",
            "2018-01",
            "2020-12",
        ),
        (
            "2014 – 2017: Magazziniere presso Ferramenta Galli, Vallescura",
            "Magazziniere",
            "Ferramenta Galli",
            "2014",
            "2017",
        ),
        (
            "Addetta alle vendite presso «Tessuti Manara»\nmarzo 2015 – giugno 2018",
            "Addetta alle vendite",
            "Tessuti Manara",
            "2015-03",
            "2018-06",
        ),
        (
            "Verkoopmedewerker bij Waterland Fietsen\njan 2013 – dec 2015",
            "Verkoopmedewerker",
            "Waterland Fietsen",
            "2013-01",
            "2015-12",
        ),
        ("2017 - 2019 Serveuse chez Le Petit Morel", "Serveuse", "Le Petit Morel", "2017", "2019"),
        ("Comptable chez Morel & Fils, Vallombre, 2012 – 2016", "Comptable", "Morel & Fils", "2012", "2016"),
        ("2015 – 2018 Magazynier w firmie Borpol Sp. z o.o.", "Magazynier", "Borpol Sp. z o.o.", "2015", "2018"),
        ("Kierowca w firmie transportowej Wolski, 2010 – 2014", "Kierowca", "Wolski", "2010", "2014"),
        (
            "Бухгалтер в компании «Северный лес»\nмарт 2016 – май 2019",
            "Бухгалтер",
            "Северный лес",
            "2016-03",
            "2019-05",
        ),
        ("2014–2018 ООО «Лесогор», водитель погрузчика", "водитель погрузчика", "ООО «Лесогор»", "2014", "2018"),
        ("Продавец, магазин «Ромашка», 2011 – 2013", "Продавец", "магазин «Ромашка»", "2011", "2013"),
        ("Vendedor en la empresa Tejidos Valdemora, 2010 - 2014", "Vendedor", "Tejidos Valdemora", "2010", "2014"),
        (
            "Auxiliar administrativo na empresa Monte Claro Têxtil\n2012 - 2015",
            "Auxiliar administrativo",
            "Monte Claro Têxtil",
            "2012",
            "2015",
        ),
        (
            "Responsable de rayon au sein de « Morel Jardin » (2013 – 2017)",
            "Responsable de rayon",
            "Morel Jardin",
            "2013",
            "2017",
        ),
        ("محاسب لدى شركة النخيل للتجارة، 2015 - 2018", "محاسب", "شركة النخيل للتجارة", "2015", "2018"),
        ("2016-2019 מנהלת חשבונות בחברת גליל מזון", "מנהלת חשבונות", "גליל מזון", "2016", "2019"),
        ("2015.03 – 2018.06 青禾食品有限公司 仓库管理员", "仓库管理员", "青禾食品有限公司", "2015-03", "2018-06"),
        (
            "2016 – 2020  Undersköterska, Björkhagens vårdcentral",
            "Undersköterska",
            "Björkhagens vårdcentral",
            "2016",
            "2020",
        ),
        ("Snickare\nTallmo Bygg AB, Boden\njan 2012 – feb 2019", "Snickare", "Tallmo Bygg AB", "2012-01", "2019-02"),
        ("Akarsu Gıda   2014 - 2018\nDepo Görevlisi", "Depo Görevlisi", "Akarsu Gıda", "2014", "2018"),
        (
            "Eylül 2016 – Şubat 2020\nÖn Muhasebe Elemanı, Kavak Mobilya Ltd. Şti.",
            "Ön Muhasebe Elemanı",
            "Kavak Mobilya Ltd. Şti.",
            "2016-09",
            "2020-02",
        ),
        (
            "09/2014 – 04/2019: účetní, Lípa Stavby s.r.o., Náchod\nzpracování mezd",
            "účetní",
            "Lípa Stavby s.r.o.",
            "2014-09",
            "2019-04",
        ),
        (
            "Вересень 2015 – березень 2019\nПродавець-консультант, магазин «Льон», Броди",
            "Продавець-консультант",
            "магазин «Льон»",
            "2015-09",
            "2019-03",
        ),
        ("2015年4月 ～ 2019年3月　株式会社若葉商会\n営業", "営業", "株式会社若葉商会", "2015-04", "2019-03"),
        (
            "Redovisningsekonom, Norrvik Redovisning AB, Luleå, 2016-03 – 2019-02",
            "Redovisningsekonom",
            "Norrvik Redovisning AB",
            "2016-03",
            "2019-02",
        ),
        ("APPRENTI ELECTRICIEN – Ets Morel – 2009/2012", "APPRENTI ELECTRICIEN", "Ets Morel", "2009", "2012"),
        ("Mechanik\nAuto-Serwis Kos\n03.2011 r. – 02.2018 r.", "Mechanik", "Auto-Serwis Kos", "2011-03", "2018-02"),
        ("Kucharz – Restauracja „Pod Lipą”, 2012 – 2015", "Kucharz", "Restauracja „Pod Lipą”", "2012", "2015"),
    ],
)
def test_position_and_employer(body: str, title: str, organization: str, from_: str, to: str) -> None:
    text = f"Work\n{body}"
    section = Section(0, len(text), "Work", "experience")
    (position,) = find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], [])
    assert (position.title, position.organization, position.from_, position.to) == (title, organization, from_, to)

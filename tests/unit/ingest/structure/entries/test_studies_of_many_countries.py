"""Degrees and schools are known by the names that they have in their own countries."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)

Row = tuple[str, str | None, str | None, str | None, str | None, str | None, str]

# Text below the heading; title, school, subject, from, to, level.
ENGLISH: list[Row] = [
    ("NVQ Diploma in Hairdressing\nTarrow College, 2012 - 2013",
     "NVQ Diploma", "Tarrow College", "Hairdressing", "2012", "2013", "vocational"),
    ("2012 – 2014 NVQ Level 3 Diploma in Beauty Therapy, Tarrow College",
     "NVQ Level 3 Diploma", "Tarrow College", "Beauty Therapy", "2012", "2014", "vocational"),
    ("BTEC Extended Diploma in Engineering, Marsh Sixth Form, 2009 - 2011",
     "BTEC Extended Diploma", "Marsh Sixth Form", "Engineering", "2009", "2011", "vocational"),
    ("BTEC Level 3 Diploma in Sport\nMarsh Sixth Form College\n2009 - 2011",
     "BTEC Level 3 Diploma", "Marsh Sixth Form College", "Sport", "2009", "2011", "vocational"),
    ("HNC Construction, Pellow College, 2015", "HNC", "Pellow College", "Construction", None, "2015", "associate"),
    ("HND in Textiles | Pellow College | 2015 - 2017",
     "HND", "Pellow College", "Textiles", "2015", "2017", "associate"),
    ("Foundation Degree in Early Years, Pellow University, 2017",
     "Foundation Degree", "Pellow University", "Early Years", None, "2017", "associate"),
    ("A-levels in Mathematics\nHollin Grammar School, 2004 - 2006",
     "A-levels", "Hollin Grammar School", "Mathematics", "2004", "2006", "secondary"),
    ("Higher School Certificate, Wattle Bay High School, 2011",
     "Higher School Certificate", "Wattle Bay High School", None, None, "2011", "secondary"),
    ("Certificate III in Individual Support, TAFE Wattle Bay, 2018",
     "Certificate III", "TAFE Wattle Bay", "Individual Support", None, "2018", "vocational"),
    ("Certificate IV in Training and Assessment\nTAFE Wattle Bay\n2019",
     "Certificate IV", "TAFE Wattle Bay", "Training and Assessment", None, "2019", "vocational"),
    ("ITI Electrician, Industrial Training Institute Perur, 2012 - 2014",
     "ITI", "Industrial Training Institute Perur", "Electrician", "2012", "2014", "vocational"),
    ("10th, St. Jude High School, 2009", "10th", "St. Jude High School", None, None, "2009", "secondary"),
    ("XII (CBSE), Delmont Public School, Perur, 2011, 84%",
     "XII (CBSE)", "Delmont Public School", None, None, "2011", "secondary"),
    ("Graduate Diploma in Library Studies, Wattle University, 2016",
     "Graduate Diploma", "Wattle University", "Library Studies", None, "2016", "other"),
    ("SSLC, Government High School Perur, 2008",
     "SSLC", "Government High School Perur", None, None, "2008", "secondary"),
    ("Plus Two, St. Jude Higher Secondary School, 2010",
     "Plus Two", "St. Jude Higher Secondary School", None, None, "2010", "secondary"),
    ("HSC | Perur Junior College | 2010", "HSC", "Perur Junior College", None, None, "2010", "secondary"),
    ("Diploma in Mechanical Engineering, Perur Polytechnic College, 2008 - 2011",
     "Diploma", "Perur Polytechnic College", "Mechanical Engineering", "2008", "2011", "other"),
    ("B.Com., Perur Arts College, 2011 – 2014", "B.Com.", "Perur Arts College", None, "2011", "2014", "bachelor"),
    ("B.Tech in Textile Technology, Perur Institute of Technology, 2013",
     "B.Tech", "Perur Institute of Technology", "Textile Technology", None, "2013", "bachelor"),
    ("GED, 2003\nAlder Falls Adult School", "GED", "Alder Falls Adult School", None, None, "2003", "secondary"),
    ("JD, Alder School of Law, 2012", "JD", "Alder School of Law", None, None, "2012", "doctorate"),
    ("EdD in Curriculum, Alder State University, 2019",
     "EdD", "Alder State University", "Curriculum", None, "2019", "doctorate"),
    ("PsyD, Clinical Psychology, Alder University, 2018",
     "PsyD", "Alder University", "Clinical Psychology", None, "2018", "doctorate"),
    ("AAS, Welding Technology, Alder Community College, 2014",
     "AAS", "Alder Community College", "Welding Technology", None, "2014", "associate"),
    ("Post-Baccalaureate Program in Accounting, Alder University, 2014",
     "Post-Baccalaureate Program", "Alder University", "Accounting", None, "2014", "other"),
    ("Certificate Program in Event Planning, Alder Community College, 2016",
     "Certificate Program", "Alder Community College", "Event Planning", None, "2016", "vocational"),
]  # fmt: skip
GERMAN: list[Row] = [
    ("2010 – 2012 Staatlich geprüfter Techniker, Fachrichtung Holztechnik, Fachschule Ebersach",
     "Staatlich geprüfter Techniker", "Fachschule Ebersach", "Holztechnik", "2010", "2012", "vocational"),
    ("2005 – 2008\nAusbildung zur Hotelfachfrau\nHotel Krone, Ebersach",
     "Ausbildung zur Hotelfachfrau", "Hotel Krone", None, "2005", "2008", "vocational"),
    ("09/2005 – 07/2008 Ausbildung zum Zerspanungsmechaniker, Brandl Maschinenbau GmbH",
     "Ausbildung zum Zerspanungsmechaniker", "Brandl Maschinenbau GmbH", None, "2005-09", "2008-07", "vocational"),
    ("2003 – 2005 Fachabitur, Fachoberschule Ebersach", "Fachabitur", "Fachoberschule Ebersach", None, "2003", "2005",
     "secondary"),
    ("1999 - 2003: Mittlere Reife, Realschule Ebersach",
     "Mittlere Reife", "Realschule Ebersach", None, "1999", "2003", "secondary"),
    ("Erstes Staatsexamen Rechtswissenschaften\nUniversität Ebersach, 2009 – 2014",
     "Erstes Staatsexamen", "Universität Ebersach", "Rechtswissenschaften", "2009", "2014", "master"),
    ("08/2010 – 06/2013 Kaufmännische Ausbildung, Brandl AG",
     "Kaufmännische Ausbildung", "Brandl AG", None, "2010-08", "2013-06", "vocational"),
    ("2015 Meisterbrief im Friseurhandwerk, Handwerkskammer Ebersach",
     "Meisterbrief", "Handwerkskammer Ebersach", "Friseurhandwerk", None, "2015", "vocational"),
]  # fmt: skip
ROMANCE: list[Row] = [
    ("Diplôme d'État d'aide-soignant, IFAS de Vallombre, 2014",
     "Diplôme d'État d'aide-soignant", "IFAS de Vallombre", None, None, "2014", "vocational"),
    ("2009 - 2012 : Diplôme d'État de puéricultrice, Institut de formation de Vallombre",
     "Diplôme d'État", "Institut de formation de Vallombre", "puéricultrice", "2009", "2012", "vocational"),
    ("2013 - 2014 Première année de licence de lettres, Université de Vallombre",
     "Première année de licence", "Université de Vallombre", "lettres", "2013", "2014", "bachelor"),
    ("DUT Génie civil, IUT de Vallombre, 2008 - 2010",
     "DUT", "IUT de Vallombre", "Génie civil", "2008", "2010", "associate"),
    ("BTS Tourisme – Lycée Jean-Morel, Vallombre – 2012",
     "BTS", "Lycée Jean-Morel", "Tourisme", None, "2012", "associate"),
    ("Licence pro Métiers du bois\nUniversité de Vallombre\n2010 - 2011",
     "Licence pro", "Université de Vallombre", "Métiers du bois", "2010", "2011", "bachelor"),
    ("2006 : CAP Cuisine, CFA de Vallombre", "CAP", "CFA de Vallombre", "Cuisine", None, "2006", "vocational"),
    ("Título de Técnico en Farmacia, IES Valdemora, 2010 - 2012",
     "Título de Técnico", "IES Valdemora", "Farmacia", "2010", "2012", "vocational"),
    ("Secundaria completa\nColegio San Telmo, Valdemora\n2004 - 2009",
     "Secundaria completa", "Colegio San Telmo", None, "2004", "2009", "secondary"),
    ("Bachillerato de Ciencias, IES Valdemora (2006 - 2008)",
     "Bachillerato", "IES Valdemora", "Ciencias", "2006", "2008", "secondary"),
    ("Grado en Enfermería | Universidad de Valdemora | 2012 - 2016",
     "Grado", "Universidad de Valdemora", "Enfermería", "2012", "2016", "bachelor"),
    ("FP Grado Medio en Cocina, IES Valdemora, 2009", "FP Grado Medio", "IES Valdemora", "Cocina", None, "2009",
     "vocational"),
    ("Diploma professionale di Operatore Meccanico\nIstituto Professionale Galli, Vallescura\n2007 – 2012",
     "Diploma professionale", "Istituto Professionale Galli", "Operatore Meccanico", "2007", "2012", "vocational"),
    ("Laurea triennale in Lettere, Università di Vallescura, 2010 - 2013",
     "Laurea triennale", "Università di Vallescura", "Lettere", "2010", "2013", "bachelor"),
    ("2009 Maturità linguistica, Liceo Statale Manara",
     "Maturità linguistica", "Liceo Statale Manara", None, None, "2009", "secondary"),
    ("Curso Técnico em Edificações, Escola Técnica Monte Claro, 2011 - 2013",
     "Curso Técnico", "Escola Técnica Monte Claro", "Edificações", "2011", "2013", "vocational"),
    ("Ensino médio completo – Colégio Monte Claro – 2008",
     "Ensino médio completo", "Colégio Monte Claro", None, None, "2008", "secondary"),
]  # fmt: skip
NORTH_AND_EAST: list[Row] = [
    ("2012 – 2015 MBO niveau 4 Verpleegkunde, ROC Waterland",
     "MBO niveau 4", "ROC Waterland", "Verpleegkunde", "2012", "2015", "vocational"),
    ("Getuigschrift lassen, CVO Waterland, 2016",
     "Getuigschrift", "CVO Waterland", "lassen", None, "2016", "vocational"),
    ("HAVO – Dorenburg College – 2007 – 2012", "HAVO", "Dorenburg College", None, "2007", "2012", "secondary"),
    ("Bachelor Bouwkunde, Hogeschool Dorenburg\n2012 - 2016",
     "Bachelor", "Hogeschool Dorenburg", "Bouwkunde", "2012", "2016", "bachelor"),
    ("2014 – 2015 studia podyplomowe, kierunek: Logistyka, Wyższa Szkoła Handlu w Borowie",
     "studia podyplomowe", "Wyższa Szkoła Handlu w Borowie", "Logistyka", "2014", "2015", "other"),
    ("Akademia Morska w Borowie\nWydział Nawigacji\nmagister inżynier, 2005 – 2010",
     "magister inżynier", "Akademia Morska w Borowie", None, "2005", "2010", "master"),
    ("2015 г. Магистр, направление Филология, ЛГУ", "Магистр", "ЛГУ", "Филология", None, "2015", "master"),
    ("Technik ekonomista, Zespół Szkół nr 3 w Borowie, 2004 – 2008",
     "Technik ekonomista", "Zespół Szkół nr 3 w Borowie", None, "2004", "2008", "vocational"),
    ("2008 – 2012 Politechnika Borowska, inżynier, kierunek Budownictwo",
     "inżynier", "Politechnika Borowska", "Budownictwo", "2008", "2012", "bachelor"),
    ("Matura – I Liceum Ogólnokształcące w Borowie, 2005", "Matura", "I Liceum Ogólnokształcące w Borowie", None, None,
     "2005", "secondary"),
    ("2008 – 2011\nlicencjat, Socjologia\nUniwersytet Borowski",
     "licencjat", "Uniwersytet Borowski", "Socjologia", "2008", "2011", "bachelor"),
    ("2009–2013 Лесногорский техникум, среднее профессиональное, Технология машиностроения",
     "среднее профессиональное", "Лесногорский техникум", "Технология машиностроения", "2009", "2013", "vocational"),
    ("Бакалавр, Прикладная математика\nЛесногорский государственный университет, 2013 – 2017",
     "Бакалавр", "Лесногорский государственный университет", "Прикладная математика", "2013", "2017", "bachelor"),
]  # fmt: skip
FAR_EAST_AND_SOUTH: list[Row] = [
    ("2006.09 – 2009.06 青禾师范专科学校 大专 学前教育",
     "大专", "青禾师范专科学校", "学前教育", "2006-09", "2009-06", "associate"),
    ("2010-09 至 2014-06 青禾理工大学 本科 土木工程",
     "本科", "青禾理工大学", "土木工程", "2010-09", "2014-06", "bachelor"),
    ("青禾市第二高级中学 高中 2004 - 2007", "高中", "青禾市第二高级中学", None, "2004", "2007", "secondary"),
    ("青禾高等专科学校 | 专科 | 会计 | 2005 - 2008", "专科", "青禾高等专科学校", "会计", "2005", "2008", "associate"),
    ("2003 - 2006 青禾职业中专学校 中专 汽车维修",
     "中专", "青禾职业中专学校", "汽车维修", "2003", "2006", "vocational"),
    ("青禾卫生学校（中专），护理，2001-2004", "中专", "青禾卫生学校", "护理", "2001", "2004", "vocational"),
    ("التوجيهي العلمي، مدرسة النخيل الثانوية، 2009", "التوجيهي العلمي", "مدرسة النخيل الثانوية", None, None, "2009",
     "secondary"),
    ("بكالوريوس في المحاسبة، جامعة النخيل، 2010 - 2014",
     "بكالوريوس", "جامعة النخيل", "المحاسبة", "2010", "2014", "bachelor"),
    ("دبلوم في التمريض\nمعهد النخيل الصحي\n2008 - 2010",
     "دبلوم", "معهد النخيل الصحي", "التمريض", "2008", "2010", "other"),
    ("2012 - 2014 ماجستير إدارة الأعمال - جامعة النخيل", "ماجستير", "جامعة النخيل", "إدارة الأعمال", "2012", "2014",
     "master"),
    ("2010 – 2013 תואר ראשון בכלכלה, אוניברסיטת הגליל", "תואר ראשון", "אוניברסיטת הגליל", "כלכלה", "2010", "2013",
     "bachelor"),
    ("2006 תעודת בגרות מלאה, תיכון אלון", "תעודת בגרות מלאה", "תיכון אלון", None, None, "2006", "secondary"),
]  # fmt: skip
ROWS = [*ENGLISH, *GERMAN, *ROMANCE, *NORTH_AND_EAST, *FAR_EAST_AND_SOUTH]


def _entries(body: str) -> list[Entry]:
    text = f"Education\n{body}"
    return find_entries(StoredText("resume", text, AS_OF), [Section(0, len(text), "Education", "education")], [])


@pytest.mark.parametrize("row", ROWS, ids=[row[0].replace("\n", " / ") for row in ROWS])
def test_studies_are_known_by_their_own_names(row: Row) -> None:
    (study,) = _entries(row[0])
    assert (
        study.title, study.organization, study.subject, study.from_, study.to, study.level,
    ) == row[1:]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "from_"),
    [
        ("2023 – ongoing\nBSc Geology, Pellow University", "2023"),
        ("BSc Geology, Pellow University, 2023 – 2027 (expected)", "2023"),
        ("BSc Geology, Pellow University\nSept 2023 – expected June 2026", "2023-09"),
        ("seit 10/2023 Masterstudium Geologie, Universität Ebersach", "2023-10"),
        ("Depuis 2024 : Licence de géologie, Université de Vallombre", "2024"),
        ("Grado en Geología, Universidad de Valdemora, 2024 – actualidad", "2024"),
        ("Curso Técnico em Enfermagem (em andamento)\nSENAC Monte Claro, 2024", "2024"),
        ("2023 – obecnie: Uniwersytet Borowski, Geologia, licencjat", "2023"),
    ],
)
def test_studies_that_last_keep_their_start(body: str, from_: str) -> None:
    (study,) = _entries(body)
    assert (study.from_, study.to, study.in_progress) == (from_, None, True)


def test_of_two_dates_one_is_the_start() -> None:
    (study,) = _entries("2007 – HND Textiles, Pellow College – 2009")
    assert (study.title, study.from_, study.to) == ("HND", "2007", "2009")

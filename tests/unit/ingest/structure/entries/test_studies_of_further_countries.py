"""Degrees and schools of the north, the east, Asia and Africa are known by the names that they have there."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)

Row = tuple[str, str | None, str | None, str | None, str | None, str]

# Text below the heading; title, school, from, to, level.
ROWS: list[Row] = [
    ("2015–2020 Civilingenjör i maskinteknik, Tallby universitet", "Civilingenjör", "Tallby universitet", "2015",
     "2020", "master"),
    ("Kandidatexamen i statsvetenskap\nTallby högskola\n2009 – 2012", "Kandidatexamen", "Tallby högskola", "2009",
     "2012", "bachelor"),
    ("Svendebrev som tømrer, Ålby Tekniske Skole, 2016", "Svendebrev", "Ålby Tekniske Skole", None, "2016",
     "vocational"),
    ("Cand.merc. i finansiering, Ålby Universitet, 2010 – 2015", "Cand.merc.", "Ålby Universitet", "2010", "2015",
     "master"),
    ("Filosofian maisteri, Järvelän yliopisto, 2014", "Filosofian maisteri", "Järvelän yliopisto", None, "2014",
     "master"),
    ("2010–2015 Univerzita Lesná, Fakulta strojní, magisterské studium", "magisterské studium",
     "Univerzita Lesná, Fakulta strojní", "2010", "2015", "master"),
    ("Střední odborné učiliště Lesná, výuční list, 2003", "výuční list", "Střední odborné učiliště Lesná", None, "2003",
     "vocational"),
    ("Érettségi, Tölgyes Gimnázium, 2008", "Érettségi", "Tölgyes Gimnázium", None, "2008", "secondary"),
    ("Diplomă de licență, Universitatea din Stejari, 2012", "Diplomă de licență", "Universitatea din Stejari", None,
     "2012", "bachelor"),
    ("Πτυχίο Νομικής, Πανεπιστήμιο Ελαιώνα, 2011", "Πτυχίο", "Πανεπιστήμιο Ελαιώνα", None, "2011", "bachelor"),
    ("Yüksek Lisans – İşletme, Çınarlı Üniversitesi, 2019 – 2021", "Yüksek Lisans", "Çınarlı Üniversitesi", "2019",
     "2021", "master"),
    ("Дубівський університет, магістр, спеціальність «Фінанси», 2010–2015", "магістр", "Дубівський університет", "2010",
     "2015", "master"),
    ("Osnovne akademske studije, Univerzitet u Hrastovu, 2008 – 2012", "Osnovne akademske studije",
     "Univerzitet u Hrastovu", "2008", "2012", "bachelor"),
    ("Bakalaura grāds, Ozolu Universitāte, 2014", "Bakalaura grāds", "Ozolu Universitāte", None, "2014", "bachelor"),
    ("Cử nhân Kinh tế, Đại học Bình Minh, 2012 – 2016", "Cử nhân", "Đại học Bình Minh", "2012", "2016", "bachelor"),
    ("Universitas Melati, S1 Akuntansi, 2012 – 2016", "S1", "Universitas Melati", "2012", "2016", "bachelor"),
    ("SMA Negeri 12 Melati, 2009 – 2012", None, "SMA Negeri 12 Melati", "2009", "2012", "secondary"),
    ("Sijil Pelajaran Malaysia, Sekolah Menengah Melati, 2010", "Sijil Pelajaran Malaysia", "Sekolah Menengah Melati",
     None, "2010", "secondary"),
    ("2010.03 - 2014.02 한빛대학교 컴퓨터공학 학사", "학사", "한빛대학교", "2010-03", "2014-02", "bachelor"),
    ("2012年3月 青葉大学大学院 経営学研究科 修士課程 修了", "修士課程", "青葉大学大学院", None, "2012-03", "master"),
    ("F.Sc (Pre-Engineering), Chinar Degree College, 2012", "F.Sc (Pre-Engineering)", "Chinar Degree College", None,
     "2012", "secondary"),
    ("SSC | ZPHS Kondavalli | 2008 | 89%", "SSC", "ZPHS Kondavalli", None, "2008", "secondary"),
    ("B.Tech (CSE) | JNTX Kondavalli | 2014 | 72%", "B.Tech (CSE)", "JNTX Kondavalli", None, "2014", "bachelor"),
    ("Higher Secondary, St. Kuriakose HSS, 2009", "Higher Secondary", "St. Kuriakose HSS", None, "2009", "secondary"),
    ("WASSCE, Iroko Grammar School, 2009", "WASSCE", "Iroko Grammar School", None, "2009", "secondary"),
    ("Kenya Certificate of Secondary Education, Acacia Girls High School, 2007",
     "Kenya Certificate of Secondary Education", "Acacia Girls High School", None, "2007", "secondary"),
    ("Technicien spécialisé en réseaux, Institut de Vallombre, 2012", "Technicien spécialisé", "Institut de Vallombre",
     None, "2012", "vocational"),
    ("Secundaria completa\nI.E. Virgen de Valdemora\n2007", "Secundaria completa", "I.E. Virgen de Valdemora", None,
     "2007", "secondary"),
    ("Licenciada en Psicología por la Universidad de Valdemora, 2005", "Licenciada", "Universidad de Valdemora", None,
     "2005", "bachelor"),
    ("seit 10/2023 berufsbegleitendes Masterstudium Datenkunde, Hochschule Ebersach", "Masterstudium",
     "Hochschule Ebersach", "2023-10", None, "master"),
    ("Meisterschule, Fachakademie Ebersach, 2014 bis 2016, Meisterbrief", "Meisterbrief", "Fachakademie Ebersach",
     "2014", "2016", "vocational"),
    ("Ausbildung zur Augenoptikerin, Optik Brandl, 2009 bis 2012", "Ausbildung zur Augenoptikerin", "Optik Brandl",
     "2009", "2012", "vocational"),
    ("2008-2012 Diplôme d'État de sage-femme, École de Vallombre", "Diplôme d'État de sage-femme", "École de Vallombre",
     "2008", "2012", "master"),
    ("SENA\nTecnólogo en Sistemas\n2008 – 2010", "Tecnólogo", "SENA", "2008", "2010", "associate"),
    ("2013/09-2017/06\n青禾师范大学\n汉语言文学（本科）", "本科", "青禾师范大学", "2013-09", "2017-06", "bachelor"),
    ("2014–2017\nאוניברסיטת הגליל\nתואר ראשון (B.Sc.) בהנדסה", "תואר ראשון (B.Sc.)", "אוניברסיטת הגליל", "2014", "2017",
     "bachelor"),
    ("Высшее, ЛГУ, бакалавр экономики, 2015", "бакалавр экономики", "ЛГУ", None, "2015", "bachelor"),
]  # fmt: skip


def _entries(body: str) -> list[Entry]:
    text = f"Education\n{body}"
    return find_entries(StoredText("resume", text, AS_OF), [Section(0, len(text), "Education", "education")], [])


@pytest.mark.parametrize("row", ROWS, ids=[row[0].replace("\n", " / ") for row in ROWS])
def test_studies_are_known_by_their_own_names(row: Row) -> None:
    (study,) = _entries(row[0])
    title = study.title if row[1] is None or study.title is None else study.title[: len(row[1])]
    assert (title, study.organization, study.from_, study.to, study.level) == row[1:]


def test_entering_and_leaving_a_school_are_one_study() -> None:
    (study,) = _entries("2006年4月 青葉大学 経済学部 入学\n2010年3月 青葉大学 経済学部 卒業")
    assert (study.organization, study.from_, study.to) == ("青葉大学", "2006-04", "2010-03")


def test_who_has_entered_a_school_and_not_left_it_studies_there() -> None:
    (study,) = _entries("2023年4月 青葉大学 経済学部 入学")
    assert (study.from_, study.to, study.in_progress) == ("2023-04", None, True)

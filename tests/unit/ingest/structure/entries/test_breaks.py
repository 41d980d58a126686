"""A time without work is no position, in whatever language it is told."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def _entries(body: str) -> list[Entry]:
    text = f"Experience\n{body}"
    section = Section(0, len(text), "Experience", "experience")
    return find_entries(StoredText("resume", text, date(2025, 6, 15)), [section], [])


@pytest.mark.parametrize(
    "line",
    [
        "2018 – 2019 Family carer",
        "2017 – 2018 Looking for work",
        "2014 – 2015 Gap year, Australia",
        "2016 – 2017 Stay-at-home mother",
        "2016 – 2017 Pflege eines Angehörigen",
        "2016 – 2017 Kinderbetreuung",
        "2016 – 2017 Jahr im Ausland / Reisen",
        "2016 – 2017 Recherche d'emploi",
        "2016 – 2017 Búsqueda de empleo",
        "2016 – 2017 Procura de emprego",
        "2016 – 2017 Aspettativa per motivi familiari",
        "2016 – 2017 Moederschapsrust",
        "2016 – 2017 Bezrobotna",
        "2016 – 2017 Přerušení kariéry",
        "2016 – 2017 Поиск работы",
        "2016 – 2017 Відпустка по догляду за дитиною",
        "2016 – 2017 Äitiysloma",
        "2016 – 2017 Concediu pentru creșterea copilului",
        "2016 – 2017 إجازة أمومة",
        "2016 – 2017 بحث عن عمل",
        "2016 – 2017 חופשת לידה",
        "2016 – 2017 求職活動",
        "2016 – 2017 育婴假",
    ],
)
def test_time_without_work_is_no_position_and_no_study(line: str) -> None:
    assert _entries(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "2001 – 2003 Military service",
        "2001 – 2002 Wehrdienst, Bundeswehr",
        "2001 – 2002 Service militaire",
        "2001 – 2002 Servizio militare",
        "2001 – 2003 Служба в армии",
        "2001 – 2002 Základní vojenská služba",
        "2001 – 2002 الخدمة العسكرية",
    ],
)
def test_military_service_without_a_role_is_no_position(line: str) -> None:
    assert _entries(line) == []


@pytest.mark.parametrize(
    ("line", "title", "organization"),
    [
        ("2018 – 2019 Leave coordinator, Borough of Aldham", "Leave coordinator", "Borough of Aldham"),
        ("2016 – 2017 Parental support worker, Harbour Trust", "Parental support worker", "Harbour Trust"),
        ("2017 – 2018 Carer, Fernhill Care Home", "Carer", "Fernhill Care Home"),
        ("2012 – 2015 Erzieherin, Kinderbetreuung Nord e.V.", "Erzieherin", "Kinderbetreuung Nord e.V."),
        ("2019 – 2020 Impiegata, Viaggi Rossi", "Impiegata", "Viaggi Rossi"),
        ("2001 – 2003 Military service, platoon commander", "platoon commander", "Military service"),
        ("1998 – 1999 Wehrdienst als Sanitäter", "Wehrdienst als Sanitäter", None),
    ],
)
def test_work_that_sounds_like_a_break_is_a_position(line: str, title: str, organization: str | None) -> None:
    (found,) = _entries(line)
    assert (found.title, found.organization) == (title, organization)

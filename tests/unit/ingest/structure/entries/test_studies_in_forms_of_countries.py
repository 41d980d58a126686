"""Studies in the forms and with the school years that countries use, and studies that are not at their end."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Entry, Section
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)


def _only(body: str) -> Entry:
    text = f"Education\n{body.strip()}"
    (study,) = find_entries(StoredText("resume", text, AS_OF), [Section(0, len(text), "Education", "education")], [])
    return study


@pytest.mark.parametrize(
    ("body", "title", "school", "years"),
    [
        ("Título: Licenciatura en Administración\nCentro: Universidad de Aldara\nAño: 2010", "Licenciatura",
         "Universidad de Aldara", (None, "2010")),
        ("Date (da – a) 2009 – 2012\nNome e tipo di istituto di istruzione o formazione Università di Aldara\n"
         "Qualifica conseguita Laurea in Infermieristica", "Laurea", "Università di Aldara", ("2009", "2012")),
        ("• Nome e tipo di istituto: Istituto Tecnico Aldari\n• Qualifica conseguita: Diploma di ragioneria\n"
         "• Data: 2004", "Diploma di ragioneria", "Istituto Tecnico Aldari", (None, "2004")),
        ("Maturità classica conseguita nel 2006 presso il Liceo Classico Aldari", "Maturità classica",
         "Liceo Classico Aldari", (None, "2006")),
        ("Lise: Aldar Anadolu Lisesi, 2006-2010", None, "Aldar Anadolu Lisesi", ("2006", "2010")),
        ("2015 Алдарский государственный университет\nЮридический факультет, Бакалавр", "Бакалавр",
         "Алдарский государственный университет", (None, "2015")),
        ("Abgebrochenes Studium der Physik, Universität Aldheim, 2008-2010", "Studium", "Universität Aldheim",
         ("2008", "2010")),
        ("A.A. 2012/2013 Laurea specialistica in Economia presso Università Aldara", "Laurea specialistica",
         "Università Aldara", ("2012", "2013")),
        ("Неоконченное высшее, Алдарский университет, 2010-2012", "Неоконченное высшее", "Алдарский университет",
         ("2010", "2012")),
        ("Graduated from Aldham High School in 1998", None, "Aldham High School", (None, "1998")),
    ],
)  # fmt: skip
def test_the_labels_of_a_form_are_no_part_of_the_studies(
    body: str, title: str | None, school: str, years: tuple[str | None, str | None]
) -> None:
    study = _only(body)
    assert (study.title, study.organization, (study.from_, study.to)) == (title, school, years)


def test_school_years_run_from_the_first_to_the_last() -> None:
    study = _only("2011/2012 a 2015/2016\nLaurea magistrale in Giurisprudenza\nUniversità degli Studi di Aldara")
    assert (study.from_, study.to) == ("2011", "2016")


def test_the_year_of_a_plan_of_studies_is_not_their_date() -> None:
    study = _only("Ingeniero Técnico Industrial (plan 1999), Universidad de Aldara, 2004")
    assert (study.from_, study.to) == (None, "2004")
    study = _only("Licenciatura en Historia (plan 1999). Universidad de Aldara")
    assert (study.organization, study.from_, study.to) == ("Universidad de Aldara", None, None)


@pytest.mark.parametrize("when", ["2027", "May 2026", "12/2025"])
def test_an_end_that_is_to_come_is_in_progress(when: str) -> None:
    study = _only(f"Bachelor of Science, Aldham University, {when}")
    assert (study.to, study.in_progress) == (None, True)


def test_an_end_in_this_year_is_an_end() -> None:
    study = _only("Bachelor of Science, Aldham University, 2025")
    assert (study.to, study.in_progress) == ("2025", False)

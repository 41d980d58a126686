"""Personal details of a form whose lines run on, as tables lie in the text of a PDF."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

pytestmark = pytest.mark.unit

BODY = "\n\nExperience\nElectrician, Voltra Ltd, 2015 - 2019\nWired hospitals."


def hidden(text: str) -> list[tuple[str, str]]:
    found = find_structure(StoredText("resume", text + BODY, date(2026, 11, 1)))
    return [(span.type, text[span.start : span.end]) for span in found.identity_spans if span.start < len(text)]


def test_every_label_is_hidden_with_its_value() -> None:
    form = "Nationality Kenyan Name of Father Otieno W.K Age & Date of Birth 44 yrs. 02.03.1982 Religion Hindu"
    text = f"Electrician\n{form}"
    said = " ".join(stretch for _, stretch in hidden(text))
    assert all(value in said for value in ("Kenyan", "Otieno W.K", "02.03.1982", "Hindu"))
    assert "Electrician" not in said


def test_labels_of_other_languages_count_as_well() -> None:
    form = "Geburtsdatum 02.03.1982 Familienstand ledig Staatsangehörigkeit Kenia"
    said = " ".join(stretch for _, stretch in hidden(f"Elektriker\n{form}"))
    assert all(value in said for value in ("02.03.1982", "ledig", "Kenia"))


def test_the_number_of_a_passport_is_no_telephone_and_is_hidden_whole() -> None:
    assert ("protected", "Passport No. : K0451973") in hidden(
        "Details\nPassport No. : K0451973 Date of Issue : 16.07.2014"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Hired without regard to Age, Sex, Religion, Nationality and Marital status.",
        "Wrote guides on Age, Gender and Caste for a Health ministry.",
        "Height and Weight of crates were written down by me.",
        "Served the Community College of Leeds, Military base, Veteran affairs.",
    ],
)
def test_a_sentence_that_names_traits_hides_nothing(text: str) -> None:
    assert not hidden(f"Officer\n{text}")

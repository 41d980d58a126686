"""Traits that a sentence tells of its writer are found with the words that say so; work and languages stay."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def hidden(sentence: str) -> list[str]:
    text = f"Velora Quintash\n\nSUMMARY\n{sentence}\n\nEXPERIENCE\nSkanska, 2019 - present\n"
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    return [text[span.start : span.end] for span in spans if span.type == "protected"]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("I am a single mother and like my work.", "I am a single mother"),
        ("I was born in 1990 in Kumasi.", "I was born in 1990 in Kumasi"),
        ("Today I have two children.", "I have two children"),
        ("Ich arbeite gern, bin ledig und mobil.", "bin ledig"),
        ("Ich bin 1985 in Lodz geboren.", "Ich bin 1985 in Lodz geboren"),
        ("Je suis algérienne et infirmière.", "Je suis algérienne"),
        ("Nací en 1985 en Oruro.", "Nací en 1985 en Oruro"),
        ("Tengo dos hijos.", "Tengo dos hijos"),
        ("Sono sposata.", "Sono sposata"),
        ("Sou casada.", "Sou casada"),
        ("Ik ben getrouwd.", "Ik ben getrouwd"),
        ("Jestem mężatką.", "Jestem mężatką"),
        ("Mam dwoje dzieci.", "Mam dwoje dzieci"),
        ("Родилась в 1985 году в Самаре.", "Родилась в 1985 году в Самаре"),
        ("1985 doğumluyum.", "1985 doğumluyum"),
    ],
)
def test_a_trait_is_found_with_the_words_that_tell_it(sentence: str, told: str) -> None:
    assert [stretch.rstrip(".") for stretch in hidden(sentence)] == [told]


@pytest.mark.parametrize(
    "sentence",
    [
        "I am an English teacher.",
        "I am engaged in sales.",
        "I have 20 years of experience.",
        "Tengo 12 años de experiencia.",
        "Mam 10 lat doświadczenia.",
        "I am single-handedly in charge.",
        "I have two teams.",
        "Ich habe drei Jahre gearbeitet.",
        "Sou professor de inglês.",
    ],
)
def test_what_somebody_does_stays(sentence: str) -> None:
    assert hidden(sentence) == []


@pytest.mark.parametrize(
    "line", ["F/28/Single", "Sex/Age: F/33", "Gender (M/F): F", "M/S: married", "[insérer photo ici]"]
)
def test_short_forms_are_found_whole(line: str) -> None:
    text = f"Velora Quintash\n{line}\nv.q@mail.example\n\nEXPERIENCE\nSkanska, 2019 - present\n"
    spans = find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), [])
    assert line.strip("[]") in "".join(text[span.start : span.end] for span in spans if span.type == "protected")

"""Languages that a person speaks, with their level; not nations, nor what is taught."""

from __future__ import annotations

from datetime import date

import pytest

from libs.contracts.structure import Section, SectionKind
from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def spoken(text: str, kind: SectionKind | None = None) -> list[tuple[str, str | None]]:
    sections = [] if kind is None else [Section(0, len(text), title="", kind=kind)]
    mentions = find_named(StoredText("resume", text, date(2026, 1, 15)), sections, []).mentions
    return [(mention.name, mention.level) for mention in mentions if mention.type == "language"]


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("German B2", [("German", "B2")]),
        ("fluent German", [("German", "C1")]),
        ("Deutsch: verhandlungssicher (C1)", [("German", "C1")]),
        ("English – native", [("English", "native")]),
        ("English - native speaker, French - conversational", [("English", "native"), ("French", "B1")]),
        ("母语：中文", [("Chinese", "native")]),
        ("中文（母语），英语（流利）", [("Chinese", "native"), ("English", "C1")]),
        ("Basic German (A1)", [("German", "A1")]),
        ("Fluent in German and English", [("German", "C1"), ("English", "C1")]),
        (
            "Fluent in Portuguese and English, Intermediate Spanish",
            [("Portuguese", "C1"), ("English", "C1"), ("Spanish", "B1")],
        ),
        ("Bilingual English-Spanish", [("English", "C2"), ("Spanish", "C2")]),
        (
            "Sprachen: Deutsch (Muttersprache), Englisch (fließend), Französisch (Grundkenntnisse)",
            [("German", "native"), ("English", "C1"), ("French", "A2")],
        ),
        ("Langues : anglais courant, allemand notions", [("English", "C1"), ("German", "A2")]),
        ("Idiomas: español nativo, inglés B2", [("Spanish", "native"), ("English", "B2")]),
        ("Lingue: italiano madrelingua, inglese B1", [("Italian", "native"), ("English", "B1")]),
        ("Idiomas: português nativo, inglês fluente", [("Portuguese", "native"), ("English", "C1")]),
        ("Talen: Nederlands (moedertaal), Engels vloeiend", [("Dutch", "native"), ("English", "C1")]),
        ("Języki: angielski C1, niemiecki podstawowy", [("English", "C1"), ("German", "A2")]),
        ("Русский — родной, английский — свободно", [("Russian", "native"), ("English", "C1")]),
        ("I speak Spanish", [("Spanish", None)]),
        ("American Sign Language, fluent", [("American Sign Language", "C1")]),
    ],
)
def test_a_language_knows_its_level(text: str, languages: list[tuple[str, str | None]]) -> None:
    assert spoken(text) == languages


@pytest.mark.parametrize(
    "text",
    [
        "French cuisine in a German market",
        "English teacher in Leeds",
        "Grew the German market by 20 percent",
        "Polish citizen, German passport",
        "Trained a German shepherd; nail polish; English muffins",
        "Turkish Airlines, Swiss Army, Latin America",
        "Managed Spanish clients and the Italian office",
    ],
)
def test_a_nation_is_no_language(text: str) -> None:
    assert spoken(text) == []


def test_a_section_of_languages_and_a_line_alone_say_that_languages_are_meant() -> None:
    assert spoken("Languages\nGerman\nFrench", "languages") == [("German", None), ("French", None)]
    assert spoken("• German\n• French") == [("German", None), ("French", None)]


def test_the_subject_of_studies_is_no_language_that_somebody_speaks() -> None:
    assert spoken("Bachelor of Arts : English\nMay 2007", "education") == []

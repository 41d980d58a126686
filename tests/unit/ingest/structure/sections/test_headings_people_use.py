"""Headings as people word them, informal ones too, in twenty-seven languages; and lines that are none."""

from datetime import date
from pathlib import Path

import pytest

from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("headings_people_use.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
# What stands before and behind, so that the text has other headings.
AROUND = {
    "en": ("Education", "Languages"), "de": ("Ausbildung", "Sprachen"), "fr": ("Formation", "Langues"),
    "es": ("Educación", "Idiomas"), "it": ("Istruzione", "Lingue"), "pt": ("Educação", "Idiomas"),
    "nl": ("Opleiding", "Talen"), "pl": ("Wykształcenie", "Języki"), "ru": ("Образование", "Языки"),
    "zh": ("教育背景", "语言能力"), "ja": ("学歴", "語学力"), "ar": ("التعليم", "اللغات"), "he": ("השכלה", "שפות"),
    "sv": ("Utbildning", "Språk"), "no": ("Utdanning", "Språk"), "da": ("Uddannelse", "Sprog"),
    "fi": ("Koulutus", "Kielitaito"), "tr": ("Eğitim", "Yabancı Diller"), "cs": ("Vzdělání", "Jazyky"),
    "uk": ("Освіта", "Мови"), "hu": ("Tanulmányok", "Nyelvtudás"), "ro": ("Educație", "Limbi străine"),
    "hr": ("Obrazovanje", "Strani jezici"), "bg": ("Образование", "Езици"), "el": ("Εκπαίδευση", "Γλώσσες"),
    "ko": ("학력", "외국어"), "vi": ("Học vấn", "Ngoại ngữ"),
}  # fmt: skip
BODY = "Ordinary words that say nothing of any of this."
NONE = (
    "Marcus Delacroix; ANNA KOWALSKA; Jean-Pierre Marchand; 李小龙; 田中 太郎; محمد الأحمد; Иван Петров;"
    " Siemens AG; ACME CORPORATION; Deutsche Bahn; 腾讯科技有限公司; شركة أرامكو; Springfield Elementary School;"
    " Software Engineer; PROJECT MANAGER; Krankenschwester; Chef de projet; Vrachtwagenchauffeur; Kierowca;"
    " Инженер-программист; 软件工程师; מנהל פרויקטים; Language Teacher; SKILLS TRAINER; Profesor de idiomas;"
    " Docente di lingue; Education Officer; Certification Specialist; JAVA; Machine Learning; PROJECT MANAGEMENT;"
    " SOCIAL MEDIA MARKETING; Berlin; New York, NY; 東京都; القاهرة; Bachelor of Education; Master in Education;"
    " Licenciatura en Derecho; 学士 経済学; בכלכלה תואר ראשון; BTS Comptabilité; University of Leeds; Fluent;"
    " Full-time; 2015 - 2018; • Led a team of five; - Betreuung der Kunden; • 负责客户维护"
)


def kind_of(heading: str, text: str) -> str | None:
    at = text.index(f"\n{heading}\n") + 1
    found = find_sections(StoredText("resume", text, date(2026, 1, 1)))
    return next((section.kind for section in found if section.start == at), None)


@pytest.mark.parametrize(("language", "kind", "headings"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
@pytest.mark.parametrize("form", ["{}", "{}:", "capitals"])
def test_a_heading_that_people_use_is_found_alone_on_its_line(language, kind, headings, form):
    def written(heading: str) -> str:
        return heading.upper() if form == "capitals" else form.format(heading)

    before, behind = map(written, AROUND[language])
    wrong = {}
    for heading in map(written, headings.split("; ")):
        text = f"Ana Kovač\nana@example.org\n\n{before}\n{BODY}\n\n{heading}\n{BODY}\n{BODY}\n\n{behind}\n{BODY}\n"
        if (found := kind_of(heading, text)) != kind:
            wrong[heading] = found
    assert wrong == {}


@pytest.mark.parametrize("line", [line.strip() for line in NONE.split(";")])
def test_a_name_an_employer_a_position_a_skill_a_place_a_degree_is_no_heading(line):
    position = (
        f"Ana Kovač\n\nSUMMARY\nWords.\n\nEXPERIENCE\n\n{line}\n2019 - 2021\nDid good work.\n\nEDUCATION\nWords\n"
    )
    listed = f"Ana Kovač\n\nSummary\nWords.\n\nSkills\nCooking\n{line}\nBaking bread\n\nEducation\nWords\n"
    assert (kind_of(line, position), kind_of(line, listed)) == (None, None)


@pytest.mark.parametrize(
    ("below", "kind"),
    [
        ("Head chef, The Tin Lantern\n2019 - 2023\nRan the pass.", "experience"),
        ("Leeds College, diploma\n2012 - 2014", "education"),
        ("Knives, sauces, bread, stock, menus", "skills"),
        ("Words that say nothing of this, whatever they are.", "other"),
    ],
)
def test_what_stands_below_tells_the_kind_of_an_unknown_heading(below, kind):
    text = f"Ana Kovač\n\nSummary:\nWords.\n\nLanguages:\nFrench\n\nPots:\n{below}\n\nReferences:\nOn request\n"
    assert kind_of("Pots:", text) == kind


@pytest.mark.parametrize("heading", ["Опыт работы — 8 лет 3 месяца", "Опыт работы 12 лет", "ДОСВІД РОБОТИ (5 РОКІВ)"])
def test_how_long_somebody_worked_is_no_part_of_the_heading(heading):
    text = f"Иван Петров\n\nО себе\nСпокойный человек.\n\n{heading}\nМай 2017 — н. в.\nБухгалтер, ООО Ромашка\n"
    found = find_sections(StoredText("resume", text, date(2026, 1, 1)))
    assert [(section.kind, section.title.casefold()) for section in found][1] in {
        ("experience", "опыт работы"),
        ("experience", "досвід роботи"),
    }


def test_a_form_below_the_position_wanted_is_still_what_somebody_looks_for():
    text = "Иван Петров\n\nЖелаемая работа и зарплата\nЗанятость: полная\nГрафик: 2/2\n\nОпыт работы\nБухгалтер, 2019\n"
    found = find_sections(StoredText("resume", text, date(2026, 1, 1)))
    assert [section.kind for section in found] == ["summary", "experience"]


def test_a_position_without_a_wish_is_no_heading():
    text = "Ana Ruiz\n\nExperiencia\n\nPuesto de trabajo\nCargo, 2019\n\nIdiomas\nInglés\n"
    found = find_sections(StoredText("resume", text, date(2026, 1, 1)))
    assert "summary" not in {section.kind for section in found}

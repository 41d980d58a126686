"""Headings that are told by what they look like among the other lines of their text, and lines that only seem to be."""

from datetime import date

import pytest

from libs.contracts.structure import LineStyle
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

PLAIN, BIG = LineStyle(), LineStyle(1.3, True)


def titles(text: str, styles=()) -> list[str]:
    return [section.title for section in find_sections(StoredText("resume", text, date(2026, 11, 1), styles=styles))]


def kinds(text: str, styles=()) -> list[tuple[str, str]]:
    found = find_sections(StoredText("resume", text, date(2026, 11, 1), styles=styles))
    return [(section.title, section.kind) for section in found]


OWN_WORDS = (
    "Ida Krog\nBoat builder\n\n{0}Profile{1}\nI build clinker boats of larch and oak for the fjord.\n\n"
    "{0}Work experience{1}\nOld Slipway, foreman, 2015 to 2021\n\n"
    "{0}Pots and pans{1}\nKept in good order, all of them.\n\n"
    "{0}Languages{1}\nDanish\n"
)


@pytest.mark.parametrize(
    "sign", ["# {}", "## {}", "[ {} ]", "== {} ==", "-- {} --", "» {}", "~ {} ~", "* {} *", "{} ?"]
)
def test_a_sign_that_the_headings_share_makes_a_heading_of_unknown_words(sign):
    text = OWN_WORDS.format(*sign.split("{}"))
    assert titles(text) == ["Profile", "Work experience", "Pots and pans", "Languages"]


def test_a_line_of_dashes_below_each_heading_makes_a_heading_of_unknown_words():
    text = OWN_WORDS.format("", "\n---------------").replace("\n\n", "\n")
    assert titles(text) == ["Profile", "Work experience", "Pots and pans", "Languages"]


def test_numbered_headings_are_told_by_their_numbers():
    text = (
        "Ida Krog\n1. Profile\nI build boats.\n2. Work experience\nOld Slipway, foreman, 2015 to 2021\n3. Boats\n"
        "A sloop of nine metres.\n4. Languages\nDanish"
    )
    assert titles(text) == ["Profile", "Work experience", "Boats", "Languages"]


def test_chinese_numerals_number_headings_too():
    text = (
        "刘建国\n\n一、自我介绍\n吃苦耐劳。\n\n二、工作经验\n2012-至今 电工\n\n"
        "三、学历\n2008 年毕业\n\n四、特长\n故障排查"
    )
    assert [kind for _, kind in kinds(text)] == ["summary", "experience", "education", "skills"]


def test_where_i_worked_needs_no_known_verb_and_no_pronoun():
    text = (
        "Magdalena Wróbel\n\nO mnie\nStrzygę od lat.\n\nGdzie strzygłam\nSalon Fala, fryzjerka, 2014 – 2020\n\n"
        "Języki\nangielski\n\nZainteresowania\nrower"
    )
    assert "Gdzie strzygłam" in titles(text)


def test_numbered_items_of_a_list_are_no_headings():
    text = (
        "Ida Krog\n\n1. Profile\nI build boats.\n\n2. Skills\n1. Caulking\n2. Steaming planks\n3. Skills in riveting\n"
    )
    assert titles(text) == ["Profile", "Skills"]


def test_several_headings_in_own_words_do_not_speak_against_each_other():
    text = (
        "IDA KROG\nBoat builder\n\nABOUT THE HANDS BEHIND THIS\n"
        "I build clinker boats of larch and oak for the fjord.\n\n"
        "CAREER GRAPH\nOld Slipway, foreman, 2015 to 2021\n\nEDUCATION\nShipwrights' School, 2013\n\nTRADE KNACKS\n"
        "Steaming, riveting\n\nSKILLS\nCaulking\n\nLANGUAGES\nDanish\n\nINTERESTS\nRowing"
    )
    assert titles(text)[:4] == ["ABOUT THE HANDS BEHIND THIS", "CAREER GRAPH", "EDUCATION", "TRADE KNACKS"]


def test_what_one_says_of_oneself_may_head_lines_with_dates():
    text = (
        "Ida Krog\n\nProfile\nI build boats.\n\nWhere I have caulked\nOld Slipway, foreman, 2015 to 2021\n\n"
        "Languages\nDanish\n\nInterests\nRowing"
    )
    assert ("Where I have caulked", "experience") in kinds(text)


def test_an_employer_in_capitals_like_the_headings_is_none():
    text = (
        "IDA KROG\n\nSUMMARY\nWords.\n\nEXPERIENCE\n\nCAREER SERVICES NORTH\nForeman\n2015 to 2021\n\nHARBOUR WORKS\n"
        "Mate\n2011 to 2015\n\nEDUCATION\nWords\n\nSKILLS\nWords"
    )
    assert titles(text) == ["SUMMARY", "EXPERIENCE", "EDUCATION", "SKILLS"]


# A page that has one style for all and a gap above many lines, as sites that make resumes print them.
GAPS = (
    "BOAT BUILDER\n\nSummary\nTen years of larch and oak.\n\nHighlights\n\nExceptional writing skills\n\n"
    "Event planning\n\nStrong knowledge of paint\n\nRiveting\n\nResearch\n\n"
    "Communications and painting coursework\n\nExperience\n"
    "Old Slipway 2015 to 2021\n\nEducation\nShipwrights' School\n\nSkills\nCaulking, oars"
)


def test_gaps_on_a_page_of_one_style_make_no_headings():
    lines = [line for line in GAPS.split("\n") if line]
    assert titles(GAPS, [PLAIN] * len(lines)) == ["Summary", "Highlights", "Experience", "Education", "Skills"]


def test_items_below_skills_that_end_in_skills_are_no_headings():
    text = (
        "Ida Krog\n\nSkills\n\nNegotiation Skills\n\nCaulking\n\nLeadership Skills\n\nPaint\n\nEducation\n"
        "Shipwrights' School"
    )
    assert titles(text) == ["Skills", "Education"]


def test_a_part_of_the_section_directly_below_its_heading_is_none():
    text = "IDA KROG\nSummary\nWords.\nCore Qualifications\nSkills Used\nCaulking, oars\nEducation\nShipwrights' School"
    assert titles(text) == ["Summary", "Core Qualifications", "Education"]


def test_a_line_of_a_list_with_commas_below_skills_is_none():
    text = "IDA KROG\nSummary\nWords.\nSkills\nBoats, oars\nConferences, Articles\nPaint\nEducation\nSchool"
    assert titles(text) == ["Summary", "Skills", "Education"]


def test_a_part_of_studies_in_small_letters_is_no_heading_where_headings_have_one_word():
    text = (
        "IDA KROG\nSummary\nWords.\nEducation\nSchool\nBoat building coursework\nSkills\nCaulking\nPersonal skills\n"
        "Oars"
    )
    assert titles(text) == ["Summary", "Education", "Skills"]


def test_a_part_of_skills_that_lacks_the_gap_of_all_headings_is_a_label():
    text = (
        "IDA KROG\n\nSummary\nWords.\n\nWork experience\nOld Slipway\n\nSkills\nOars\nTools\nAdze\n\n"
        "Education\nSchool\n\nInterests\nRowing"
    )
    assert titles(text) == ["Summary", "Work experience", "Skills", "Education", "Interests"]


def test_a_label_with_a_colon_where_headings_have_none_is_no_heading():
    text = (
        "IDA KROG\nSummary\nTen years of larch.\nEducation\nShipwrights' School, 2013\nCourses completed:\nRiveting\n"
        "Experience\nOld Slipway, 2015 to 2021\nSkills\nCaulking"
    )
    assert titles(text) == ["Summary", "Education", "Experience", "Skills"]


def test_a_heading_in_the_headings_style_above_all_known_ones_is_found():
    text = (
        "Ida Krog\nThe hands\nI build clinker boats of larch and oak for people who row the fjord.\nWork Experience\n"
        "Old Slipway, foreman\nEducation\nShipwrights' School\nLanguages\nDanish"
    )
    styles = [LineStyle(2.4, True), BIG, PLAIN, BIG, PLAIN, BIG, PLAIN, BIG, PLAIN]
    assert kinds(text, styles)[0] == ("The hands", "summary")


@pytest.mark.parametrize(
    ("below", "kind"),
    [
        ("Danish and English, some Faroese", "languages"),
        ("Danish: mother tongue\nEnglish: fluent", "languages"),
        ("Python, SQL\nDocker", "skills"),
        ("Python\nDocker\nGit", "skills"),
        ("Rowing\nA garden\nBread", "other"),
    ],
)
def test_what_is_listed_below_tells_the_kind_of_an_unknown_heading(below, kind):
    text = f"Ida Krog\n\nWork:\nWords.\n\nEducation:\nWords.\n\nPots:\n{below}\n\nReferences:\nOn request\n"
    assert ("Pots", kind) in kinds(text)


def test_what_i_do_is_a_summary_above_prose_and_skills_above_a_list():
    text = "Ida Krog\n\nWhat I do\n{}\n\nWork experience\nOld Slipway\n\nEducation\nShipwrights' School"
    assert kinds(text.format("I build clinker boats of larch and oak for the fjord."))[0] == ("What I do", "summary")
    assert kinds(text.format("Caulking, riveting, steaming"))[0] == ("What I do", "skills")


def test_a_text_each_of_whose_blocks_begins_with_a_heading_needs_no_known_word():
    text = (
        "Ida Krog\nBoat builder, Svolvær\n\nWho is asking\nI build clinker boats of larch and oak for the fjord.\n\n"
        "Hulls I have laid\nOld Slipway, foreman, 2015 to 2021\nHarbour Yard, mate, 2011 to 2015\n\n"
        "How I came to it\nShipwrights' School, diploma, 2011\n\nWhen the tide is out\nRowing, a garden\n"
    )
    assert kinds(text) == [
        ("Who is asking", "summary"),
        ("Hulls I have laid", "experience"),
        ("How I came to it", "education"),
        ("When the tide is out", "other"),
    ]


def test_names_for_work_and_school_that_no_list_knows_head_their_blocks():
    text = (
        "Ida Krog\nBoat builder, Svolvær\n\nA few lines\nI build clinker boats of larch and oak for the fjord.\n\n"
        "Slips and yards\nOld Slipway, foreman, 2015 to 2021\nHarbour Yard, mate, 2011 to 2015\n\n"
        "Benches and books\nShipwrights' School, diploma, 2011\n\nGood hands for\nPlanks, oars, masts\n\n"
        "Danish and more\nDanish, English, Faroese\n\nThe rest of it\nRowing, a garden\n"
    )
    assert [kind for _, kind in kinds(text)] == ["summary", "experience", "education", "skills", "languages", "other"]


def test_employers_that_begin_each_block_are_no_headings():
    text = (
        "Ida Krog\nBoat builder\n\nOld Slipway\nForeman\n2015 to 2021\n\nHarbour Yard\nMate\n2011 to 2015\n\n"
        "Tide and Sons\nMate\n2009 to 2011\n\nNorth Boats\nApprentice\n2005 to 2009\n"
    )
    assert titles(text) == []


def test_paragraphs_of_a_letter_have_no_headings():
    text = (
        "Ida Krog\n\nDear people of the Old Slipway,\nI read of your yard.\n\nYours is a fine yard, as all agree\n"
        "who row there.\n\nI would come at once\nand stay long.\n\nWith kind regards\nIda Krog"
    )
    assert titles(text) == []


def test_a_profile_above_a_form_is_no_summary():
    text = "IDA KROG\n\nSKILLS\nCaulking\n\nEDUCATION\nSchool\n\nPERSONAL PROFILE\n{}\n"
    form = "Father's name: Odd Krog\nNationality: Norwegian\nStatus: single"
    assert ("PERSONAL PROFILE", "other") in kinds(text.format(form))
    assert ("PERSONAL PROFILE", "summary") in kinds(text.format("I build clinker boats of larch and oak."))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["# ", "= ", "-", "1. ", "What I ", "\n\nA\n", "SKILLS ", "Pots:\n"])
def test_hostile_texts_take_no_time(unit):
    text = "Ada\n\nSkills\nTIG\n\n" + unit * (60_000 // len(unit))
    find_sections(StoredText("resume", text, date(2026, 11, 1)))


def test_headings_with_their_words_behind_them_in_lines_one_after_another_are_headings_each():
    text = (
        "Pedro Sanz\n\nExperiencia\nElectricista, Montajes Duero, 2014 - 2019\n\nFormación\nFP Electricidad, 2010\n\n"
        "Cursos: Alta tensión, 60 h\nIdiomas: español, portugués\nPermiso de conducir: B\nDisponibilidad: inmediata\n"
    )
    found = [(section.title, section.kind) for section in find_sections(StoredText("resume", text, date(2026, 1, 1)))]
    assert found[2:] == [
        ("Cursos", "certifications"),
        ("Idiomas", "languages"),
        ("Permiso de conducir", "certifications"),
        ("Disponibilidad", "other"),
    ]


def test_one_label_with_words_behind_it_in_an_entry_is_no_heading():
    text = "Pedro Sanz\n\nExperiencia\nDuero, 2014 - 2019\n\nCursos: Alta tensión\nJefe de obra.\n\nFormación\nFP\n"
    found = [section.title for section in find_sections(StoredText("resume", text, date(2026, 1, 1)))]
    assert found == ["Experiencia", "Formación"]


def test_a_heading_with_a_short_small_word_is_like_those_of_one_word_and_of_several():
    text = (
        "Мария Иванова\nОпыт работы\nБухгалтер, ООО Ромашка\nОбразование\nКазанский университет\n"
        "Повышение квалификации, курсы\n1С Предприятие\nНавыки\n1С, Excel\nЗнание языков\nРусский\nОбо мне\nТочная\n"
    )
    found = [section.kind for section in find_sections(StoredText("resume", text, date(2026, 1, 1)))]
    assert found == ["experience", "education", "certifications", "skills", "languages", "summary"]


@pytest.mark.parametrize("form", [str, str.upper])
def test_the_parts_of_europass_personal_skills_are_no_sections(form):
    text = (
        "Marta Rossi\n\nEsperienza professionale\n2019 Infermiera\n\nCompetenze personali\nLingua madre\nItaliano\n"
        "Altre lingue\nInglese\n\nCompetenze comunicative\nOk\n\nCompetenze digitali\nPC\n\nUlteriori informazioni\nX\n"
    )
    found = find_sections(StoredText("resume", form(text), date(2026, 1, 1)))
    assert [section.kind for section in found] == ["experience", "skills", "other"]


def test_a_heading_of_digital_skills_below_personal_ones_without_the_mother_tongue_is_one():
    text = "Marta Rossi\n\nCompetenze personali\nPuntualità\n\nCompetenze digitali\nOffice, SAP\n\nLingue\nInglese\n"
    found = find_sections(StoredText("resume", text, date(2026, 1, 1)))
    assert [section.kind for section in found] == ["skills", "skills", "languages"]

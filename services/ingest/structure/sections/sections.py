"""The parts of a text under one heading each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from libs.contracts.structure import MAX_SECTIONS, Section
from services.ingest.structure.stored_text import StoredText

MAX_HEADING_CHARS = 60
MAX_HEADING_WORDS = 7

# Headings that stand in resumes and job postings without any other mark; matched without case.
_KNOWN = frozenset(
    """
    about; about me; about us; about the role; about the job; about you; accomplishments; achievements; activities;
    additional information; affiliations; areas of expertise; awards; awards and honors; benefits; career objective;
    career overview; career summary; certifications; certifications and licenses; company description; compensation;
    computer skills; contact; core competencies; core qualifications; courses; description; duties; education;
    education and training; employment; employment history; executive profile; executive summary; experience;
    highlights; hobbies; honors; interests; job description; job requirements; job summary; key responsibilities;
    key skills; language skills; languages; licenses; memberships; minimum qualifications; nice to have; objective;
    our offer; overview; personal information; personal profile; portfolio; preferred qualifications;
    preferred skills; professional affiliations; professional experience; professional profile; professional skills;
    professional summary; profile; projects; publications; qualifications; references; relevant experience;
    required qualifications; required skills; requirements; responsibilities; role; skill highlights; skills;
    skills and abilities; soft skills; strengths; summary; summary of qualifications; summary of skills;
    technical skills; technologies; the role; tools; training; volunteer experience; volunteering; what we offer;
    what you bring; what you will do; what you'll do; who you are; work experience; work history; your profile;
    your tasks;
    ausbildung; berufserfahrung; kenntnisse; lebenslauf; sprachen; fähigkeiten; ihr profil; ihre aufgaben;
    wir bieten; formation; compétences; expérience; expériences; expérience professionnelle;
    expériences professionnelles; langues; centres d'intérêt; profil; projets; experiencia; experiencia laboral;
    formación; habilidades; idiomas; educación; 教育背景; 工作经历; 工作经验; 专业技能; 技能; 项目经历; 项目经验;
    自我评价; 个人信息; 获奖情况; 求职意向; 实习经历; 联系方式
    """.replace("\n", " ")
    .strip()
    .split(";")
)
_KNOWN_HEADINGS = frozenset(heading.strip() for heading in _KNOWN if heading.strip())
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def find_sections(stored: StoredText) -> list[Section]:
    """Headings and what they head, in order: from a heading's first character to the next one, or the end.

    A heading is a short line of its own that is known as one, written in capitals, or ends in a colon;
    the first line is none (it is a name or a title). Text before the first heading is in no section.
    """
    text = stored.text
    headings = list(_headings(text))[:MAX_SECTIONS]
    starts = [*(start for start, _ in headings), len(text)]
    return [
        Section(start, start + len(text[start:end].rstrip()), title)
        for (start, title), end in zip(headings, starts[1:], strict=True)
    ]


def _headings(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for number, line in enumerate(text.split("\n")):
        title = _EDGES.sub("", line)
        known = title.lower().replace("&", "and") in _KNOWN_HEADINGS
        if title and (known or (number > 0 and _looks_like_heading(line, title))):
            yield start, title
        start += len(line) + 1


def _looks_like_heading(line: str, title: str) -> bool:
    if len(line) > MAX_HEADING_CHARS or len(title.split()) > MAX_HEADING_WORDS or not title[0].isalpha():
        return False
    if line.rstrip().endswith((":", "：")):
        return ":" not in title and title[0].isupper()
    letters = [char for char in title if char.isalpha()]
    shouted = len(letters) >= 5 and title.isupper() and not any(char.isdigit() for char in title)
    return shouted and not line.rstrip().endswith((".", ",", ";"))

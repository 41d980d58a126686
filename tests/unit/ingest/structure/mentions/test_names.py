"""Skills, licences, languages and degrees by their canonical names, whatever way people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.structure import MAX_MENTIONS, IdentitySpan, Mention, Section, SectionKind
from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit


def found(text: str, kind: SectionKind | None = None) -> list[Mention]:
    sections = [] if kind is None else [Section(0, len(text), title="", kind=kind)]
    return find_named(StoredText("resume", text, date(2026, 1, 15)), sections, []).mentions


def names(text: str, kind: SectionKind | None = None) -> list[str]:
    return [mention.name for mention in found(text, kind)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("JS and ECMAScript", ["JavaScript", "JavaScript"]),
        ("k8s in prod since 2019, Postgres 14", ["Kubernetes", "PostgreSQL"]),
        ("Certified Public Accountant (CPA)", ["Certified Public Accountant", "Certified Public Accountant"]),
        ("Generally Accepted Accounting Principles, US GAAP", ["GAAP", "GAAP"]),
        ("RN apps for iOS and Android", ["React Native", "iOS", "Android"]),
        ("Ships RN apps in TS; Expo", ["React Native", "TypeScript"]),
        ("RN licence, telemetry, ward 4", ["Registered Nurse", "telemetry"]),
        ("C/C++ and C#, .NET 6", ["C", "C++", "C#", ".NET"]),
        ("C++17 on Linux", ["C++", "Linux"]),
        ("Node.js, NodeJS, Node JS", ["Node.js"] * 3),
        ("Power BI, PowerBI, power-bi, Power\u00a0BI", ["Power BI"] * 4),
        ("Python3, Java 8, PostgreSQL14", ["Python", "Java", "PostgreSQL"]),
        ("Python-first services, a React-powered page", ["Python", "React"]),
        ("React/Redux; CI/CD", ["React", "Redux", "CI/CD"]),
        ("React Native, not React", ["React Native", "React"]),
        ("spreadsheets and a spreadsheet", ["spreadsheet", "spreadsheet"]),
        ("REST API, REST APIs, RESTful services", ["REST API"] * 3),
        ("Excelkenntnisse, SAP-Kenntnisse", ["Microsoft Excel", "SAP"]),
        ("使用Python开发和Java后端", ["Python", "Java"]),
        ("word, excel, powerpoint", ["Microsoft Word", "Microsoft Excel", "Microsoft PowerPoint"]),
        ("Security+, Network+", ["CompTIA Security+", "CompTIA Network+"]),
        ("CDL Class A or Class B CDL", ["CDL Class A", "CDL Class B"]),
        ("Staplerschein", ["forklift license"]),
        ("Schweißen, Schweissen", ["welding", "welding"]),
        ("Admitted to the California bar", ["California bar admission"]),
        ("Licensed attorney, New York bar", ["bar admission", "New York bar admission"]),
        ("State Bar of Texas", ["Texas bar admission"]),
        ("Knowledge of Go, Rust and R in data services", ["Go", "Rust", "R"]),
    ],
)
def test_each_way_of_writing_leads_to_one_name(text: str, canonical: list[str]) -> None:
    assert names(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "Owns go-to-market plans; always ready to go the extra mile.",
        "A class R licence",
        "C-level executives, C-suite, vitamin C",
        "hepatitis C and series C",
        "I excel at this; in other words, I access nothing",
        "Swift response, spark plugs",
        "The New York bar where I mixed drinks",
        "Ask Jan, our contact at Scalable",
        "He did it on the go",
        "A A A",
        "R.S.V.P. to the office",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert names(text) == []


def test_ordinary_words_count_as_tools_only_beside_tools_or_under_skills() -> None:
    assert names("He had access to the word of the chef") == []
    assert names("Excel, Word, Access") == ["Microsoft Excel", "Microsoft Word", "Microsoft Access"]
    assert names("Go", "skills") == ["Go"]


def test_a_letter_is_a_language_only_where_languages_stand() -> None:
    assert names("Analyses clinical data in R with tidyverse") == ["R"]
    assert names("Gage R & R studies by team R") == []
    assert names("C, Java, R", "skills") == ["C", "Java", "R"]
    assert names("C-clamps, R@home, Java", "skills") == ["Java"]


def test_research_and_development_is_not_a_language() -> None:
    assert names("R&D coordinator, R & D budgets") == ["research and development"] * 2


def test_offsets_count_code_points_and_lead_back_to_what_is_written() -> None:
    text = "😀 Schweißen und\nMaschinelles Lernen; k8s"

    written = [text[mention.start : mention.end] for mention in found(text)]

    assert written == ["Schweißen", "Maschinelles Lernen", "k8s"]


def test_what_tells_who_a_person_is_holds_no_mentions() -> None:
    text = "Ruby Java Smith\nruby@java.example\nPython"
    identity = [IdentitySpan(0, 15, type="name"), IdentitySpan(16, 33, type="email")]

    mentions = find_named(StoredText("resume", text, date(2026, 1, 15)), [], identity).mentions

    assert [mention.name for mention in mentions] == ["Python"]


def test_jobs_are_read_by_the_same_finder() -> None:
    job = StoredText("job", "We need Kubernetes; Java is not needed.", date(2026, 1, 15))

    assert [(mention.name, mention.state) for mention in find_named(job, [], []).mentions] == [
        ("Kubernetes", "had"),
        ("Java", "denied"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "level"),
    [
        ("BSc in Physics", "Bachelor of Science", "bachelor"),
        ("B.Sc. (Hons)", "Bachelor of Science", "bachelor"),
        ("Master of Science", "Master of Science", "master"),
        ("M.Sc. Informatik", "Master of Computer Science", "master"),
        ("MBA from Leeds", "Master of Business Administration", "master"),
        ("Ph.D. in chemistry", "Doctor of Philosophy", "doctorate"),
        ("Abitur 2010", "Abitur", "secondary"),
        ("High school diploma", "High school diploma", "secondary"),
        ("Associate of Science", "Associate of Science", "associate"),
        ("Diplom-Ingenieur", "Diplom", "master"),
        ("abgeschlossene Ausbildung zum Tischler", "Ausbildung", "vocational"),
        ("licence en droit", "Bachelor of Laws", "bachelor"),
        ("硕士学位", "Master's degree", "master"),
    ],
)
def test_a_degree_knows_its_level(text: str, name: str, level: str) -> None:
    degrees = [mention for mention in found(text) if mention.type == "degree"]

    assert [(degree.name, degree.level) for degree in degrees[:1]] == [(name, level)]


def test_a_license_to_teach_or_to_drive_is_no_french_degree() -> None:
    text = "A driver's license and a teaching license, Université"

    assert [mention.type for mention in found(text, "education")] == ["licence", "licence"]


def test_a_degree_is_written_as_its_name_is() -> None:
    assert names("pricing, promotion, public relations", "skills") == ["pricing", "public relations"]
    assert names("We keep a level head") == []


def test_no_more_than_the_most_mentions_are_kept() -> None:
    assert len(names("Java, Python\n" * 1_500)) == MAX_MENTIONS


WORDS = st.sampled_from(
    "Java|C|C++|.NET|no|never|(|)|\n|:|,|.|English|B2|fluent|CPA|expired|2019|中文|母语|没有|- |R&D|Class A"
    "|New York bar|not only|but|learning|’s|😀|/".split("|")
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "  ", "\n"])), max_size=60) | st.text(max_size=200))
def test_mentions_of_any_text_lie_within_it_in_order_and_apart(pieces: list[tuple[str, str]] | str) -> None:
    text = pieces if isinstance(pieces, str) else "".join(word + gap for word, gap in pieces)

    mentions = found(text)

    ends = [0, *(mention.end for mention in mentions)]
    assert all(end <= mention.start < mention.end for end, mention in zip(ends, mentions, strict=False))
    assert ends[-1] <= len(text)
    assert all(text[mention.start : mention.end].strip() == text[mention.start : mention.end] for mention in mentions)


@pytest.mark.parametrize(
    "unit",
    ["Excel: no\n", "no ", "C#", "English - ", "(", "Would like to learn:\nJava "],
)
def test_hostile_texts_of_the_greatest_length_are_read(unit: str) -> None:
    text = (unit * (200_000 // len(unit) + 1))[:200_000]

    assert len(found(text)) <= MAX_MENTIONS

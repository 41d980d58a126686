"""What a job asks for is found, and nothing else; offsets count code points of the stored text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.structure import MAX_REQUIREMENTS, REQUIREMENTS_LEFT_OUT, Requirement
from libs.contracts.text_preparation import job_text, one_line, prepare
from services.ingest.structure.requirements.requirements import find_requirements
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

TITLE = "Works electrician"


def job(description: str = "", requirements: str | list[str] | None = None, title: str | None = TITLE) -> StoredText:
    text = prepare(job_text(title, description, requirements))
    return StoredText("job", text, date(2026, 11, 1), given_title=title, requirements=requirements)


def found(description: str = "", requirements: str | list[str] | None = None) -> list[Requirement]:
    return find_requirements(job(description, requirements), [])[0]


def asked(description: str = "", requirements: str | list[str] | None = None) -> list[tuple[str, str]]:
    return [(requirement.text, requirement.necessity) for requirement in found(description, requirements)]


def musts(*texts: str) -> list[tuple[str, str]]:
    return [(text, "must") for text in texts]


ODD_ENTRIES = [
    "AWS",
    "GDPR",
    "ISO 27001",
    "Minimum 5 years of MIG welding",
    "Licensing class D",
    "Benefits accounting",
    "Payroll functions",
    "Go",
    "R",
    "SQL",
    "€2M budget",
    "Drug screening assays",
    "Portfolio at https://work.example",
    "Requirements engineering",
    "24/7",
]


def test_an_entry_of_the_list_is_a_requirement_whatever_it_looks_like():
    assert asked("We build pumps.", ODD_ENTRIES) == musts(*ODD_ENTRIES)


def test_the_list_of_a_text_keeps_what_looks_like_a_heading():
    lines = "\n".join(f"- {entry}" for entry in ODD_ENTRIES)
    assert asked(f"We build pumps.\n\nRequirements:\n{lines}\n\nBenefits:\n- Pension") == musts(*ODD_ENTRIES)


def test_entries_say_themselves_that_they_are_extras():
    entries = [
        "Python",
        "Optional: Rust",
        "Optional lighting tools",
        "Fluent Danish would be great",
        "Crane (not essential)",
    ]
    assert asked("", entries) == [
        ("Python", "must"),
        ("Rust", "nice"),
        ("Optional lighting tools", "nice"),
        ("Fluent Danish would be great", "nice"),
        ("Crane (not essential)", "nice"),
    ]


def test_headings_among_the_entries_are_none_but_tell_what_the_rest_is():
    assert asked("", ["Required:", "Python", "Nice to have:", "Rust", "Not required:", "Cobol"]) == [
        ("Python", "must"),
        ("Rust", "nice"),
        ("Cobol", "nice"),
    ]


@pytest.mark.parametrize(
    ("description", "requirements"),
    [
        ("", None),
        ("We have built pumps since 1950.", None),
        ("Requirements:", None),
        ("", "Required:"),
        ("", ["Required:"]),
        ("Our team of ten looks after three plants.\n\nWhat we offer\n- A pension\n- Free fruit", None),
    ],
)
def test_where_nothing_is_asked_there_is_nothing(description, requirements):
    assert asked(description, requirements) == []


POSTING = """Halden Pumps is a family firm with 60 people.

What you will do
- Maintain three production lines
- Must be documented in the log

Your profile
- Finished apprenticeship as an electrician
- Reading circuit diagrams
- PLC

Nice to have
- Crane licence
- English

Not required
- A degree
- SAP

What we offer
- 30 days of leave
- Training paid by us

You must have the right to work in Norway.
We are an equal opportunity employer and welcome all qualified applicants.
Please send your CV to jobs@halden.example."""


def test_headings_tell_what_is_asked_and_what_is_not():
    assert asked(POSTING) == [
        *musts("Finished apprenticeship as an electrician", "Reading circuit diagrams", "PLC"),
        ("Crane licence", "nice"),
        ("English", "nice"),
        *musts("You must have the right to work in Norway"),
    ]


def test_a_bulleted_line_never_ends_a_section():
    text = "Requirements\n• Clean driving record\n• Benefits\n• Diesel engines"
    assert asked(text) == musts("Clean driving record", "Benefits", "Diesel engines")


def test_running_text_tells_by_its_words():
    prose = (
        "Lumen Stage lights forty shows a year. You will rig lamps and plan the focus. We are looking for someone who"
        " has toured for two years. You need a lifting certificate. Dutch is a plus. Ideally you have worked with"
        " ETC desks. Pyrotechnics is not needed. This is not a role for late risers. We pay 3,000 euros a month."
    )
    assert asked(prose) == [
        ("We are looking for someone who has toured for two years", "must"),
        ("You need a lifting certificate", "must"),
        ("Dutch is a plus", "nice"),
        ("Ideally you have worked with ETC desks", "nice"),
    ]


def test_a_line_that_lost_its_breaks_is_read_by_the_headings_within():
    run_on = (
        "Join our growing team in Leeds. Responsibilities: Wire control panels and test them. Document the work."
        " Requirements: Bachelor's degree in electronics 3+ years of panel wiring Strong communication skillsValid"
        " driver's license Preferred Qualifications: Experience with Siemens PLCs Benefits: Pension and healthcare."
    )
    assert asked(run_on) == [
        *musts(
            "Bachelor's degree in electronics",
            "3+ years of panel wiring",
            "Strong communication skills",
            "Valid driver's license",
        ),
        ("Experience with Siemens PLCs", "nice"),
    ]


def test_names_with_a_capital_within_stay_whole():
    line = "Skills Required: JavaScript and TypeScript, PowerPoint, MongoDB, iOS, GitHub Actions"
    assert asked(line) == musts("JavaScript and TypeScript, PowerPoint, MongoDB, iOS, GitHub Actions")


def test_lines_that_a_mail_program_broke_are_read_as_one():
    mail = (
        "From: Ann\nSubject: A fitter for the yard\n\nHello both,\n\n"
        "whoever starts needs five years with marine diesel engines and should\nhave a valid survival certificate"
        " from a school that we know, too. A boat\nlicence would be great.\n\nThanks,\nAnn"
    )
    assert asked(mail) == [
        (
            "whoever starts needs five years with marine diesel engines and should have a valid survival certificate"
            " from a school that we know, too",
            "must",
        ),
        ("A boat licence would be great", "nice"),
    ]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (
            "Ihr Profil\n- Gesellenbrief\n- SPS\nVon Vorteil\n- Polnisch\nWir bieten\n- 30 Tage Urlaub",
            [("Gesellenbrief", "must"), ("SPS", "must"), ("Polnisch", "nice")],
        ),
        (
            "Vous réparez des pompes. Vous avez un CAP d'électricien. L'allemand serait un plus. Le permis n'est pas"
            " nécessaire. Nous offrons un CDI.",
            [("Vous avez un CAP d'électricien", "must"), ("L'allemand serait un plus", "nice")],
        ),
        (
            "Funciones\n- Reparar bombas\nRequisitos\n- Carné B\n- Dos años de taller\nSe valorará\n- Inglés",
            [("Carné B", "must"), ("Dos años de taller", "must"), ("Inglés", "nice")],
        ),
        (
            "Cosa farai\n- Riparare pompe\nRequisiti\n- Patente B\nCosa offriamo\n- Contratto di un anno",
            [("Patente B", "must")],
        ),
        (
            "Atividades:\n- Reparar bombas\nRequisitos:\n- Ensino médio\nDiferenciais:\n- Inglês\nBenefícios:\n- Vale",
            [("Ensino médio", "must"), ("Inglês", "nice")],
        ),
        (
            "Wat ga je doen?\n- Pompen repareren\nWat vragen we?\n- Diploma elektrotechniek\n- Duits is een pré",
            [("Diploma elektrotechniek", "must"), ("Duits is een pré", "nice")],
        ),
        (
            "Obowiązki:\n- naprawa pomp\nWymagania:\n- uprawnienia SEP\nMile widziane:\n- prawo jazdy",
            [("uprawnienia SEP", "must"), ("prawo jazdy", "nice")],
        ),
        (
            "岗位职责：\n1、负责水泵维修；\n任职要求：\n1、持有电工证；\n2、3年以上经验；\n加分项：\n1、会德语；\n福利待遇：\n五险一金",
            [("持有电工证", "must"), ("3年以上经验", "must"), ("会德语", "nice")],
        ),
    ],
)
def test_other_languages(description, expected):
    assert asked(description) == expected


def test_what_the_description_asks_and_the_list_repeats_counts_once():
    description = "Requirements:\n- 3 years of panel wiring\n- Good Norwegian"
    assert asked(description, ["3 years of panel wiring", "5 years of panel wiring"]) == musts(
        "Good Norwegian", "3 years of panel wiring", "5 years of panel wiring"
    )


def test_a_field_of_free_text_asks_with_each_line_and_sentence():
    field = "Apprenticeship as an electrician\nReads plans. Works at heights.\nAn own car is not required."
    assert asked("We build pumps.", field) == musts(
        "Apprenticeship as an electrician", "Reads plans", "Works at heights"
    )


def test_a_sentence_that_asks_for_several_things_is_one_requirement_with_parts():
    [requirement] = found("", ["Solid knowledge of Docker, Terraform and 3 years of Linux"])
    assert [(part.text, part.necessity) for part in requirement.parts] == musts(
        "Docker", "Terraform", "3 years of Linux"
    )
    assert [(number.value, number.unit) for number in requirement.parts[2].numbers] == [(3, "years")]


@pytest.mark.parametrize("text", ["Docker, Podman or LXC", "Excellent written and verbal English", "Reading plans"])
def test_alternatives_and_one_thing_have_no_parts(text):
    assert found("", [text])[0].parts == []


def test_more_than_are_kept_are_counted():
    requirements, notes = find_requirements(
        job("", [f"Machine {number}" for number in range(MAX_REQUIREMENTS + 7)]), []
    )
    assert len(requirements) == MAX_REQUIREMENTS
    assert [note.code for note in notes] == [REQUIREMENTS_LEFT_OUT]
    assert "7" in notes[0].message


WORDS = st.lists(
    st.sampled_from(
        ["Requirements:", "\n", "- ", "• ", "\n\n", "Java", "5 years of Go", "a plus.", "You must have", "skillsStrong",
         "Nice to have", "(", ")", "😀", "要求：", "not required", "We offer", "1. ", "**", "R&D", ",", " and "]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=200)
@given(WORDS, st.none() | st.lists(st.sampled_from(["Go", "R", "- x", "Required:", "a\nb", "  ", "•"]), max_size=5))
def test_requirements_lie_in_the_text_in_order_with_their_numbers_and_parts_within(words, entries):
    stored = job(" ".join(words), entries)
    requirements, _ = find_requirements(stored, [])
    bounds = [place for requirement in requirements for place in (requirement.start, requirement.end)]
    assert bounds == sorted(bounds)
    assert all(start < end for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    for requirement in requirements:
        assert requirement.text == one_line(stored.text[requirement.start : requirement.end])
        for inner in [*requirement.numbers, *requirement.parts]:
            assert requirement.start <= inner.start < inner.end <= requirement.end


@pytest.mark.parametrize(
    "piece",
    [
        "aB",
        "A: ",
        "no required ",
        "1,",
        "- a:\n",
        "Requirements ",
        "a and ",
        "(a. ",
        "5 years ",
        "**",
        "x",
        "a,\n",
        "- a\n",
        "cook wanted - a, ",
        "a, 3 years; ",
        "Own van. ",
        "We want a cook who\n- a\n",
        "or more ",
    ],
)
@pytest.mark.timeout(120)
def test_a_hostile_text_is_read_to_its_end(piece):
    found, _ = find_requirements(job(piece * (80_000 // len(piece)), title=None), [])
    assert len(found) <= MAX_REQUIREMENTS

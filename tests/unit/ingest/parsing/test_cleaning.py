"""Every text is cleaned in one place: icons, letters that stand apart, words cut at a line's end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.structure import LineStyle
from services.ingest.parsing.cleaning.cleaning import clean

pytestmark = pytest.mark.unit


def cleaned(text: str) -> str:
    return clean(text)[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\uf095 +46 70 555 01 42", "+46 70 555 01 42"),
        ("\uf0e0ada@example.se", "ada@example.se"),
        ("Oslo\uf095+47 22 00", "Oslo +47 22 00"),
        ("Oslo\uf0e0ada@example.se", "Oslo ada@example.se"),
        ("Kuber\ue012netes", "Kubernetes"),
        ("of\uf001ce and \uf002oor", "office and floor"),
        ("Go \uf3c5\uf3c5\uf3c5", "Go"),
        ("\uf095\nOslo", "Oslo"),
        ("\uf0b7 Led a team", "• Led a team"),
        ("services\uf0b7 Led a team", "services • Led a team"),
        ("\U000f0123 Oslo", "Oslo"),
        ("soft\u00adware and zero\u200bwidth", "software and zerowidth"),
    ],
)
def test_icons_are_gone_and_what_surrounds_them_is_neither_broken_nor_glued(text, wanted):
    assert " ".join(cleaned(text).split(" ")).replace("  ", " ").strip() == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("J O R D A N  M E R C E R", "JORDAN MERCER"),
        ("J O R D A N   M E R C E R", "JORDAN MERCER"),
        ("S K I L L S", "SKILLS"),
        ("S K I L L S :", "SKILLS:"),
        ("É D U C A T I O N", "ÉDUCATION"),
        ("О П Ы Т  Р А Б О Т Ы", "ОПЫТ РАБОТЫ"),
        ("个 人 简 历", "个人简历"),
        ("W O R K E X P E R I E N C E", "WORK EXPERIENCE"),
        ("B E R U F S E R F A H R U N G", "BERUFSERFAHRUNG"),
        ("J o r d a n M e r c e r", "Jordan Mercer"),
        ("M a r  2 0 1 9  –  2 0 2 4", "Mar 2019 – 2024"),
        ("2 0 1 9 - 2 0 2 4", "2019-2024"),
        ("F i g m a   |   U X   r e s e a r c h", "Figma | UX research"),
        ("Contact: J O R D A N  M E R C E R and others", "Contact: JORDAN MERCER and others"),
    ],
)
def test_words_whose_letters_stand_apart_are_joined(text, wanted):
    assert cleaned(text).replace(" :", ":") == wanted


@pytest.mark.parametrize(
    "text",
    [
        "A B C tests",
        "R & D",
        "plan B C D",
        "C, C++, R",
        "A B C D E",
        "Driving licence B C D E",
        "C R J T",
        "1 2 3 4 5",
        "A / B / C / D",
        "Plan A B C tests, grade A / B, vitamin C, I O bound",
        "J R R Tolkien",
        "X X X X X",
        "0 2 0 1 0 3",
    ],
)
def test_single_letters_that_are_no_word_stay(text):
    assert cleaned(text) == text


def test_a_name_is_told_apart_by_the_address_that_holds_it():
    assert cleaned("J O R D A N M E R C E R\njordan.mercer@example.com").startswith("JORDAN MERCER\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a focus on observ-\nability and cost", "a focus on observability\nand cost"),
        ("a Kuber-\nnetes estate", "a Kubernetes\nestate"),
        ("infra\u00ad\nstructure as code", "infrastructure\nas code"),
        ("infra\u2010\nstructure as code", "infrastructure\nas code"),
        ("Projekt-\nmanagement im Haus", "Projektmanagement\nim Haus"),
        ("DEVELOP-\nMENT of", "DEVELOPMENT\nof"),
        ("a good inter-\nview", "a good interview"),
        ("wrote event-\ndriven services", "wrote event-driven\nservices"),
        ("a self-\nservice portal", "a self-service\nportal"),
        ("a low-\nlatency cache", "a low-latency\ncache"),
        ("an e-\ncommerce site", "an e-commerce\nsite"),
        ("state-of-\nthe-\nart tools", "state-of-the-art\ntools"),
        ("an AWS-\nbased system", "an AWS-based\nsystem"),
        ("Worked 2019-\n2024 on call", "Worked 2019-2024\non call"),
        ("Phone 555-\n0134.", "Phone 555-0134."),
        ("a 24-\nhour shift", "a 24-hour\nshift"),
        ("linkedin.com/in/oskar-\nlindqvist and", "linkedin.com/in/oskar-lindqvist\nand"),
        (
            "Sold at Wal-Mart, then once more at Wal-\nMart in Oslo",
            "Sold at Wal-Mart, then once more at Wal-Mart\nin Oslo",
        ),
        ("frob-nicate it, then frob-\nnicate", "frob-nicate it, then frob-nicate"),
        ("frobnicate it, then frob-\nnicate", "frobnicate it, then frobnicate"),
        ("the word kuber-\n\nnetes on two pages", "the word kubernetes\n\non two pages"),
    ],
)
def test_a_word_cut_at_a_lines_end_is_joined_and_keeps_a_hyphen_of_its_own(text, wanted):
    assert cleaned(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "pre-\nand post-sales",
        "Ein-\nund Ausgang",
        "Manager-\nAcme Foods",
        "self-\nEDUCATION",
        "a dash -\nand more",
        "one -\n- two",
        "Skills:\n- Python\n- Go",
        "2019-\nManager at Acme",
        "in 2019-\n2. Second entry",
    ],
)
def test_a_dash_at_a_lines_end_joins_nothing(text):
    assert cleaned(text) == text


def test_a_text_without_hyphenation_tells_that_its_hyphens_are_its_own():
    rest = "an award-\nwinning, user-\nfriendly shop and "
    assert "up-lighting" in cleaned(rest + "up-\nlighting of it")
    assert "uplighting" in cleaned("observ-\nability and " + "up-\nlighting of it")


HEAD, BODY = LineStyle(1.5, True, False, 1.0), LineStyle()


def test_styles_stay_beside_their_lines():
    text, styles = clean(
        "S K I L L S\n\n\uf095\nsome observ-\nability\nmore\vbreaks", [HEAD, None, HEAD, BODY, BODY, BODY]
    )
    assert list(zip(text.split("\n"), styles, strict=True)) == [
        ("SKILLS", HEAD),
        ("", None),
        ("some observability", BODY),
        ("more", BODY),
        ("breaks", BODY),
    ]


def test_a_word_is_not_joined_to_a_heading():
    assert clean("this is self-\nmade", [BODY, HEAD])[0] == "this is self-\nmade"


ANYTHING = st.text(st.sampled_from("aB é-\u00ad\n\n \t\uf095\uf0b7.1@/&|中\v\r"), max_size=60)


@given(ANYTHING)
def test_lines_and_styles_always_fit_and_no_letter_is_lost(text):
    count = len(text.split("\n"))
    found, styles = clean(text, [BODY] * count)
    assert len(styles) == len(found.split("\n"))
    assert [char for char in found if char.isalnum()] == [char for char in text if char.isalnum()]
    assert not any(0xE000 <= ord(char) <= 0xF8FF or char == "\u200b" for char in found)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 100_000,
        "a-\n" * 66_000,
        "\u00ad\n" * 100_000,
        "a  " * 66_000,
        "\uf095a" * 100_000,
        "-" * 200_000,
        "a-b-\n" * 40_000,
    ],
    ids=["letters", "hyphens", "soft", "apart", "icons", "dashes", "chain"],
)
@pytest.mark.timeout(120)
def test_a_hostile_text_is_cleaned_to_its_end(text):
    found, _ = clean(text)
    assert found

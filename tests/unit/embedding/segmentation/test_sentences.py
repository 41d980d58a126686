"""Where sentences, items and headings end."""

from __future__ import annotations

import pytest

from services.embedding.segmentation.sentences import Strength, stretches

pytestmark = pytest.mark.unit

LONG = "She planned the care of patients on a ward of thirty beds and wrote"


def found(text: str) -> list[str]:
    return [text[stretch.start : stretch.end] for stretch in stretches(text, frozenset())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One thing. Another thing! A third?", ["One thing.", "Another thing!", "A third?"], id="plain"),
        pytest.param("He said so.” Then he left.", ["He said so.”", "Then he left."], id="closing quote"),
        pytest.param(
            "Worked with Dr. Brown at Acme Inc. for years.", ["Worked with Dr. Brown at Acme Inc. for years."]
        ),
        pytest.param("Tools, e.g. Excel, i.e. sheets.", ["Tools, e.g. Excel, i.e. sheets."], id="e.g."),
        pytest.param("A B.S. degree. Then work.", ["A B.S. degree.", "Then work."], id="degree"),
        pytest.param("J. R. Smith led it.", ["J. R. Smith led it."], id="initials"),
        pytest.param("Since Jan. 2019 there.", ["Since Jan. 2019 there."], id="month"),
        pytest.param("Version 3.5 of node.js is used.", ["Version 3.5 of node.js is used."], id="dots inside words"),
        pytest.param("It grew approx. tenfold.", ["It grew approx. tenfold."], id="before a small letter"),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("• Java\n• SQL and more\n• Kafka", ["• Java", "• SQL and more", "• Kafka"], id="bullets"),
        pytest.param("- Java\n- SQL", ["- Java", "- SQL"], id="dashes"),
        pytest.param("1. Java\n2) SQL\n(3) Go", ["1. Java", "2) SQL", "(3) Go"], id="numbers"),
        pytest.param("Skills • Java • SQL", ["Skills", "• Java", "• SQL"], id="bullets in one line"),
        pytest.param("•\nJava and Kafka\n•\nSQL", ["•\nJava and Kafka", "•\nSQL"], id="bullets on lines of their own"),
        pytest.param("Worked with\n•\nJava", ["Worked with", "•\nJava"], id="a lone bullet after a line"),
    ],
)
def test_items(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{LONG}\nreports for the head of the ward every week until\nthe end.",
            [f"{LONG}\nreports for the head of the ward every week until\nthe end."],
            id="a sentence over three lines",
        ),
        pytest.param(
            f"{LONG}\nMonday reports for Brown Hospital in Boston and for others\n{LONG}",
            [f"{LONG}\nMonday reports for Brown Hospital in Boston and for others\n{LONG}"],
            id="a broken line before a capital",
        ),
        pytest.param(f"{LONG}\n\nreports.", [LONG, "reports."], id="a blank line"),
        pytest.param(f"WORK EXPERIENCE\n{LONG}.", ["WORK EXPERIENCE", f"{LONG}."], id="a heading in capitals"),
        pytest.param(f"{LONG}.\nEducation\n{LONG}.", [f"{LONG}.", "Education", f"{LONG}."], id="a heading"),
        pytest.param(
            f"Nurse\nBoston\n{LONG}\n{LONG}.", ["Nurse", "Boston", f"{LONG}\n{LONG}."], id="short lines at the top"
        ),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    assert found(text) == expected


RUSSIAN = "Руководил отделом продаж и отвечал за работу"
CHINESE = "负责管理医院重症监护病房的日常护理工作并且每个星期都要"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "负责护理。管理团队！真的？是的；好", ["负责护理。", "管理团队！", "真的？", "是的；", "好"], id="CJK"
        ),
        pytest.param("彼は「はい。」と言った。", ["彼は「はい。」", "と言った。"], id="a closing bracket"),
        pytest.param(
            f"{CHINESE}\n写报告给主任然后参加全院的会议并且做好会议的记录\n{CHINESE}",
            [f"{CHINESE}\n写报告给主任然后参加全院的会议并且做好会议的记录\n{CHINESE}"],
            id="a Chinese sentence over lines",
        ),
        pytest.param(
            f"工作经历\n{CHINESE}\n{CHINESE}。", ["工作经历", f"{CHINESE}\n{CHINESE}。"], id="a Chinese heading"
        ),
        pytest.param(
            f"{RUSSIAN}\nс клиентами из разных стран и городов мира.",
            [f"{RUSSIAN}\nс клиентами из разных стран и городов мира."],
            id="a Russian sentence over lines",
        ),
        pytest.param(f"ОПЫТ РАБОТЫ\n{RUSSIAN}", ["ОПЫТ РАБОТЫ", RUSSIAN], id="a Russian heading"),
    ],
)
def test_other_scripts(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_sections_and_paragraphs_are_stronger_than_sentences() -> None:
    text = "One. Two.\n\nThree. EDUCATION here."
    strengths = {
        text[stretch.start : stretch.end]: stretch.strength
        for stretch in stretches(text, frozenset({text.index("EDUCATION")}))
    }
    assert strengths == {
        "One.": Strength.PARAGRAPH,
        "Two.": Strength.SENTENCE,
        "Three.": Strength.PARAGRAPH,
        "EDUCATION here.": Strength.SECTION,
    }

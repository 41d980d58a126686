"""In which language a text is."""

import pytest

from services.ingest.structure.language import language_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have been working as an accountant for ten years and prepared the yearly statements of the company.", "en"),
        ("Ich habe zehn Jahre als Buchhalterin gearbeitet und die Abschlüsse der Gesellschaft vorbereitet.", "de"),
        ("J'ai travaillé pendant dix ans comme comptable et préparé les comptes annuels de la société.", "fr"),
        ("我在一家大型企业担任会计工作十年，负责编制年度财务报表，并与审计师合作完成年终审计工作。", "zh"),
        ("Java, SQL", None),
        ("+47 123 45 678\n" * 30, None),
    ],
)
def test_the_language_is_told_where_there_is_enough_text(text, language):
    assert language_of(text) == language

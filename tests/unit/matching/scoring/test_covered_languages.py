"""A model of one language is known as that."""

import pytest

from services.matching.scoring.covered_languages import is_covered

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("model", "language", "covered"),
    [
        ("all-MiniLM-L6-v2", "en", True),
        ("all-MiniLM-L6-v2", "de", False),
        ("sentence-transformers/all-MiniLM-L6-v2", "fr", False),
        ("all-MiniLM-L6-v2", None, True),
        ("multilingual-e5-small", "de", True),
        ("a-model-of-our-own", "pl", True),
    ],
)
def test_languages_of_models(model: str, language: str | None, covered: bool) -> None:
    assert is_covered(model, language) is covered

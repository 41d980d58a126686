"""What is embedded tells nobody's sex by its pronouns."""

import pytest

from services.embedding.segmentation.pronouns import neutral

pytestmark = pytest.mark.unit


def test_the_same_is_said_of_everybody():
    assert neutral("He drove his lorry himself; HIS yard") == "They drove their lorry themselves; THEIR yard"
    assert neutral("She drove her lorry herself; HER yard") == neutral("He drove his lorry himself; HIS yard")


def test_other_words_stay_as_they_are():
    text = "There is the sheriff of Hereford with a heron"
    assert neutral(text) is text

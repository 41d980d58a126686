"""The form in which cues are written."""

from __future__ import annotations

import pytest

from services.ingest.structure.mentions.states.cue_phrases import Phrase, phrases_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("column", "phrases"),
    [
        ("no|not a", [Phrase((), ("no",), False, 0), Phrase((), ("not", "a"), False, 0)]),
        ("no {/prior} use", [Phrase((), ("no", "use"), False, 0), Phrase((), ("no", "prior", "use"), False, 0)]),
        ("unfamiliar with…", [Phrase((), ("unfamiliar", "with"), True, 0)]),
        ("…is not needed", [Phrase((), ("is", "not", "needed"), True, 0)]),
        ("no … needed…", [Phrase(("no",), ("needed",), True, 0)]),
        ("(worked) alongside…", [Phrase((), ("worked", "alongside"), True, 1)]),
    ],
)
def test_a_phrase_is_read(column: str, phrases: list[Phrase]) -> None:
    assert list(phrases_of(column)) == phrases


@pytest.mark.parametrize("column", ["…", "no … more … needed", "{/}"])
def test_a_phrase_of_another_form_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match="no phrase"):
        list(phrases_of(column))

"""One list of degrees serves mentions and studies; it says which of its names count where."""

from __future__ import annotations

from typing import get_args

import pytest

from libs.contracts.structure import EducationLevel
from services.ingest.structure.entries.studies.degrees import degrees_in, listed_names
from services.ingest.structure.mentions.names import read_names

pytestmark = pytest.mark.unit


def _mentioned() -> set[str]:
    return {name.written.casefold() for name in read_names("degrees.tsv", "degree")}


@pytest.mark.parametrize("name", ["Bachelor of Science", "Abitur", "Laurea triennale", "硕士学位", "doktorat"])
def test_degrees_of_the_list_are_known_to_both(name: str) -> None:
    assert name.casefold() in _mentioned()
    assert degrees_in(f"{name}, 2012")


@pytest.mark.parametrize("name", ["certificate", "studies", "curso", "diploma"])
def test_a_word_that_mostly_means_other_things_is_no_mention(name: str) -> None:
    assert name not in _mentioned()


@pytest.mark.parametrize(
    ("line", "degree"),
    [("MSc Finance, Aldham University", "MSc"), ("Bachelor's degree in Accounting", "Bachelor's degree")],
)
def test_studies_leave_the_subject_out_of_the_degree(line: str, degree: str) -> None:
    (found,) = degrees_in(line)
    assert line[found.start : found.end] == degree


def test_a_name_is_of_one_level_only() -> None:
    levels: dict[str, set[str]] = {}
    for name in listed_names():
        if not name.needs_context:
            levels.setdefault(name.written.casefold(), set()).add(name.level)

    assert {name: found for name, found in levels.items() if len(found) > 1} == {}
    assert {level for found in levels.values() for level in found} <= set(get_args(EducationLevel))

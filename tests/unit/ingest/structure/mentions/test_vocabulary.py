"""The files that names and cues are read from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from libs.contracts.structure import EducationLevel
from services.ingest.structure.mentions import names
from services.ingest.structure.mentions.languages import level_words
from services.ingest.structure.mentions.names import at_places, read_columns, read_names, read_places
from services.ingest.structure.mentions.states.cues import cues
from services.ingest.structure.mentions.vocabulary import vocabulary

pytestmark = pytest.mark.unit

COLUMNS = {
    "skills.tsv": 5,
    "licences.tsv": 5,
    "languages.tsv": 5,
    "degrees.tsv": 5,
    "clause_words.tsv": 4,
    "cues.tsv": 7,
    "language_levels.tsv": 4,
    "places.tsv": 3,
    "decoys.tsv": 2,
}


def lines(file: str) -> list[list[str]]:
    return [columns for _, columns in read_columns(file, COLUMNS[file])]


def test_every_file_is_described_here() -> None:
    assert {path.name for path in names.DATA.iterdir()} == set(COLUMNS)


@pytest.mark.parametrize("file", COLUMNS)
def test_each_file_tells_its_version_and_each_line_its_source(file: str) -> None:
    first = (names.DATA / file).read_text(encoding="utf-8").split("\n", 1)[0]

    assert first.startswith("#")
    assert "version" in first.casefold()
    assert all(columns[-1] for columns in lines(file))


@pytest.mark.parametrize(
    ("file", "least"), [("skills.tsv", 2_000), ("licences.tsv", 300), ("languages.tsv", 60), ("degrees.tsv", 100)]
)
def test_there_are_enough_names_and_each_stands_once(file: str, least: int) -> None:
    canonical = Counter(columns[0] for columns in lines(file))

    assert len(canonical) >= least
    assert [name for name, count in canonical.items() if count > 1] == []


def test_licences_are_of_many_trades() -> None:
    assert len({columns[3] for columns in lines("licences.tsv")}) >= 12


def test_degrees_have_levels_and_languages_codes() -> None:
    assert {columns[3] for columns in lines("degrees.tsv")} <= set(get_args(EducationLevel))
    assert all(2 <= len(columns[3]) <= 3 for columns in lines("languages.tsv"))


def test_all_that_is_known_can_be_read() -> None:
    assert vocabulary().beginnings(["kubernetes"]) == [0]
    assert cues().beginnings(["never", "used"]) == [0]
    assert level_words().beginnings(["fluent"]) == [0]


def test_a_licence_of_a_place_is_known_in_each_place() -> None:
    known = {name.canonical for name in at_places(read_names("licences.tsv", "licence"), read_places())}

    assert {"California bar admission", "New York bar admission"} <= known
    assert not any("<place>" in name for name in known)


@pytest.mark.parametrize(
    "line",
    ["Python\t\t\tlanguage", "Python\t\tsometimes\tlanguage\town", "Python\tPy{maybe}\t\tlanguage\town", "\t\t\t\town"],
)
def test_a_line_that_is_not_of_the_form_is_refused_with_its_number(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "DATA", tmp_path)
    (tmp_path / "wrong.tsv").write_text(f"# version 1\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"wrong\.tsv, line 2"):
        list(read_names("wrong.tsv", "skill"))

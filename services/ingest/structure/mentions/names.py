"""What the vocabulary knows of a name, and how its files are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from libs.contracts.structure import MentionType
from services.ingest.structure.mentions.tokens import fold

DATA = Path(__file__).with_name("data")
_COLUMNS = 5
# A name with its own flags in braces behind it.
_OTHER_NAME = re.compile(r"\s*([^{}]+?)\s*(?:\{([^{}]*)\})?\s*")
# `study` and `mention` are of degrees: see the head of their file.
_FLAGS = frozenset({"case", "listed", "context", "section", "hidden", "spoken", "study", "mention"})


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a name counts. Of `listed`, `context`, `sections` and `spoken` one is enough; none of them: everywhere.

    `context` holds folded words, one of which must stand near. `spoken`: only where it is said of a language that
    somebody speaks it, as the word may mean something else (a nationality).
    """

    case: bool = False
    listed: bool = False
    context: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    spoken: bool = False

    @property
    def free(self) -> bool:
        """Whether the name counts wherever it stands."""
        return not (self.listed or self.context or self.sections or self.spoken)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of something. `type` is None for a phrase that only looks as if it held a name.

    `category` is a group of the file's own, of a degree its level, of a language its ISO 639 code.
    """

    type: MentionType | None
    canonical: str
    written: str
    category: str
    conditions: Conditions


def read_names(file: str, of: MentionType | None) -> Iterator[Name]:
    """The names in one of the vocabulary's files. ValueError names the line that is not of the form."""
    for number, columns in read_columns(file, _COLUMNS):
        canonical, others, flags, category, _source = columns
        if "study" in flags.split(";"):
            continue
        try:
            if "hidden" not in flags.split(";"):
                yield Name(of, canonical, canonical, category, _conditions(flags))
            for other in filter(None, others.split("|")):
                parsed = _OTHER_NAME.fullmatch(other)
                if parsed is None:
                    raise ValueError(f"{other!r} is no name")
                yield Name(of, canonical, parsed[1], category, _conditions(parsed[2] or ""))
        except ValueError as error:
            raise ValueError(f"{file}, line {number}: {error}") from error


def read_places() -> list[tuple[str, list[str]]]:
    """Places that give licences: each place's name, and all names it goes by."""
    return [
        (place, [place, *(name.strip() for name in others.split("|") if name.strip())])
        for _, (place, others, _source) in read_columns("places.tsv", 3)
    ]


def at_places(names: Iterator[Name], places: list[tuple[str, list[str]]]) -> Iterator[Name]:
    """The names, those with `<place>` in them once for each place."""
    for name in names:
        if "<place>" not in name.written:
            if "<place>" not in name.canonical:
                yield name
            continue
        for place, others in places:
            canonical = name.canonical.replace("<place>", place)
            for other in others:
                written = name.written.replace("<place>", other)
                yield Name(name.type, canonical, written, name.category, name.conditions)


def read_columns(file: str, count: int) -> Iterator[tuple[int, list[str]]]:
    """A data file's lines without comments, with their numbers. ValueError where one has not `count` columns."""
    with (DATA / file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.startswith("#") or not line.strip():
                continue
            columns = [column.strip() for column in line.rstrip("\n").split("\t")]
            if len(columns) != count or not columns[0] or not columns[-1]:
                raise ValueError(f"{file}, line {number}: {count} columns are needed, with a name and a source")
            yield number, columns


@cache
def _conditions(flags: str) -> Conditions:
    given = dict(flag.strip().partition(":")[::2] for flag in flags.split(";") if flag.strip())
    if unknown := given.keys() - _FLAGS:
        raise ValueError(f"unknown flag {min(unknown)!r}")
    return Conditions(
        case="case" in given,
        listed="listed" in given,
        context=frozenset(fold(word.strip()) for word in given.get("context", "").split(",") if word.strip()),
        sections=frozenset(kind.strip() for kind in given.get("section", "").split(",") if kind.strip()),
        spoken="spoken" in given,
    )

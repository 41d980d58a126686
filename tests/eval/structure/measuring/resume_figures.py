"""Sections, entries and titles of labelled resumes."""

from __future__ import annotations

import re
from typing import Any

from measuring.counting import Counts, folded
from measuring.labelled_data import Labelled

from libs.contracts.structure import Entry

_NUMBER = re.compile(r"^(?:\d{1,2}|[ivx]{1,4}) ")


def sections(labelled: Labelled) -> Counts:
    """Headings in order, each right where heading and kind are. "2. Education" and "II. Education" are "Education"."""
    wanted = [(_unnumbered(each["heading"]), each["kind"]) for each in labelled.label["sections"]]
    found = [(_unnumbered(each.title), each.kind) for each in labelled.document.structure.sections]
    counts = Counts()
    rest = list(found)
    for each in wanted:
        if each in rest:
            rest.remove(each)
            counts.right += 1
        else:
            counts.missed += 1
            counts.faults.append(f"{labelled.name} section {each} not found")
    counts.false = len(rest)
    counts.faults += [f"{labelled.name} section {each} is none" for each in rest]
    return counts


def entries_of_type(labelled: Labelled, kind: str) -> Counts:
    """Entries of a type, one to one: right where dates, title and organization (and level) are."""
    wanted = [each for each in labelled.label["entries"] if each["type"] == kind]
    rest = [each for each in labelled.document.structure.entries if each.type == kind]
    counts = Counts()
    for each in wanted:
        match = next((entry for entry in rest if _is_right(each, entry)), None)
        if match is None:
            counts.missed += 1
            counts.faults.append(f"{labelled.name} {_shown(each)} not found")
        else:
            rest.remove(match)
            counts.right += 1
    counts.false = len(rest)
    counts.faults += [f"{labelled.name} {_entry_shown(entry)} is none or wrong" for entry in rest]
    return counts


def title(labelled: Labelled) -> Counts:
    """The title: right where it is the labelled one, or another acceptable reading."""
    found = labelled.document.structure.title
    accepted = [labelled.label["title"], *labelled.label.get("also", [])]
    if any(_same_title(each, found) for each in accepted):
        return Counts(right=1)
    return Counts(missed=1, faults=[f"{labelled.name} title {found!r}, wanted {accepted[0]!r}"])


def _unnumbered(heading: str) -> str:
    return _NUMBER.sub("", folded(heading))


def _same_title(wanted: str | None, found: str | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return folded(wanted) == folded(found)


def _is_right(label: dict[str, Any], entry: Entry) -> bool:
    dates = (label["from"], label["to"], label["in_progress"]) == (entry.from_, entry.to, entry.in_progress)
    alike = _agree(label["title"], entry.title) and _agree(label["organization"], entry.organization)
    level = label["type"] == "work" or label.get("level") == entry.level
    months = label.get("months") is None or label["months"] == entry.months
    return dates and alike and level and months


def _agree(wanted: str | None, found: str | None) -> bool:
    """Whether two names are the same, or one is the other with more words around it."""
    a, b = folded(wanted), folded(found)
    if not a or not b:
        return a == b
    return a == b or f" {a} " in f" {b} " or f" {b} " in f" {a} "


def _shown(label: dict[str, Any]) -> str:
    return f"{label['type']} {label['title']!r} at {label['organization']!r} {label['from']} to {label['to']}"


def _entry_shown(entry: Entry) -> str:
    return f"{entry.type} {entry.title!r} at {entry.organization!r} {entry.from_} to {entry.to} {entry.level or ''}"

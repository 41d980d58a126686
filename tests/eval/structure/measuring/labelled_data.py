"""The labelled documents: our own texts, and facts about texts of ../shared/data, which stay where they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from libs.contracts.errors import RecordRejected
from libs.contracts.file_type import FileType
from libs.contracts.identifiers import Kind
from services.ingest.parsing.content import Content, ParsedDocument
from services.ingest.parsing.parsing import parse
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

LABELS = Path(__file__).resolve().parents[1] / "labels"
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data"
AS_OF = "2026-11-01"
MAX_CHARS = 200_000

Part = Literal["seen", "held-out"]
PARTS: tuple[Part, ...] = ("seen", "held-out")


@dataclass(frozen=True)
class Labelled:
    """One labelled document.

    `part` says whether the rules were written with its label in view; `source` is where its text is from: `made` by
    the project, or the folder or list of ../shared/data.
    """

    name: str
    part: Part
    language: str
    occupation: str
    source: str
    label: dict[str, Any]
    document: ParsedDocument


@dataclass
class LeftOut:
    """What could not be measured, by the file that is not there."""

    documents: int = 0


def shared_is_there() -> bool:
    """Whether the real documents lie beside the project."""
    return (SHARED / "resumes" / "resumes.jsonl").is_file()


@cache
def real_resumes() -> dict[str, dict[str, str]]:
    """The real resumes by id."""
    with (SHARED / "resumes" / "resumes.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


def rows(name: str, part: Part) -> Iterator[dict[str, Any]]:
    """The labels of one file."""
    with (LABELS / f"{name}-{part}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def labelled_resumes(left_out: LeftOut) -> list[Labelled]:
    """Whole resumes with sections and entries: our own of many languages, and real ones."""
    return [
        Labelled(row["id"], part, row["language"], row["occupation"], name, row, document)
        for part in PARTS
        for name in ("made", "real")
        for row in rows(name, part)
        if (document := _resume(row, left_out)) is not None
    ]


def labelled_titles(left_out: LeftOut) -> list[Labelled]:
    """Documents of which the title alone is labelled."""
    return [
        Labelled(row["id"], part, "", "", row.get("source", "made").partition("/")[0], row, document)
        for part in PARTS
        for row in rows("titles", part)
        if (document := _resume(row, left_out)) is not None
    ]


def labelled_postings() -> list[Labelled]:
    """Postings with what they ask for, as they would be sent."""
    return [
        Labelled(row["id"], part, row["language"], row["occupation"], "made", row, _posting(row))
        for part in PARTS
        for row in rows("postings", part)
    ]


def labelled_headers() -> list[Labelled]:
    """Short resumes with identity spans: their text is taken as stored, since labels are offsets."""
    return [
        Labelled(row["id"], part, row["language"], row["culture"], "made", row, as_stored(row["text"]))
        for part in PARTS
        for row in rows("identity", part)
    ]


def labelled_disclaimed() -> list[Labelled]:
    """Short texts with the stretches that say what somebody has not; none are held out. Taken as stored."""
    return [
        Labelled(row["id"], "seen", row["language"], "", "made", row, as_stored(row["text"], row["kind"]))
        for row in rows("disclaimed", "seen")
    ]


def as_stored(text: str, kind: Kind = "resume") -> ParsedDocument:
    """A document whose text is already in the stored form."""
    structure = find_structure(StoredText(kind, text, date.fromisoformat(AS_OF)))
    return ParsedDocument(file_type=FileType.TEXT, text=text, as_of=AS_OF, structure=structure)


def parsed_text(text: str) -> ParsedDocument:
    """A resume that was sent as text."""
    return parse(Content(kind="resume", data=text.encode(), as_of=AS_OF, content_type="text/plain"), MAX_CHARS)


def parsed_file(file: Path) -> ParsedDocument | None:
    """A resume that was sent as a file; None where it holds no text."""
    try:
        return parse(Content(kind="resume", data=file.read_bytes(), as_of=AS_OF, filename=file.name), MAX_CHARS)
    except RecordRejected:
        return None


def _resume(row: dict[str, Any], left_out: LeftOut) -> ParsedDocument | None:
    if "text" in row:
        return parsed_text(row["text"])
    if not shared_is_there():
        left_out.documents += 1
        return None
    if row["source"] == "resumes.jsonl":
        return parsed_text(real_resumes()[row["id"]]["text"])
    return parsed_file(SHARED / "files" / row["source"])


def _posting(row: dict[str, Any]) -> ParsedDocument:
    fields = {name: row[name] for name in ("title", "description", "requirements") if row[name] is not None}
    data = json.dumps(fields).encode()
    return parse(Content(kind="job", data=data, as_of=AS_OF, content_type="application/json"), MAX_CHARS)

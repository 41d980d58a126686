"""What there is to load: the documents in files, folders and JSON Lines, each with its id."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from libs.contracts.documents import MAX_FILE_BYTES
from libs.contracts.identifiers import Kind
from libs.contracts.json_forms import JSON_RESUME_FIELDS, is_json_resume, is_other_form
from services.cli.load.document_ids import content_id, document_id

JSON_LINES = (".jsonl", ".ndjson")
BOM = b"\xef\xbb\xbf"
_FIELDS: dict[Kind, tuple[str, ...]] = {
    "resume": ("text",),
    "job": ("text", "title", "description", "requirements"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One document to load: a whole file, or (with a `line`) the line of a file that begins at byte `start`."""

    kind: Kind
    id: str
    path: Path
    line: int | None = None
    start: int = 0

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return str(self.path) if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that can't become a document, and why."""

    source: str
    code: str
    message: str


@dataclass(slots=True)
class Survey:
    """What was found at the paths given, in their order."""

    items: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    same: list[Rejected] = field(default_factory=list)


def survey(paths: Iterable[Path], kind: Kind, prefix: str = "") -> Survey:
    """Finds every document at `paths` and gives it its id; blocks while it reads lines and names, keeps no content.

    A line's `id`, else a file's name without suffix, else a hash of the content. Files that would share an id get
    `-` and their suffix too, then a hash of their content; the same content again is told in `same`.
    """
    found = Survey()
    files: list[Path] = []
    for path in _files(paths, found):
        if path.suffix.lower() in JSON_LINES:
            _lines(path, kind, prefix, found)
        else:
            files.append(path)
    _named(files, kind, prefix, found)
    return found


def file_content(item: Item) -> bytes:
    """The bytes of a file. Raises OSError, and ValueError with a sentence where it is too large to be taken."""
    with item.path.open("rb") as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"the file has {item.path.stat().st_size:,} bytes; {MAX_FILE_BYTES:,} are allowed")
    return content


def line_fields(item: Item) -> dict[str, Any]:
    """The body that a line becomes: its fields where they belong, `id` aside, everything else as metadata.

    The fields of a JSON Resume are the document as well; a job in another system's form stays as it is.
    Raises OSError; ValueError where the file changed since it was surveyed.
    """
    with item.path.open("rb") as stream:
        stream.seek(item.start)
        entry = _object(stream.readline())
    entry.pop("id", None)
    if item.kind == "job" and is_other_form(entry, "job"):
        return entry
    document = JSON_RESUME_FIELDS if item.kind == "resume" and is_json_resume(entry) else _FIELDS[item.kind]
    fields = {name: entry.pop(name) for name in document if entry.get(name) is not None}
    given = entry.pop("metadata", None)
    metadata = {name: value for name, value in entry.items() if value is not None}
    if isinstance(given, dict):
        metadata |= given
    elif given is not None:
        metadata["metadata"] = given
    return fields | ({"metadata": metadata} if metadata else {})


def _files(paths: Iterable[Path], found: Survey) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        here = _within(path, found) if path.is_dir() else [path]
        for file in here:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if file.is_file() and os.access(file, os.R_OK):
                yield file
            else:
                found.rejected.append(Rejected(str(file), "unreadable", _why_not(file)))


def _within(folder: Path, found: Survey) -> list[Path]:
    def unreadable(error: OSError) -> None:
        found.rejected.append(Rejected(str(error.filename), "unreadable", f"cannot be opened: {error.strerror}"))

    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [Path(parent) / name for name in sorted(names) if not name.startswith(".")]
    if not files and not found.rejected:
        found.rejected.append(Rejected(str(folder), "empty", "the folder holds no files"))
    return files


def _why_not(path: Path) -> str:
    if not path.exists():
        return "there is no such file or folder"
    if not path.is_file():
        return "it is neither a file nor a folder"
    return "you may not read it"


def _lines(path: Path, kind: Kind, prefix: str, found: Survey) -> None:
    start = 0
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    item = _line(path, number, start, line, kind, prefix)
                    if isinstance(item, Item):
                        found.items.append(item)
                    else:
                        found.rejected.append(item)
                start += len(line)
    except OSError as error:
        found.rejected.append(Rejected(str(path), "unreadable", f"cannot be read: {error.strerror}"))


def _line(path: Path, number: int, start: int, line: bytes, kind: Kind, prefix: str) -> Item | Rejected:
    source = f"{path}:{number}"
    try:
        given = _object(line).get("id")
    except ValueError as error:
        return Rejected(source, "invalid_content", str(error))
    if given is None or given == "":
        named = document_id(content_id(line.strip()), prefix)
    elif isinstance(given, str | int) and not isinstance(given, bool):
        named = document_id(str(given), prefix) or document_id(content_id(line.strip()), prefix)
    else:
        return Rejected(source, "invalid_content", "the line's id is neither a text nor a whole number")
    assert named is not None
    return Item(kind, named, path, number, start)


def _object(line: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line.removeprefix(BOM), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(f"the line is not a JSON object: {error}") from error


def _named(files: list[Path], kind: Kind, prefix: str, found: Survey) -> None:
    """Gives files their ids. Each step is taken by those alone that still share one."""
    taken = {item.id for item in found.items}
    items: list[Item] = []
    for path in files:
        try:
            named = document_id(path.stem, prefix) or document_id(content_id(path.read_bytes()), prefix)
        except OSError as error:
            found.rejected.append(Rejected(str(path), "unreadable", f"cannot be read: {error.strerror}"))
            continue
        assert named is not None
        items.append(Item(kind, named, path))
    for rename in (_with_suffix, _with_hash):
        counts = Counter(item.id for item in items)
        items = [rename(item, prefix) if counts[item.id] > 1 or item.id in taken else item for item in items]
    first: dict[str, Item] = {}
    for item in items:
        if item.id in first:
            told = f"the same name and content as {first[item.id].source}: loaded once"
            found.same.append(Rejected(item.source, "same", told))
        else:
            first[item.id] = item
    found.items += first.values()


def _with_suffix(item: Item, prefix: str) -> Item:
    suffix = item.path.suffix.removeprefix(".")
    named = document_id(f"{item.path.stem}-{suffix}", prefix) if suffix else None
    return replace(item, id=named or item.id)


def _with_hash(item: Item, prefix: str) -> Item:
    stem = item.path.name.replace(".", "-")
    named = document_id(f"{stem}-{content_id(item.path.read_bytes())[:8]}", prefix)
    return replace(item, id=named or item.id)

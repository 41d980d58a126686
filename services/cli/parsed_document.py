"""What would be stored of a file, for people. All that colours say is said in words too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from libs.contracts.documents import Note
from libs.contracts.structure import (
    DisclaimedSpan,
    Entry,
    IdentitySpan,
    Mention,
    MentionType,
    Requirement,
    RequirementPart,
    Section,
    SectionKind,
)
from services.cli.tables import excerpt, table

_KIND_STYLES: dict[SectionKind, str] = {
    "summary": "cyan",
    "experience": "green",
    "education": "blue",
    "skills": "magenta",
    "certifications": "yellow",
    "languages": "bright_cyan",
    "projects": "bright_green",
    "other": "dim",
}
_KIND_WIDTH = 1 + max(map(len, _KIND_STYLES))
_IDENTITY_STYLE = "reverse"
_MENTION_TITLES: dict[MentionType, str] = {
    "skill": "skills",
    "licence": "licences",
    "language": "languages",
    "degree": "degrees",
}


class StoredDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What ingest's own entry prints as JSON."""

    text: str
    title: str | None
    language: str | None
    as_of: str
    structure_version: int
    sections: list[Section]
    identity_spans: list[IdentitySpan]
    entries: list[Entry]
    mentions: list[Mention]
    disclaimed_spans: list[DisclaimedSpan]
    requirements_found: list[Requirement]
    notes: list[Note]


def print_stored(out: Console, document: StoredDocument) -> None:
    """Title, language and day; what was left out; entries, requirements, mentions and what is disclaimed; the text
    itself, marked."""
    head = Table.grid(padding=(0, 2))
    head.add_column(style="bold")
    head.add_column(overflow="fold")
    head.add_row("title", Text(document.title or "none found"))
    head.add_row("language", Text(document.language or "could not be told"))
    head.add_row("as of", Text(document.as_of))
    for note in document.notes:
        head.add_row("left out" if "left out" in note.message else "note", Text(f"{note.message} ({note.code})"))
    out.print(head)
    if document.entries:
        out.print(_entries(document.entries))
    if document.requirements_found:
        out.print(_requirements(document.requirements_found))
    if document.mentions:
        out.print(_mentions(document.mentions))
    if document.disclaimed_spans:
        out.print(_disclaimed(document))
    out.print(Text("Text", style="bold"))
    _print_text(out, document)


def _entries(entries: Sequence[Entry]) -> Table:
    made = table("", "title", "organization", "from", "to", "", title="Entries")
    for entry in entries:
        until = "present" if entry.in_progress else entry.to
        lasted = None if entry.months is None else f"{entry.months} months"
        more = ", ".join(each for each in (entry.level, entry.subject, lasted) if each)
        cells = (entry.type, entry.title, entry.organization, entry.from_, until, more)
        made.add_row(*(Text(excerpt(cell or "", 60)) for cell in cells))
    return made


def _requirements(requirements: Sequence[Requirement]) -> Table:
    made = table("", "requirement", "asked", title="Requirements")
    for requirement in requirements:
        made.add_row(Text(requirement.necessity), Text(excerpt(requirement.text)), Text(_numbers(requirement)))
        for part in requirement.parts:
            necessity = part.necessity if part.necessity != requirement.necessity else ""
            made.add_row(Text(necessity), Text(f"  - {excerpt(part.text)}"), Text(_numbers(part)))
    return made


def _numbers(asked: RequirementPart) -> str:
    return ", ".join(
        f"{number.value:g}{'' if number.at_most is None else f'-{number.at_most:g}'} {number.unit}"
        for number in asked.numbers
    )


def _mentions(mentions: Sequence[Mention]) -> Table:
    """Each name once a state, in the order in which it is first mentioned, with how often."""
    made = table("", "mentioned", title="Mentions")
    for type, title in _MENTION_TITLES.items():
        counts: dict[str, int] = {}
        for mention in mentions:
            if mention.type == type:
                said = mention.name if mention.level is None else f"{mention.name} {mention.level}"
                said = said if mention.state == "had" else f"{said} [{mention.state.replace('_', ' ')}]"
                counts[said] = counts.get(said, 0) + 1
        if counts:
            named = (said if count == 1 else f"{said} ×{count}" for said, count in counts.items())
            made.add_row(Text(title), Text(", ".join(named)))
    return made


def _disclaimed(document: StoredDocument) -> Table:
    made = table("", "not had, or not asked", title="Disclaimed")
    for span in document.disclaimed_spans:
        made.add_row(Text(span.state.replace("_", " ")), Text(excerpt(document.text[span.start : span.end])))
    return made


def _print_text(out: Console, document: StoredDocument) -> None:
    """The text line by line, beside it the kind of the section where one begins. Only a terminal gets long lines
    broken: elsewhere a line is one line."""
    if not out.is_terminal:
        for kind, line in _lines(document):
            out.print(kind.append(" " * (_KIND_WIDTH - len(kind))).append(line), soft_wrap=True)
        return
    grid = Table.grid()
    grid.add_column(no_wrap=True, width=_KIND_WIDTH)
    grid.add_column(overflow="fold")
    for kind, line in _lines(document):
        grid.add_row(kind, line)
    out.print(grid)


def _lines(document: StoredDocument) -> Iterator[tuple[Text, Text]]:
    """Each line behind the kind of the section that begins in it; identity spans stand in brackets."""
    start = 0
    section = 0
    identity = 0
    sections = document.sections
    for line in document.text.split("\n"):
        end = start + len(line)
        named: SectionKind | None = None
        while section < len(sections) and sections[section].start <= end:
            named = sections[section].kind
            section += 1
        inside = sections[section - 1] if section and start < sections[section - 1].end else None
        style = _KIND_STYLES[inside.kind] if inside else ""
        while identity < len(document.identity_spans) and document.identity_spans[identity].end <= start:
            identity += 1
        shown = _marked(line, start, document.identity_spans[identity:], style)
        yield Text(named or "", style=f"bold {style}" if named else ""), shown
        start = end + 1


def _marked(line: str, start: int, spans: Sequence[IdentitySpan], style: str) -> Text:
    """A line that begins at `start`; `spans` are those that end behind that, in order."""
    made = Text(style=style)
    at = 0
    for span in spans:
        begin, end = max(span.start - start, at), min(span.end - start, len(line))
        if begin >= len(line):
            break
        made.append(line[at:begin])
        made.append(f"[{span.type}: {line[begin:end]}]", style=_IDENTITY_STYLE)
        at = end
    made.append(line[at:])
    return made

"""What ingest finds in a stored text beside the words themselves: the structure, and its version.

All offsets count code points of the stored text.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from libs.contracts.documents import Note, Span

# Goes up whenever ingest finds something else in the same text: what is stored is then derived again.
STRUCTURE_VERSION = 5

SectionKind = Literal[
    "summary", "experience", "education", "skills", "certifications", "languages", "projects", "other"
]
IdentityType = Literal["name", "email", "phone", "address", "link", "protected"]
EntryType = Literal["work", "education"]
EducationLevel = Literal["secondary", "vocational", "associate", "bachelor", "master", "doctorate", "other"]
MentionType = Literal["skill", "licence", "language", "degree"]
MentionState = Literal["had", "denied", "wished", "expired", "other_person"]
DisclaimedState = Literal["denied", "wished", "other_person"]
Necessity = Literal["must", "nice"]

MAX_SECTIONS = 200
MAX_ENTRIES = 200
MAX_MENTIONS = 2_000
MAX_DISCLAIMED = 500
MAX_REQUIREMENTS = 200
MAX_PARTS = 20


class LineStyle(msgspec.Struct, frozen=True, array_like=True):
    """How a line stood on its page. `size` is relative to the size of most text, `gap` the blank space above the line
    in heights of a line; `coloured`: another colour than most text has."""

    size: float = 1.0
    bold: bool = False
    coloured: bool = False
    gap: float = 0.0


class IdentitySpan(Span, frozen=True):
    """A stretch that tells who a person is; left out of what is embedded and scored.

    `protected` is all that tells age, origin, sex, family or belief: no finer type is stored.
    """

    type: IdentityType


class Section(Span, frozen=True):
    """A part of the text under one heading; `start` is where the heading begins."""

    title: str
    kind: SectionKind = "other"


class Entry(Span, frozen=True, kw_only=True):
    """A position held or studies. Dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None where the text names none.

    Of work, `title` is the position and `organization` the employer; of education the degree and the school, as
    written. `to` is None while it lasts, which `in_progress` tells apart from an end that is not named. `months` is how
    long it lasted, where the text says that instead of dates. `level` and `subject` are of education alone.
    """

    type: EntryType
    title: str | None = None
    organization: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    in_progress: bool = False
    months: int | None = None
    level: EducationLevel | None = None
    subject: str | None = None


class Mention(Span, frozen=True, kw_only=True):
    """A skill, licence, language or degree named in the text; `name` is its canonical name.

    `level` is of a language (`A1` … `C2`, `native`) or a degree (see EducationLevel), where the text tells it.
    """

    type: MentionType
    name: str
    level: str | None = None
    state: MentionState = "had"


class DisclaimedSpan(Span, frozen=True):
    """A stretch that says what somebody has not, and a job does not ask; left out of what is embedded and scored.

    `state` is how it says so: the person denies it, wishes for it, or another person has it.
    """

    state: DisclaimedState


class AskedNumber(Span, frozen=True, kw_only=True):
    """A number that a requirement asks for, `at_most` where that is the upper of a range; `unit` as `years`, `wpm`."""

    value: float
    at_most: float | None = None
    unit: str


class RequirementPart(Span, frozen=True, kw_only=True):
    """One of several things that a requirement asks for."""

    text: str
    necessity: Necessity = "must"
    numbers: list[AskedNumber] = msgspec.field(default_factory=list)


class Requirement(RequirementPart, frozen=True, kw_only=True):
    """A stretch of a job that asks for something; `parts` where it asks for several things, else empty."""

    parts: list[RequirementPart] = msgspec.field(default_factory=list)


class Structure(msgspec.Struct, frozen=True, kw_only=True):
    """All that is found in one stored text. `version` is the STRUCTURE_VERSION of who found it.

    `language` is an ISO 639-1 code; `requirements_found` are a job's; `notes` say what was found and not kept.
    """

    version: int = STRUCTURE_VERSION
    title: str | None = None
    language: str | None = None
    sections: list[Section] = []
    identity_spans: list[IdentitySpan] = []
    entries: list[Entry] = []
    mentions: list[Mention] = []
    disclaimed_spans: list[DisclaimedSpan] = []
    requirements_found: list[Requirement] = []
    notes: list[Note] = []

    @property
    def hidden_spans(self) -> list[Span]:
        """What is neither embedded nor scored."""
        return [*self.identity_spans, *self.disclaimed_spans]


# Codes of a structure's own notes. A document's other notes are of its parser, and stay when the structure is found
# anew.
REQUIREMENTS_LEFT_OUT = "requirements_left_out"
STRUCTURE_NOTES = frozenset({REQUIREMENTS_LEFT_OUT})

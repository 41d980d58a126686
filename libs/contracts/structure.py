"""What ingest finds in a stored text beside the words themselves: the structure, and its version.

All offsets count code points of the stored text.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

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

    type: Annotated[
        IdentityType,
        Meta(description="What it tells; `protected` is all that tells age, origin, sex, family or belief"),
    ]


class Section(Span, frozen=True):
    """A part of the text under one heading; `start` is where the heading begins."""

    title: Annotated[str, Meta(description="The heading, as written")]
    kind: Annotated[SectionKind, Meta(description="What stands under it")] = "other"


class Entry(Span, frozen=True, kw_only=True):
    """A position held or studies. Dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None where the text names none.

    Of work, `title` is the position and `organization` the employer; of education the degree and the school, as
    written. `to` is None while it lasts, which `in_progress` tells apart from an end that is not named. `months` is how
    long it lasted, where the text says that instead of dates. `level` and `subject` are of education alone.
    """

    type: Annotated[EntryType, Meta(description="Whether it is a position held or studies")]
    title: Annotated[
        str | None, Meta(description="The position, or the degree, as written; null where the text names none")
    ] = None
    organization: Annotated[
        str | None, Meta(description="The employer, or the school, as written; null where the text names none")
    ] = None
    from_: Annotated[
        str | None,
        Meta(
            description="When it began: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as exact as the text; null where it says "
            "nothing"
        ),
    ] = msgspec.field(name="from", default=None)
    to: Annotated[
        str | None,
        Meta(description="When it ended, in the same forms; null while it lasts, or where the text says nothing"),
    ] = None
    in_progress: Annotated[bool, Meta(description="Whether it lasts still, by what the text says")] = False
    months: Annotated[
        int | None, Meta(description="How many months it lasted, where the text says that instead of dates; else null")
    ] = None
    level: Annotated[
        EducationLevel | None, Meta(description="The level of studies, where the text tells it; null for work")
    ] = None
    subject: Annotated[str | None, Meta(description="The subject of studies, as written; null for work")] = None


class Mention(Span, frozen=True, kw_only=True):
    """A skill, licence, language or degree named in the text; `name` is its canonical name.

    `level` is of a language (`A1` … `C2`, `native`) or a degree (see EducationLevel), where the text tells it.
    """

    type: Annotated[MentionType, Meta(description="What is named")]
    name: Annotated[str, Meta(description="Its canonical name, the same for all ways to write it")]
    level: Annotated[
        str | None,
        Meta(
            description="Of a language `A1` to `C2` or `native`, of a degree its level; null where the text does not "
            "tell it"
        ),
    ] = None
    state: Annotated[
        MentionState,
        Meta(
            description="Whether the person has it, by the text: has it, denies it, wishes for it, had it once and it "
            "is over, or somebody else has it"
        ),
    ] = "had"


class DisclaimedSpan(Span, frozen=True):
    """A stretch that says what somebody has not, and a job does not ask; left out of what is embedded and scored.

    `state` is how it says so: the person denies it, wishes for it, or another person has it.
    """

    state: Annotated[
        DisclaimedState, Meta(description="How it is disclaimed: denied, wished for, or of another person")
    ]


class AskedNumber(Span, frozen=True, kw_only=True):
    """A number that a requirement asks for, `at_most` where that is the upper of a range; `unit` as `years`, `wpm`."""

    value: Annotated[float, Meta(description="The number asked, the lower one of a range")]
    at_most: Annotated[float | None, Meta(description="The upper number of a range; null where none is asked")] = None
    unit: Annotated[str, Meta(description="What is counted, as `years` or `wpm`")]


class RequirementPart(Span, frozen=True, kw_only=True):
    """One of several things that a requirement asks for."""

    text: Annotated[str, Meta(description="The stretch, as written")]
    necessity: Annotated[Necessity, Meta(description="Whether the job asks for it (`must`) or likes it (`nice`)")] = (
        "must"
    )
    numbers: Annotated[list[AskedNumber], Meta(description="The numbers that it asks for")] = msgspec.field(
        default_factory=list
    )


class Requirement(RequirementPart, frozen=True, kw_only=True):
    """A stretch of a job that asks for something; `parts` where it asks for several things, else empty."""

    parts: Annotated[
        list[RequirementPart], Meta(description="The things it asks for, where they are several; else empty")
    ] = msgspec.field(default_factory=list)


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

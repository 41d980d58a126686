"""Fields that many bodies share, each with the words by which the API's description tells of it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from libs.contracts.identifiers import Kind

DocumentId = Annotated[str, Meta(description="The document's id: 1 to 200 of `A-Z a-z 0-9 . _ ~ : @ + -`")]
JobId = Annotated[str, Meta(description="The job's id")]
ResumeId = Annotated[str, Meta(description="The resume's id")]
DocumentKind = Annotated[Kind, Meta(description="What it is: a resume or a job")]
RevisionText = Annotated[
    str,
    Meta(
        description="Which submission this is: `STAMP-OFFSET`, milliseconds since 1970 and an offset, compared as a "
        "pair of numbers, never as text"
    ),
]
Title = Annotated[str | None, Meta(description="The title given, else the one found in the text; null where neither")]
Start = Annotated[int, Meta(description="Where it begins in the stored text, counted in Unicode code points from 0 on")]
End = Annotated[int, Meta(description="Where it ends: the place of the first code point behind it")]
ModelName = Annotated[str, Meta(description="The name of the model that computed the vectors")]
Dimension = Annotated[int, Meta(description="How many numbers a vector of it has")]
SpaceName = Annotated[
    str, Meta(description="The space of the vectors, by its hash: only vectors of one space are compared")
]
ScoringVersion = Annotated[str, Meta(description="The version of scoring: scores of different ones are not compared")]
Moment = Annotated[str, Meta(description="When, RFC 3339")]
NextCursor = Annotated[
    str | None, Meta(description="Send it as `cursor` for the page behind this one; null where this is the last")
]
IsDegraded = Annotated[bool, Meta(description="Whether this answer was made with less than everything")]
ErrorCode = Annotated[str, Meta(description="A stable name for programs")]
ErrorMessage = Annotated[str, Meta(description="A sentence for the person who must act")]

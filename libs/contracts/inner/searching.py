"""Searches by free text and documents like one: what matching is asked, and what it answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.filters import FILTERS_FORM
from libs.contracts.identifiers import Kind
from libs.contracts.inner.fields import DocumentId, DocumentKind, End, IsDegraded, Start, Title
from libs.contracts.inner.matching import Total, TotalAtLeast
from libs.contracts.standing import AskedState

MAX_QUERY_CHARS = 20_000
MAX_RESULTS = 100

Query = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MAX_QUERY_CHARS,
        description="A word, a sentence or a whole job; needs a letter or a digit",
    ),
]
Limit = Annotated[int, Meta(ge=1, le=MAX_RESULTS, description="How many to show at most")]
ReadAs = Annotated[
    Literal["query", "words"],
    msgspec.Meta(
        description="How the text was read: with its quotations, operators and parentheses, or as plain words, since "
        "it has several lines or more than 300 characters, or is malformed as a query"
    ),
]
STATE_FORM = (
    "Of jobs alone: `open`, `closed` or `any`. Without it closed ones are left out, unless the filters name `@state`"
)


class Search(msgspec.Struct, frozen=True):
    """A search by free text."""

    query: Query
    kind: Annotated[Kind, Meta(description="What is searched for: resumes or jobs")]
    limit: Limit = 10


class FilteredSearch(Search, frozen=True, forbid_unknown_fields=True):
    """A search by free text among the documents that pass filters."""

    filters: Annotated[dict[str, Any] | UnsetType | None, msgspec.Meta(description=FILTERS_FORM)] = UNSET
    state: Annotated[AskedState | UnsetType | None, msgspec.Meta(description=STATE_FORM)] = UNSET


class Highlight(msgspec.Struct, frozen=True):
    """A stretch of the stored text that answers a query."""

    text: Annotated[str, Meta(description="The stretch, as written")]
    start: Start
    end: End


class SearchResult(msgspec.Struct, frozen=True):
    """One line of a search's answer. `score` is 0-100 and compares results of one answer only;
    None where the answer was found by words alone."""

    id: DocumentId
    kind: DocumentKind
    title: Title
    score: Annotated[
        float | None,
        Meta(
            description="0 to 100; compares results of one answer only. Null where the answer was found by words alone"
        ),
    ]
    highlights: Annotated[list[Highlight], Meta(description="Stretches of its text that answer the query")]


class SearchResults(msgspec.Struct, frozen=True):
    """What a search found, best first; `degraded` where it is by words alone (`model` is null then), while the database
    is filled again from the topics, or documents that an earlier version stored are not ready to be found yet."""

    results: Annotated[list[SearchResult], Meta(description="What was found, best first")]
    degraded: IsDegraded
    model: Annotated[
        str | None,
        Meta(description="The model that was asked for the query's vector; null where the answer is by words alone"),
    ]
    read_as: ReadAs
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class SimilarDocument(msgspec.Struct, frozen=True):
    """A document that is like another one of its kind. `score` is 0-100 with one decimal: 100 is the same text."""

    id: DocumentId
    title: Title
    score: Annotated[float, Meta(description="0 to 100 with one decimal: 100 is the same text")]


class SimilarDocuments(msgspec.Struct, frozen=True):
    """The documents most alike, best first; `degraded` as for matches."""

    results: Annotated[list[SimilarDocument], Meta(description="The documents, the most alike first")]
    degraded: IsDegraded

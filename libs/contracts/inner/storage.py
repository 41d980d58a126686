"""What the database holds for matching, and what matching would do next to keep it in order."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from libs.contracts.inner.fields import DocumentKind

Work = Literal["pack", "merge", "erase", "rebuild", "vacuum"]


class StoragePart(msgspec.Struct, frozen=True, kw_only=True):
    """Tables that serve one purpose, of all tenants. `indexes` is contained in `bytes`."""

    name: Annotated[
        str, msgspec.Meta(description="documents, vectors, nearest, cards, words, filters, people, score_log, rest")
    ]
    space: Annotated[str | None, msgspec.Meta(description="the space whose vectors they are, where they are of one")]
    bytes: Annotated[int, Meta(description="Their size on disk with indexes, of all tenants")]
    indexes: Annotated[int, Meta(description="The bytes of their indexes")]
    dead_rows: Annotated[int, msgspec.Meta(description="rows that were replaced or removed and still take room")]
    bytes_of_tenant: Annotated[int, msgspec.Meta(description="by the tenant's share of all documents: an estimate")]


class WordsOfKind(msgspec.Struct, frozen=True, kw_only=True):
    """The index of words of one kind of a tenant's documents."""

    kind: DocumentKind
    documents: Annotated[int, Meta(description="How many documents the index has")]
    unpacked: Annotated[int, msgspec.Meta(description="documents that no segment has yet: looked through one by one")]
    unpacked_seconds: Annotated[float, msgspec.Meta(description="for how long the first of them has waited")]
    segments: Annotated[int, Meta(description="Of how many packed segments it consists")]
    dead: Annotated[int, msgspec.Meta(description="documents of before that segments still hold")]
    erased: Annotated[int, msgspec.Meta(description="of these, erased ones: their receipts wait for it")]


class NextWork(msgspec.Struct, frozen=True, kw_only=True):
    """Something that matching would do by itself: what, on which table or kind, when, and why."""

    work: Annotated[Work, Meta(description="What would be done")]
    on: Annotated[str, Meta(description="On which table or kind")]
    when: Annotated[str, Meta(description="When, in words")]
    why: Annotated[str, Meta(description="Why, a sentence")]


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored. `recall` is the share of the nearest documents that the index of vectors found, over the last
    searches that the answering process compared; null before the first."""

    documents: Annotated[int, msgspec.Meta(description="indexed documents of the tenant")]
    all_documents: Annotated[int, msgspec.Meta(description="of all tenants, as the database's statistics tell")]
    bytes: Annotated[int, Meta(description="The sum of all parts on disk, of all tenants")]
    parts: Annotated[list[StoragePart], Meta(description="The tables by their purpose")]
    words: Annotated[list[WordsOfKind], Meta(description="The indexes of words, by kind")]
    recall: Annotated[
        float | None,
        Meta(
            description="The share of the nearest documents that the index of vectors found, over the last searches "
            "that were compared, 0 to 1; null before the first"
        ),
    ]
    next: Annotated[list[NextWork], Meta(description="What would be done next, by itself")]

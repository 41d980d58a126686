"""What the database holds for matching, and what matching would do next to keep it in order."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from libs.contracts.identifiers import Kind

Work = Literal["pack", "merge", "erase", "rebuild", "vacuum"]


class StoragePart(msgspec.Struct, frozen=True, kw_only=True):
    """Tables that serve one purpose, of all tenants. `indexes` is contained in `bytes`."""

    name: Annotated[
        str, msgspec.Meta(description="documents, vectors, nearest, cards, words, filters, people, score_log, rest")
    ]
    space: Annotated[str | None, msgspec.Meta(description="the space whose vectors they are, where they are of one")]
    bytes: int
    indexes: int
    dead_rows: Annotated[int, msgspec.Meta(description="rows that were replaced or removed and still take room")]
    bytes_of_tenant: Annotated[int, msgspec.Meta(description="by the tenant's share of all documents: an estimate")]


class WordsOfKind(msgspec.Struct, frozen=True, kw_only=True):
    """The index of words of one kind of a tenant's documents."""

    kind: Kind
    documents: int
    unpacked: Annotated[int, msgspec.Meta(description="documents that no segment has yet: looked through one by one")]
    unpacked_seconds: Annotated[float, msgspec.Meta(description="for how long the first of them has waited")]
    segments: int
    dead: Annotated[int, msgspec.Meta(description="documents of before that segments still hold")]
    erased: Annotated[int, msgspec.Meta(description="of these, erased ones: their receipts wait for it")]


class NextWork(msgspec.Struct, frozen=True, kw_only=True):
    """Something that matching would do by itself: what, on which table or kind, when, and why."""

    work: Work
    on: str
    when: str
    why: str


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored. `recall` is the share of the nearest documents that the index of vectors found, over the last
    searches that the answering process compared; null before the first."""

    documents: Annotated[int, msgspec.Meta(description="indexed documents of the tenant")]
    all_documents: Annotated[int, msgspec.Meta(description="of all tenants, as the database's statistics tell")]
    bytes: int
    parts: list[StoragePart]
    words: list[WordsOfKind]
    recall: float | None
    next: list[NextWork]

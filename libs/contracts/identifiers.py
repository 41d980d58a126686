"""Who a document is: tenant, kind and id; and the key its records carry."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal, get_args

from libs.contracts.revision import Revision

Kind = Literal["resume", "job"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DEFAULT_TENANT = "default"

TENANT_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
ID_PATTERN = r"[A-Za-z0-9._~:@+-]{1,200}"
_TENANT = re.compile(TENANT_PATTERN)
_ID = re.compile(ID_PATTERN)


def is_tenant(text: str) -> bool:
    """Whether `text` is of a tenant's form."""
    return _TENANT.fullmatch(text) is not None


def is_document_id(text: str) -> bool:
    """Whether `text` is of a document id's form."""
    return _ID.fullmatch(text) is not None and text not in (".", "..")


def is_kind(text: str) -> bool:
    """Whether `text` names a kind of document."""
    return text in KINDS


def is_receipt_id(text: str) -> bool:
    """Whether `text` could be a receipt's id: one of other characters was never given out."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, order=True)
class DocumentKey:
    """A document's identity. Ordered, so that batches can lock rows in one order.

    Raises ValueError, with a sentence, when a part is not of its form.
    """

    tenant: str
    kind: Kind
    id: str

    def __post_init__(self) -> None:
        if not is_tenant(self.tenant):
            raise ValueError(f"the tenant {self.tenant[:80]!r} is not of the form {TENANT_PATTERN}")
        if not is_kind(self.kind):
            raise ValueError(f"the kind {self.kind[:80]!r} is neither resume nor job")
        if not is_document_id(self.id):
            raise ValueError(f"the id {self.id[:80]!r} is not 1 to 200 of A-Z a-z 0-9 . _ ~ : @ + - (and not . or ..)")

    def __str__(self) -> str:
        return f"{self.tenant}/{self.kind}/{self.id}"

    @property
    def subject(self) -> str:
        """The CloudEvents subject, `kind/id`."""
        return f"{self.kind}/{self.id}"

    def encode(self) -> bytes:
        """The record key: `tenant/kind/id` in UTF-8."""
        return str(self).encode()

    @classmethod
    def parse(cls, text: str) -> DocumentKey:
        """Reads `tenant/kind/id`. Raises ValueError with a sentence where it is not of the form."""
        parts = text.split("/")
        if len(parts) != 3:
            raise ValueError(f"the key {text[:120]!r} is not of the form tenant/kind/id")
        tenant, kind, document_id = parts
        return cls(tenant, kind, document_id)  # type: ignore[arg-type]  # checked in __post_init__

    @classmethod
    def decode(cls, key: bytes) -> DocumentKey:
        """Reads a record key. Raises ValueError with a sentence where it is not of the form."""
        try:
            text = key.decode()
        except UnicodeDecodeError:
            raise ValueError("the key is not UTF-8") from None
        return cls.parse(text)


def receipt_id(key: DocumentKey, revision: Revision) -> str:
    """The id of the receipt for an erasure: the same wherever it is computed, telling nothing of the document."""
    digest = hashlib.sha256(f"{key}@{revision}".encode()).hexdigest()
    return f"er-{revision}-{digest[:24]}"

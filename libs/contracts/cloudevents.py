"""CloudEvents 1.0 over Kafka: what every record's headers say, in binary and structured mode.

Source of the forms: the CloudEvents specification 1.0.2 and its Kafka protocol binding.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from libs.contracts.documents import read_metadata
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import DocumentKey

STRUCTURED = "application/cloudevents+json"
JSON = "application/json"
ATTRIBUTE = "ce_"
_REQUIRED = frozenset({"specversion", "type"})
_BLANKS = {ord(each): None for each in "\r\n\t "}
# A byte 0, then the schema's id in four bytes.
_REGISTRY_BYTES = 5

RawHeaders = Iterable[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One event, whichever mode it came in. `data` is None for a null value (a tombstone)."""

    type: str
    source: str
    id: str
    content_type: str
    data: bytes | None
    subject: str | None = None
    partition_key: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def filename(self) -> str | None:
        """The file's name as its sender gave it (`ce_filename`); None where none came."""
        return self.attributes.get("filename")

    def metadata(self) -> dict[str, Any] | None:
        """What the extension attribute `metadata` (a JSON object) holds; for files, which have no body for it. None
        where it names none.

        Raises RecordRejected (`invalid_content`) where it is not metadata of the contract's form.
        """
        text = self.attributes.get("metadata")
        if not text or text.strip() == "null":
            return None
        try:
            return read_metadata(text)
        except ValueError as error:
            raise RecordRejected(ErrorCode.INVALID_CONTENT, f"ce_metadata: {error}") from error


class UnreadableEvent(RecordRejected):
    """No event can be read from a record; its `partition_key`, where that can, still names a document."""

    def __init__(self, code: ErrorCode, message: str, attributes: Mapping[str, str]) -> None:
        super().__init__(code, message)
        self.partition_key = attributes.get("partitionkey") or None


def repaired(headers: RawHeaders) -> dict[str, str]:
    """Headers as text: names in lower case, null as empty, bytes that are not UTF-8 replaced; the last one wins."""
    return {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in headers}


def binary_headers(
    *, type: str, source: str, id: str, subject: str, time: str, content_type: str = JSON, **attributes: str
) -> list[tuple[str, bytes]]:
    """The headers of a record in binary mode."""
    pairs = {
        "ce_specversion": "1.0",
        "ce_type": type,
        "ce_source": source,
        "ce_id": id,
        "ce_subject": subject,
        "ce_time": time,
        "content-type": content_type,
        **{ATTRIBUTE + name: value for name, value in attributes.items()},
    }
    return [(name, value.encode()) for name, value in pairs.items()]


def read(value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> CloudEvent:
    """The event in a record. Raises RecordRejected (`unknown_type`, `invalid_content`), and UnreadableEvent
    (`unknown_version`)."""
    named = repaired(headers)
    content_type = named.get("content-type", "")
    if content_type.split(";")[0].strip().lower() == STRUCTURED and value is not None:
        return _structured(value)
    attributes = {name.removeprefix(ATTRIBUTE): text for name, text in named.items() if name.startswith(ATTRIBUTE)}
    return _event(attributes, content_type or attributes.get("datacontenttype", JSON), value)


def _structured(value: bytes) -> CloudEvent:
    try:
        envelope = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
        attributes = {name: _attribute(raw) for name, raw in envelope.items() if name not in ("data", "data_base64")}
        data: bytes | None = None
        if "data_base64" in envelope:
            data = _from_base64(msgspec.json.decode(envelope["data_base64"], type=str))
        elif "data" in envelope and bytes(envelope["data"]) != b"null":
            data = bytes(envelope["data"])
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        seen = registry_schema(value)
        what = f"the value begins with {seen}" if seen else str(error)
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the structured CloudEvent cannot be read: {what}") from error
    return _event(attributes, attributes.get("datacontenttype", JSON), data)


def _from_base64(text: str) -> bytes:
    """With the line breaks of MIME (RFC 2045) or without. Raises binascii.Error."""
    return base64.b64decode(text.translate(_BLANKS), validate=True)


def registry_schema(value: bytes) -> str | None:
    """What a schema registry's serializer puts before a value (the byte 0 and a schema's id), in words; None where
    there is none."""
    if len(value) < _REGISTRY_BYTES or value[0] != 0:
        return None
    schema = int.from_bytes(value[1:_REGISTRY_BYTES], "big")
    return f"the byte 0 and the schema id {schema}, as a schema registry's serializer writes it: send the JSON alone"


def looks_structured(value: bytes) -> bool:
    """Whether a value is a JSON object with attributes that every CloudEvent has. Blocks, where it is large."""
    if not value[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    try:
        return msgspec.json.decode(value.removeprefix(b"\xef\xbb\xbf"), type=dict[str, msgspec.Raw]).keys() >= _REQUIRED
    except (msgspec.MsgspecError, ValueError):
        return False


def _attribute(raw: msgspec.Raw) -> str:
    value = msgspec.json.decode(raw)
    return value if isinstance(value, str) else bytes(raw).decode()


def _event(attributes: dict[str, str], content_type: str, data: bytes | None) -> CloudEvent:
    version = attributes.get("specversion", "")
    if version and version != "1.0":
        raise UnreadableEvent(
            ErrorCode.UNKNOWN_VERSION, f"CloudEvents version {version[:40]!r} is unknown; 1.0 is understood", attributes
        )
    return CloudEvent(
        type=attributes.get("type", ""),
        source=attributes.get("source", ""),
        id=attributes.get("id", ""),
        content_type=content_type,
        data=data,
        subject=attributes.get("subject") or None,
        partition_key=attributes.get("partitionkey") or None,
        attributes=attributes,
    )


def identity(key: bytes | None, event: CloudEvent | None) -> DocumentKey:
    """The document a record speaks of: its key, else the attribute `partitionkey`; both must agree.

    Raises RecordRejected: `invalid_key` where neither is there or of the form, `key_mismatch` where they
    differ, `subject_mismatch` where `ce_subject` contradicts the key.
    """
    named = event.partition_key if event else None
    try:
        from_key = DocumentKey.decode(key) if key else None
        from_attribute = DocumentKey.parse(named) if named else None
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_KEY, str(error)) from error
    if from_key and from_attribute and from_key != from_attribute:
        raise RecordRejected(ErrorCode.KEY_MISMATCH, f"the key {from_key} and partitionkey {from_attribute} differ")
    found = from_key or from_attribute
    if found is None:
        raise RecordRejected(ErrorCode.INVALID_KEY, "the record has neither a key nor the attribute partitionkey")
    if event and event.subject and event.subject != found.subject:
        raise RecordRejected(
            ErrorCode.SUBJECT_MISMATCH, f"ce_subject {event.subject[:120]!r} contradicts the key {found}"
        )
    return found

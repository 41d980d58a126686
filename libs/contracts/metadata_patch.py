"""Changing metadata alone: JSON merge patches (RFC 7396) of a flat object.

Source: https://www.rfc-editor.org/rfc/rfc7396. Metadata hold no objects, so a patch is one level deep: a value replaces
what stands under its name, null removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from libs.contracts.documents import METADATA_BYTES, InvalidMetadata, Metadata, MetadataValue, check_metadata
from libs.contracts.json_reading import UnreadableJson, pointer_to, read_json

MetadataPatch = dict[str, MetadataValue | None]


def read_patch(text: str | bytes) -> MetadataPatch:
    """A patch from JSON. Raises InvalidMetadata with a sentence, which names the field where one is at fault."""
    try:
        value = read_json(text)
    except UnreadableJson as error:
        raise InvalidMetadata(f"the change of metadata {error}") from None
    return check_patch(value)


def check_patch(value: Any) -> MetadataPatch:
    """Returns `value` if it is a patch of metadata: of the form of metadata, but for the nulls in it.

    Raises InvalidMetadata with a sentence if not.
    """
    if not isinstance(value, dict):
        raise InvalidMetadata("a change of metadata must be an object: a value for each name, or null to remove it")
    check_metadata({name: entry for name, entry in value.items() if entry is not None})
    removed = [name for name, entry in value.items() if entry is None]
    try:
        size = len(msgspec.json.encode(value))
    except (UnicodeEncodeError, ValueError):
        named = next((name for name in removed if not _is_sayable(name)), "")
        raise InvalidMetadata(
            f"metadata {named[:60]!r} holds characters that JSON cannot carry", pointer_to(named[:60])
        ) from None
    if size > METADATA_BYTES:
        raise InvalidMetadata(f"the change of metadata takes {size} bytes as JSON; {METADATA_BYTES} are allowed")
    return value


def patched(metadata: Mapping[str, MetadataValue], patch: Mapping[str, MetadataValue | None]) -> Metadata:
    """The metadata with the patch applied. Raises InvalidMetadata with a sentence where the result has not the form."""
    merged = {name: value for name, value in metadata.items() if name not in patch}
    merged |= {name: value for name, value in patch.items() if value is not None}
    try:
        return check_metadata(merged)
    except InvalidMetadata as error:
        raise InvalidMetadata(f"with the change, {error}", error.pointer) from None


def _is_sayable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

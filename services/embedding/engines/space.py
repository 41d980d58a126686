"""The space: a hash of everything that shapes a vector."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Raise it with every change of how texts are cut or prepared before they are embedded.
TEXT_PREPARATION_VERSION = 4
_CHUNK = 1 << 20


def space_of(parts: Mapping[str, Any]) -> str:
    """8 hex digits over the given parts and the version of text preparation."""
    whole = {**parts, "text_preparation": TEXT_PREPARATION_VERSION}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:8]


def files_hash(paths: list[Path]) -> str:
    """sha256 over names and contents of files, hex. Blocks (0.3 s for 90 MB)."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()

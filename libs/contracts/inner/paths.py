"""The inner paths. In the form that Litestar routes by; `filled` makes the path to ask for."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

TENANT_HEADER: Final = "Shortlist-Tenant"
"""Names the tenant in every request to matching, except those about spaces and the reembedding of all texts."""

MASKED_HEADER: Final = "Shortlist-Masked"
"""`1` in requests of whoever may not see who a person is: answers come without."""

# Matching
DOCUMENT: Final = "/documents/{kind:str}/{document_id:str}"
DOCUMENTS: Final = "/documents/{kind:str}"
MATCHES: Final = "/documents/{kind:str}/{document_id:str}/matches"
SIMILAR: Final = "/documents/{kind:str}/{document_id:str}/similar"
STATUSES: Final = "/statuses"
ERASURES: Final = "/erasures"
ERASURE: Final = "/erasures/{receipt_id:str}"
CALCULATE: Final = "/calculate"
SEARCH: Final = "/search"
SPACE: Final = "/spaces/{space:str}"
REEMBED: Final = "/reembed"
FIGURES: Final = "/figures"
STORAGE: Final = "/storage"
SCORE_LOG: Final = "/score-log"

# Embedding
EMBED: Final = "/embed"
OWN_SPACE: Final = "/space"
PROBE: Final = "/probe"

# Ingest
STRUCTURE: Final = "/structure"

# Every service
LIVE: Final = "/health/live"
READY: Final = "/health/ready"

_PARAMETER = re.compile(r"\{(\w+):str\}")


def filled(path: str, **parameters: str) -> str:
    """The path with its parameters, percent-encoded. Raises KeyError where one of them is not given."""
    return _PARAMETER.sub(lambda found: quote(parameters[found[1]], safe=""), path)

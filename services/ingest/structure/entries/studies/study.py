"""Studies being put together."""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.studies.facts import Named

_CERTIFIED = (["license"], ["licence"], ["certificate"], ["certification"], ["certifcate"])
_ATTESTED = frozenset(
    {"attestation", "attestation de formation", "certificat", "certificado", "attestato", "attestato di frequenza"}
    | {"zertifikat", "certificaat"}
)


@dataclass(slots=True, kw_only=True)
class Study(Named):
    """Studies being put together from lines `first` to `last`; `start` is where in line `first` they begin."""

    first: int
    last: int
    # Whether their first line is a school alone, that more than one degree may stand below.
    heads: bool = False

    def sure(self) -> bool:
        """Whether enough is known for it to be studies."""
        if self.title is None or (self.level == "other" and self.time is None):
            named = self.time is not None or self.title is not None or self.subject is not None or self.placed
            return self.school is not None and (named or self.expected)
        if self.level == "vocational" and self.time is None and self.school is None:
            return False
        # A certificate that names no school is a certification, not studies.
        words = words_of(self.title)
        return self.school is not None or not (words[-1:] in _CERTIFIED or " ".join(words) in _ATTESTED)

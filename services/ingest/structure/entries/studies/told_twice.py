"""Studies that a resume tells more than once."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.studies.study import Study


def once(found: Sequence[Study]) -> list[Study]:
    """The studies, each once: what names the same level and school again adds nothing but what was not said yet."""
    kept: list[Study] = []
    for study in found:
        other = next((each for each in kept if _same(each, study)), None)
        if other is None:
            kept.append(study)
        else:
            other.time = other.time or study.time
            other.subject = other.subject or study.subject
    return kept


def _same(one: Study, other: Study) -> bool:
    if one.level != other.level or one.level in {None, "other"}:
        return False
    if one.subject is None or other.subject is None:
        # Where one of two undated studies names no subject, they may be different.
        alike = one.time is not None and other.time is not None
    else:
        alike = same_subject(one.subject, other.subject)
    return alike and agree(one.school, other.school) and _same_end(one, other)


def same_subject(one: str | None, other: str | None) -> bool:
    """Whether both subjects are named and one is the beginning of the other."""
    a, b = words_of(one or ""), words_of(other or "")
    return bool(a and b) and a[: len(b)] == b[: len(a)]


def _same_end(one: Study, other: Study) -> bool:
    if one.time is None or other.time is None:
        return one.subject is not None and other.subject is not None
    return one.time.to == other.time.to


def agree(one: str | None, other: str | None) -> bool:
    """Whether two names are the same, or one is the other with more words around it."""
    a, b = (f" {' '.join(words_of(name or ''))} " for name in (one, other))
    return bool(a.strip() and b.strip()) and (a in b or b in a)

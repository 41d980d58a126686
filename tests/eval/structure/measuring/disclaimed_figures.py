"""Disclaimed spans: how many characters of them are found, and how many stretches that are found are labelled."""

from __future__ import annotations

import unicodedata

from measuring.counting import Counts
from measuring.labelled_data import Labelled

from libs.contracts.structure import DisclaimedSpan


def characters(labelled: Labelled) -> Counts:
    """Letters, digits and signs: right where they are labelled and found with the same state."""
    label, found = _label(labelled), labelled.document.structure.disclaimed_spans
    wanted, got = _places(labelled.document.text, label), _places(labelled.document.text, found)
    return Counts(len(wanted & got), len(wanted - got), len(got - wanted))


def stretches(labelled: Labelled) -> Counts:
    """Right where a stretch is found from its first letter to its last, with its state; `faults` tell what is not."""
    text = labelled.document.text
    label = {_trimmed(text, span) for span in _label(labelled)}
    found = {_trimmed(text, span) for span in labelled.document.structure.disclaimed_spans}
    faults = [f"{labelled.name} {state} {text[start:end]!r} not found" for start, end, state in sorted(label - found)]
    faults += [f"{labelled.name} {state} {text[start:end]!r} found" for start, end, state in sorted(found - label)]
    return Counts(len(label & found), len(label - found), len(found - label), faults)


def _label(labelled: Labelled) -> list[DisclaimedSpan]:
    return [DisclaimedSpan(span["start"], span["end"], span["state"]) for span in labelled.label["disclaimed"]]


def _places(text: str, spans: list[DisclaimedSpan]) -> set[tuple[int, str]]:
    return {(at, span.state) for span in spans for at in range(span.start, span.end) if _tells(text[at])}


def _trimmed(text: str, span: DisclaimedSpan) -> tuple[int, int, str]:
    """Without the marks around it, which a label may hold or not."""
    places = [at for at in range(span.start, span.end) if _tells(text[at])]
    return (places[0], places[-1] + 1, span.state) if places else (span.start, span.end, span.state)


def _tells(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"

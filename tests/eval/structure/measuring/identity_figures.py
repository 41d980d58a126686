"""Identity spans: what is found of the labelled ones, and what is taken that tells nobody."""

from __future__ import annotations

from measuring.counting import Counts
from measuring.labelled_data import Labelled

from libs.contracts.documents import Span
from libs.contracts.structure import IdentitySpan


def spans_of_type(labelled: Labelled, kind: str) -> Counts:
    """Labelled spans of a type: right where spans, of whatever type, cover each letter and digit of it."""
    text, hidden = labelled.document.text, _covered(labelled.document.structure.identity_spans)
    counts = Counts()
    for span in labelled.label["spans"]:
        if span["type"] != kind:
            continue
        places = [at for at in range(span["start"], span["end"]) if text[at].isalnum()]
        if all(at in hidden for at in places):
            counts.right += 1
        else:
            counts.missed += 1
            counts.faults.append(f"{labelled.name} {kind} {text[span['start'] : span['end']]!r} not found")
    return counts


def kept_words(labelled: Labelled) -> Counts:
    """Words that must stay: right where none of their letters is taken, false where one is."""
    text, hidden = labelled.document.text, _covered(labelled.document.structure.identity_spans)
    labels = _covered([Span(span["start"], span["end"]) for span in labelled.label["spans"]])
    counts = Counts()
    for word in labelled.label["keep"]:
        at = text.find(word)
        while at >= 0:
            places = set(range(at, at + len(word)))
            if not places & labels:
                if places & hidden:
                    counts.false += 1
                    counts.faults.append(f"{labelled.name} {word!r} taken")
                else:
                    counts.right += 1
            at = text.find(word, at + 1)
    return counts


def share_of_words_taken(text: str, spans: list[IdentitySpan]) -> tuple[int, int]:
    """Words with a letter in a span, and all words."""
    hidden = _covered(spans)
    at = taken = total = 0
    for word in text.split():
        at = text.index(word, at)
        total += 1
        taken += any(place in hidden for place in range(at, at + len(word)))
        at += len(word)
    return taken, total


def _covered(spans: list[IdentitySpan] | list[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}

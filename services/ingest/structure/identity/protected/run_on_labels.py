"""A form of personal details whose lines run on: "Nationality Indian Father's Name Jose K. Marital Status Married"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.ingest.structure.identity.protected.protected_cues import load
from services.ingest.structure.identity.words import Words

_FEWEST = 3
_LONGEST_VALUE = 40
_MOST_LABELS = 3_000
# The last label of a form has no other behind it: its value is one word, or a number with its signs.
_LAST_VALUE = re.compile(r"[ \t]{0,3}:?[ \t]{0,3}[^\s.,;|:]{1,30}")
# A value has a word or a number that does not merely join two labels: "Age, Sex and Religion" has none.
_SAYS = re.compile(r"\b(?!and\b|or\b|y\b|et\b|und\b|e\b)\w", re.IGNORECASE)
_BREAKS = re.compile(r"\n\s*\n|[;|•]")


@dataclass(frozen=True, slots=True)
class _Label:
    start: int
    end: int
    said: str


def find_run_on_labels(words: Words) -> list[tuple[int, int]]:
    """Every label with its value, where at least three different ones follow each other. Linear.

    Only labels in capitals count, as a form has them: a sentence that forbids to discriminate by age, sex or religion
    has small letters.
    """
    labels = _labels(words)
    found: list[tuple[int, int]] = []
    run: list[_Label] = []
    for at, label in enumerate(labels):
        run.append(label)
        following = labels[at + 1].start if at + 1 < len(labels) else None
        if following is None or not _is_value(words.text[label.end : following]):
            found += _spans(words.text, run)
            run = []
    return found


def _labels(words: Words) -> list[_Label]:
    lists = load()
    kinds = (lists.labels, lists.kin, lists.form)
    found: list[_Label] = []
    for index in words.where(lists.labels.firsts | lists.kin.firsts | lists.form.firsts)[:_MOST_LABELS]:
        length = max((phrase[0] for kind in kinds if (phrase := kind.at(words, index))), default=0)
        start = words.starts[index]
        if not length or not words.text[start].isupper() or (found and start < found[-1].end):
            continue
        end, said = words.ends[index + length - 1], " ".join(words.folded[index : index + length])
        before = words.text[found[-1].end : start] if found else "\n"
        if "\n" not in before and not _SAYS.search(before):
            found[-1] = _Label(found[-1].start, end, said)  # "Age & Date of Birth"
        else:
            found.append(_Label(start, end, said))
    return found


def _is_value(between: str) -> bool:
    return len(between) <= _LONGEST_VALUE and not _BREAKS.search(between) and _SAYS.search(between) is not None


def _spans(text: str, run: list[_Label]) -> list[tuple[int, int]]:
    said = {label.said for label in run}
    # "Status" and "Community" are words of any text: two others must stand beside them.
    if len(said) < _FEWEST or len(said - load().weak) < _FEWEST - 1:
        return []
    last = _LAST_VALUE.match(text, run[-1].end)
    ends = [label.start for label in run[1:]] + [last.end() if last else run[-1].end]
    return [(label.start, end) for label, end in zip(run, ends, strict=True)]

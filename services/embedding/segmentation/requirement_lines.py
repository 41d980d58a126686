"""Where a job's requirements begin and end, so that each gets units of its own."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.events import TextEvent
from libs.contracts.structure import Requirement

# What ends a requirement stands behind it: a unit does not begin with it.
_CLOSING = frozenset(".,;:!?…)]\"'”’»。，；：！？）】」』")


def requirement_lines(event: TextEvent) -> list[int]:
    """Code points of the stored text where something begins for sure, in order: a requirement, or what stands behind
    one. Those that ingest found; in an event from before it looked for them, the lines of a job's requirements field.
    Empty where nothing is asked, and for a resume.
    """
    if event.structure_version >= 1:
        return requirement_places(event.text, event.requirements_found)
    return _lines_of_field(event)


def requirement_places(text: str, found: Sequence[Requirement]) -> list[int]:
    """Code points of a stored text where a requirement that ingest found begins, or what stands behind one."""
    places: set[int] = set()
    for requirement in found:
        behind = requirement.end
        while behind < len(text) and text[behind] in _CLOSING:
            behind += 1
        places.update((requirement.start, behind))
    return sorted(places)


def _lines_of_field(event: TextEvent) -> list[int]:
    """The requirements stand at the end of a job's text, one a line. A line of a pasted text that begins in lower
    case goes on with the one before; the entries of a list are taken as they are.
    """
    if not event.requirements:
        return []
    given = event.requirements
    # A list's entry is one line of the text, whatever line breaks it came with.
    entries = given.splitlines() if isinstance(given, str) else given
    count = sum(1 for entry in entries if entry.strip())
    starts: list[int] = []
    end = len(event.text)
    while len(starts) < count and end > 0:
        start = event.text.rfind("\n", 0, end) + 1
        line = event.text[start:end].strip()
        if line and not (isinstance(given, str) and line[0].islower()):
            starts.append(start)
        elif line:
            count -= 1
        end = start - 1
    return starts[::-1]

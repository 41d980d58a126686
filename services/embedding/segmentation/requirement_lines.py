"""Where the lines of a job's requirements begin: each is an item of its own, bullet or not."""

from __future__ import annotations

from libs.contracts.events import TextEvent


def requirement_lines(event: TextEvent) -> list[int]:
    """Code points of the stored text where a requirement begins; empty for a file or a resume.

    The requirements stand at the end of a job's text, one a line. A line of a pasted text that begins in lower
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

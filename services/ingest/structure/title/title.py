"""What a document is called: what the person is, or what the job is."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import Entry, IdentitySpan, Section
from libs.contracts.text_preparation import holds_text, one_line
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title import occupation_words
from services.ingest.structure.title.headline import headline_of, wanted
from services.ingest.structure.title.held import newest_held, said_in_summary
from services.ingest.structure.title.posting import posting_title

MAX_GIVEN_CHARS = 500
MAX_LINE_CHARS = 120


def load() -> None:
    """Reads the data file, so that no document waits for it."""
    occupation_words.load()


def title_of(
    stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan], entries: Sequence[Entry]
) -> str | None:
    """One line: the given title; else a posting's first line that names the job; else what a resume's head says that
    the person is, or the newest position held, or the one applied for. Cut at a word.

    A resume's is None where nothing says what the person is: it is never a name, a heading, an address. A job's is
    None only where no line says anything. Pure; blocks for less than a millisecond.
    """
    given = stored.given_title
    if given is not None and holds_text(given):
        return shortened(one_line(given), MAX_GIVEN_CHARS)
    if stored.kind == "job":
        found = posting_title(stored, sections)
    else:
        found = (
            headline_of(stored, sections, identity, entries)
            or newest_held(stored, sections, entries)
            or said_in_summary(stored, sections)
            or wanted(stored, sections)
        )
    return None if not found else shortened(one_line(found), MAX_LINE_CHARS) or None


def shortened(line: str, limit: int) -> str:
    """`line` with at most `limit` characters, cut between words where it has any."""
    if len(line) <= limit:
        return line
    cut = line.rfind(" ", limit // 2, limit + 1)
    return line[: cut if cut > 0 else limit].rstrip()

"""Times that are no positions: leave, care, travel, looking for work, and military service without a role in it."""

from __future__ import annotations

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import WordList, words_of
from services.ingest.structure.entries.pieces import LIKELY_OCCUPATION, SURE_OCCUPATION, piece
from services.ingest.structure.entries.positions.found import Found

# A single word tells of a break among the first of a header; several words that belong together do so further on.
MAX_WORDS = 3
MAX_CHARS = 20
MAX_PHRASE_WORDS = 7


def is_break(found: Found, header: str) -> bool:
    """Whether what was found, with its header's text, is a time without a position."""
    if _is_service_alone(found):
        return True
    if found.organization and piece(found.title or "").occupation >= SURE_OCCUPATION:
        # "Parental support worker, Harbour Trust" and "Erzieherin, Kinderbetreuung Sonnenschein e.V." have work.
        return False
    named = found.title or header
    # "Viaggi Rossi" is an agency, travel alone is none.
    travel = entry_words.load()["break_alone"].within(words_of(named)[:1], named[:2])
    return travel or _tells_of_break(named) or _tells_of_break(found.organization or "")


def _tells_of_break(text: str) -> bool:
    words = words_of(text)
    breaks = entry_words.load()["break"]
    if breaks.within(words[:MAX_WORDS], text[:MAX_CHARS]):
        return True
    if breaks.first_words.isdisjoint(words[:MAX_PHRASE_WORDS]):
        return False
    joined = f" {' '.join(words[:MAX_PHRASE_WORDS])} "
    return any(phrase in joined for phrase in breaks.phrases)


def _is_service_alone(found: Found) -> bool:
    """Whether military service is named and neither a rank nor what somebody did there."""
    service = entry_words.load()["military"]
    title = found.title or ""
    if piece(title).lean >= LIKELY_OCCUPATION and not _is_whole(service, title):
        return False
    return any(service.within(words_of(text), text) for text in (title, found.organization) if text)


def _is_whole(listed: WordList, text: str) -> bool:
    """Whether a text is one of these words or phrases and nothing else."""
    said = " ".join(words_of(text))
    return said in listed.whole or f" {said} " in listed.phrases

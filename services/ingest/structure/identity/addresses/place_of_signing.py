"""Where a text was signed, in one of its last lines: "Fait à Thiès", "Place: Hyderabad"."""

from __future__ import annotations

import re
from functools import cache

from services.ingest.structure.identity.addresses.address_parts import means
from services.ingest.structure.identity.cues import folded_list, folded_phrase
from services.ingest.structure.identity.names.front_of_name import NAME_CUES
from services.ingest.structure.identity.words import WORD, fold

_LONGEST = 140
_SIGNED_AND_DATED = re.compile(
    r"([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}), ?(?:den |le |the |on |dnia |a |)"
    r"(?:\d{1,2}\W{1,2}(?:de |of )?[\w]{1,12}\.?\W{1,2}(?:de )?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\.?$"
)
# "Written on 4 March 2025 in Ganja, Azerbaijan."
_WRITTEN_IN = re.compile(
    r"(?:Written|Signed|Done|Dated|Geschrieben|Unterschrieben|Fait|Signé|Rédigé|Escrito|Firmado|Redactado|Scritto|Firmato|Redatto"
    r"|Assinado|Feito|Geschreven|Getekend|Opgemaakt|Napisano|Podpisano|Sporządzono|Написано|Составлено)\b[^\n]{0,8}?"
    r"\d[\w .,/]{3,24}?\s(?:in|at|à|en|a|em|te|w|we|в)\s"
    r"([^\W\d_a-zа-я][\w'’-]*(?:,? [^\W\d_a-zа-я][\w'’-]*){0,3})\.?$"
)


@cache
def _signing() -> frozenset[str]:
    return folded_list(NAME_CUES, "place")


def place_of_writing(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "Korvitz, den 3. Mai 2024": the place in front of the day, which heads a letter."""
    dated = _SIGNED_AND_DATED.match(text, start, end) if end - start < _LONGEST else None
    return [dated.span(1)] if dated is not None and dated[1][0].isupper() and dated.end() == end else []


def place_of_signing(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """ "Fait à Thiès", "Place: Hyderabad": where the text was signed."""
    line = text[start:end]
    written = _WRITTEN_IN.match(line) if len(line) < _LONGEST else None
    if written is not None:
        return [(start + written.start(1), start + written.end(1))]
    dated = _SIGNED_AND_DATED.match(line) if len(line) < _LONGEST else None
    if dated is not None and dated[1][0].isupper():
        return [(start, start + dated.end(1))]
    words = list(WORD.finditer(line)) if len(line) < _LONGEST else []
    for length in (2, 1, 3, 4):
        if len(words) > length and folded_phrase(line[: words[length - 1].end()]) in _signing():
            begin = words[length].start()
            if ":" not in line[:begin] and words[0].group().lower() not in ("fait", "signed"):
                continue
            town = re.match(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}", line[begin:])
            if town is not None and town.group()[0].isupper() and not means([fold(town.group().split()[0])]):
                return [(start + begin, start + begin + town.end())]
    return []

"""Sentences that say where somebody lives: "I live in Leeds", "Wohnhaft in Köln", "现居上海"."""

from __future__ import annotations

import re

from services.ingest.structure.identity.address_parts import ADDRESS_CUES
from services.ingest.structure.identity.cues import any_of
from services.ingest.structure.identity.words import holds_east_asian
from services.ingest.structure.identity.zones import Zones

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃČŠŽĐĞİŞŘŠŤŇĚŮŐŰȘȚΑ-Ω\u0386-\u038fА-ЯЁЇІЄҐ]"
_SMALL = r"(?:am|an der|ob der|im|in der|der|de|del|della|du|des|la|le|les|do|da|dos|das|bei|upon|on|sur|nad|и|на|van|den|aan)"
_WORD = rf"{_CAPITAL}(?:[^\W\d_]|['’-](?=\w)|\.(?=\s{_CAPITAL}))*"
_TOWN = rf"{_WORD}(?:[ -](?:{_SMALL} ){{0,2}}{_WORD}){{0,3}}"
_PLACE = rf"((?:the |la |le )?{_TOWN}(?:,\s?{_TOWN}){{0,2}}(?:\s\({_TOWN}\))?)"
# What is only ever said of a person, and what is said of firms too.
_OF_PERSONS = re.compile(rf"(?<!\w)(?i:{any_of(ADDRESS_CUES, 'lives')})\s(?:the city of |der Stadt )?{_PLACE}")
_OF_ANYTHING = re.compile(rf"(?<!\w)(?i:{any_of(ADDRESS_CUES, 'lies')})\s{_PLACE}")
_WITHOUT_CAPITALS = re.compile(
    r"(?:(?:أعيش|أسكن|أقيم|مقيم|مقيمة|يقيم|تقيم) (?:حالياً? )?في|(?:گر|ساکن|مقیم)|(?:^|(?<=\s))(?:גר|גרה|מתגורר|מתגוררת) ב)-?\s?"
    r"([^\W\d_]{2,14}(?:(?:،| -|,) ?[^\W\d_]{2,14})?)"
)
_EAST_ASIAN = re.compile(
    r"(?:现居住于|现居住在|现居于|现居|目前居住在|居住在|居住于|家住|住在|常住|现住)[:：]?\s?([\u4e00-\u9fff]{2,12})"
    r"|([\u4e00-\u9fff]{2,8})(?:在住|に住んで|に在住)|([\uac00-\ud7a3]{2,6}(?:\s[\uac00-\ud7a3]{2,6})?)(?:에|에서)?\s(?:거주|살고)"
)
_FIRM_IN_FRONT = re.compile(
    r"\b(?:company|firm|start-?up|agency|business|team|client|bank|organi[sz]ation|unternehmen|firma|entreprise|société|empresa"
    r"|azienda|bedrijf|компани\w+|inc|ltd|llc|gmbh|group|office|studio|plant|store|school|hospital|center|university)\b[^.\n]{0,25}$",
    re.IGNORECASE,
)
_REACH = 60
_MOST = 50


def find_residences(text: str, zones: Zones) -> list[tuple[int, int]]:
    """Where a sentence names the place that a person lives at, in no order. Linear."""
    found: list[tuple[int, int]] = []
    for count, match in enumerate(_OF_PERSONS.finditer(text)):
        if count < _MOST:
            found.append(match.span(1))
    for index, line in enumerate(zones.lines):
        if zones.zone[index] in ("head", "contact"):
            for match in _OF_ANYTHING.finditer(text, line.start, line.end):
                if not _FIRM_IN_FRONT.search(text, max(line.start, match.start() - _REACH), match.start()):
                    found.append(match.span(1))
            if not line.text.isascii():
                found += [match.span(1) for match in _WITHOUT_CAPITALS.finditer(text, line.start, line.end)]
                if holds_east_asian(line.text):
                    found += [
                        match.span(match.lastindex or 0) for match in _EAST_ASIAN.finditer(text, line.start, line.end)
                    ]
    return found

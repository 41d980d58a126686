"""Lines among studies that tell of something else: courses, theses, honours."""

from __future__ import annotations

import re

from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK

# So many words beside a date may belong to it: "Graduated May 2010", "Berkeley, CA 2010".
_MAX_BESIDE_DATE = 3

NOT_STUDIES = re.compile(
    r"(?:relevant |advanced |selected )?(?:coursework|courses?|minor|major|emphasis|concentration"
    r"|activities|honors|awards?"
    r"|gpa|thesis|dissertation|member|dean|scholarship|master thesis|bachelor thesis"
    r"|master project|project)\b",
    re.IGNORECASE,
)
NEVER_STUDIES = re.compile(
    r"(?:master['’]?s?|bachelor['’]?s?|diploma|doctoral|final)?[ -]?(?:project(?! management\b)|thesis)\b"
    r"|(?:successfully |previously |currently |also )?(?:taught|tutored|coached|mentored|instructed|substituted)\b"
    r"|(?:diplom|master|bachelor|magister|abschluss|doktor|studien|fach)arbeit(?:sthema)?\b|mémoire(?: de| d['’])\b"
    r"|(?:tesis|trabajo fin|proyecto fin|tfg|tfm)\b|(?:tesi|elaborato finale)\b|(?:trabalho de conclusão|tcc|tese)\b"
    r"|(?:scriptie|afstudeer(?:scriptie|project|opdracht))\b"
    r"|(?:praca (?:magisterska|dyplomowa|licencjacka|inżynierska))"
    r"|(?:тема диплома|дипломная работа|тема дипломной)|(?:examensarbete|bitirme (?:tezi|projesi)|diplomová práce)\b",
    re.IGNORECASE,
)
HONOURS = re.compile(r"(?:dean['’]?s list|honou?rs? (?:society|roll))\b", re.IGNORECASE)
# What was given rather than learned: its date says nothing of studies.
_GIVEN = re.compile(
    r"\b(?:award|awarded|prize|honou?rs?|dean['’]?s|scholarship|society|member|certified|medal|club|team)\b",
    re.IGNORECASE,
)
# What says that a date is that of the studies.
_OF_STUDIES = re.compile(
    r"\b(?:graduated|graduation|graduating|class of|complet\w{0,4}|conferr?ed|degree|attended|enrol\w{0,5}|earned"
    r"|obtained|expected|anticipated|abschlu\w{0,3}|dipl\w{0,8}|promo\w{0,5}|titul\w{0,6}|egres\w{0,4}|conclu\w{0,5}|laurea\w{0,3}"
    r"|ukończ\w{0,6}|absolw\w{0,6}|afgestudeerd|behaald|obten\w{0,4}|consegui\w{0,3})\b|[^\x00-\u02ff]",
    re.IGNORECASE,
)


def dates_something_else(marked: str) -> bool:
    """Whether a line that names neither degree nor school dates something other than studies."""
    rest = CITY_STATE.sub(" ", marked.replace(DATE_MARK, " "))
    if _OF_STUDIES.search(rest):
        return False
    return len(rest.split()) > _MAX_BESIDE_DATE or _GIVEN.search(rest) is not None

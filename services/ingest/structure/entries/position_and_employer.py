"""Position and employer in one stretch of a header: "Nurse at Acme Hospital", "Acme plc (Leeds) Accountant"."""

from __future__ import annotations

import re

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.pieces import SURE_EMPLOYER, SURE_OCCUPATION, piece

MAX_WORDS_TO_OCCUPATION = 4
MIN_EMPLOYER_WORDS = 2
MAX_EMPLOYER_WORDS = 6
_JOINING = frozenset({"&", "and", "of", "the", "und", "et", "y", "e", "de", "van", "der"})
_AT = re.compile(
    r"^(?P<title>.+?)\s{1,3}(?:w firmie(?:\s{1,3}[a-ząćęłńóśźż]{3,20}ej)?|w spółce|в компании|в фирме|в организации"
    r"|en la empresa|en la compañía|na empresa|na firma|presso la ditta|presso l['’]azienda|bei der Firma|bei Firma"
    r"|au sein de la société|au sein de l['’]entreprise|au sein de|au sein du|dans la société|dans l['’]entreprise"
    r"|bij het bedrijf|bij de firma"
    r"|at|@|bei der|bei dem|beim|bei|chez|presso|bij|we|w|в|בחברת|لدى|auprès de)"
    r"\s{1,3}(?P<organization>.+)$"
)
QUOTED = re.compile(r"[«„“\"]\s{0,2}([^«»„“”\"]{2,100}?)\s{0,2}[»”“\"]")
# "Lagerlogistiker (m/w/d)": what German postings put behind a position.
_ALL_WELCOME = re.compile(r"\((?:[mwfdxhgi]\s?/\s?){1,3}[mwfdxhgi*]\)$", re.IGNORECASE)
_WEAK_AT = re.compile(r"^(?P<title>.+?)\s{1,3}(?:en|em|na|no|in|im|à|dans|с|of|في|لدى)\s{1,3}(?P<organization>.+)$")
_BEGINS_AT = re.compile(r"^(?:at|bei der|bei|beim|chez|presso|bij)\s{1,3}", re.IGNORECASE)
# "Software Engineer University of Aldham", "Programmer lab.uni-aldham.de"
_TITLE_THEN_SCHOOL = re.compile(
    r"^(?P<title>[^,]{3,80}?)\s{1,3}(?P<organization>(?:The )?University of .+"
    r"|[\w-]+(?:\.[\w-]+){0,3}\.(?:com|de|org|net|io|eu|fr|es|it|nl|pl|edu))$"
)
# "Store manager. Acme"
_STOPPED = re.compile(r"^(?P<title>[^.]{6,80}[^\W\d_]{3})\.\s{1,3}(?P<organization>[A-ZÀ-Ý].{2,80})$")
# "NORHAM CITY COLLEGE Campus Safety Officer"
_CAPITALS_THEN_TITLE = re.compile(
    r"^(?P<organization>[A-Z][A-Z0-9.'’&-]+(?:\s[A-Z0-9.'’&-]{2,})+)\s(?P<title>[A-Z][a-z].*)$"
)
# "Acme plc (Leeds) Accountant"
_LEGAL_THEN_TITLE = re.compile(
    r"^(?P<organization>.{2,60}?\s(?:Ltd|Limited|plc|Inc|LLC|LLP|Corp|GmbH|AG|KG|SA|SAS|SARL|S\.A|WLL|W\.L\.L|FZE|FZCO"
    r"|S\.r\.l|S\.p\.A|B\.V|Sp\. z o\.o|s\.r\.o|a\.s|AB|Oy|A\.Ş|Sdn Bhd|Lda|Ltda|ООО|АО)"
    r"\b\.?(?:\s{0,2}\([^()]{2,40}\))?)\s{1,3}(?P<title>[^\W\d_].{2,80})$"
)
_BEFORE_QUOTED = re.compile(
    r"^(?P<title>.+?)\s(?:на|в|во|у|в|w|at|chez|bei|presso|en|em|på|hos)\s\S{2,20}(?:\s\S{2,20})?$"
)


def parted(text: str) -> list[str]:
    """The position and the employer that a stretch names, in its order; else the stretch alone."""
    found = _TITLE_THEN_SCHOOL.match(text)
    if found and piece(found["title"]).occupation >= SURE_OCCUPATION and piece(found["title"]).lean > 0:
        return [found["title"], found["organization"]]
    found = _STOPPED.match(text)
    if found and piece(found["title"]).occupation >= SURE_OCCUPATION and piece(found["organization"]).lean <= 0:
        return [found["title"], found["organization"]]
    found = _CAPITALS_THEN_TITLE.match(text)
    if found and piece(found["title"]).occupation >= SURE_OCCUPATION and piece(found["organization"]).lean <= 0:
        return [found["organization"], found["title"]]
    found = _LEGAL_THEN_TITLE.match(text)
    if found and piece(found["title"]).occupation >= SURE_OCCUPATION:
        return [found["organization"], found["title"]]
    found = _AT.match(text)
    if found and (
        piece(found["title"]).occupation > 0
        or _ALL_WELCOME.search(found["title"])
        or piece(found["organization"]).lean <= -2.5
    ):
        return [found["title"], found["organization"]]
    found = _WEAK_AT.match(text)
    if found and piece(found["title"]).lean > 0 and piece(found["organization"]).lean <= -2.5:
        return [found["title"], found["organization"]]
    columns = _columns(text)
    if columns:
        return columns
    quoted = QUOTED.search(text)
    if quoted and quoted.end() == len(text) and (named := _position_before(text[: quoted.start()].rstrip())):
        # "грузчик на складе «Магнит»"
        return [named, quoted.group()]
    return [_BEGINS_AT.sub("", text)]


def _columns(text: str) -> list[str] | None:
    """Position and employer of two columns that only a space parts: "Store Manager Hobbs & Fell Outdoors"."""
    words = text.split(" ")
    lists = entry_words.load()
    last = max((at for at, word in enumerate(words) if lists["occupation"].within(words_of(word), "")), default=-1)
    named = words[last + 1 :]
    if not 0 <= last <= MAX_WORDS_TO_OCCUPATION or not MIN_EMPLOYER_WORDS <= len(named) <= MAX_EMPLOYER_WORDS:
        return None
    if not all(word[0].isupper() or word in _JOINING for word in named) or not named[0][0].isupper():
        return None
    taken = ("field", "occupation", "department", "placement")
    folded = words_of(" ".join(named))
    if any(lists[role].has_word(word) for word in folded for role in taken):
        return None
    if not last and any(lists["legal"].has_word(word) for word in folded):
        # "Hofmeister Technik GmbH" is one name.
        return None
    joined = "&" in named or any("'s" in word or "’s" in word for word in named)
    employer = " ".join(named)
    return [" ".join(words[: last + 1]), employer] if joined or piece(employer).lean <= -SURE_EMPLOYER else None


def _position_before(text: str) -> str | None:
    """The position that stands before a quoted name, without the kind of employer between: "driver at the shop"."""
    found = _BEFORE_QUOTED.match(text)
    position = found["title"] if found else text
    likely = piece(position)
    return position if likely.occupation >= SURE_OCCUPATION and not likely.organization else None

"""Labels in front of an address: "Address:", "Wohnort -", "5. Registered address:", "Where do you live?"."""

from __future__ import annotations

import re
from functools import cache

from services.ingest.structure.identity.cues import ADDRESS_CUES, any_of
from services.ingest.structure.identity.words import WORD, fold

_LABELS = rf"(?:{any_of(ADDRESS_CUES, 'label')})"
_FRONT = r"^[^\w]{0,4}(?:\d{1,2}[.)]\s{0,3})?"
_MARK = r"(?:[ ]{0,4}[.:：…?？\u3000\t]|[ ]{1,4}[–-]|[–-](?=[ :：\d]))[.:：\-–…\u3000\t ]{0,40}"
_LABEL = re.compile(
    rf"{_FRONT}{_LABELS}(?: ?(?:[/,&+]|and|und|et|en|y|e|i|og|och|и|та|ve) ?{_LABELS})?[\"']?{_MARK}", re.IGNORECASE
)
_LABEL_AND_SPACE = re.compile(
    rf"^[^\w]{{0,4}}(?:{any_of(ADDRESS_CUES, 'label_space')}) (?-i:(?=[A-Z\d\u00c0-\u00de\u0400-\u042f]))",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(rf"^[^\w]{{0,4}}{_LABELS}\s?[:：.?]?$", re.IGNORECASE)
# "Provincial address:", "Adresse des parents:": words around the word for an address.
_ANY_ADDRESS = re.compile(
    rf"{_FRONT}((?:[^\W\d_][\w'’./&-]{{0,14}} ){{0,3}}"
    r"(?:address(?:es)?|adresses?|anschrift|direcci[oó]n|endere[cç]o|indirizzo|adres|adress|адреса?)"
    r"(?: [\w/&'-]{2,14}){0,2})(?:\(e?s\))?\s{0,4}[:：][ \t]{0,9}",
    re.IGNORECASE,
)
# Addresses in nets, and of firms.
_OF_NO_HOME = frozenset(
    "mail email e web ip mac site url internet company firm employer office work business school skype electronic "
    "elektronische electronique electronica electronico eletronico elettronico firmen dienst travail entreprise "
    "empresa trabajo trabalho lavoro correo werk pracy firmy работы организации".split()
)


def end_of_label(stretch: str) -> int | None:
    """Where the address begins in a stretch that begins with a label, None where it has none."""
    label = _LABEL.match(stretch) or _LABEL_AND_SPACE.match(stretch)
    if label is not None:
        return label.end()
    other = _ANY_ADDRESS.match(stretch) if ":" in stretch or "：" in stretch else None
    if other is None or _OF_NO_HOME & {fold(word) for word in WORD.findall(other[1])}:
        return None
    return other.end()


def is_label_alone(stretch: str) -> bool:
    """Whether a stretch is a label and nothing else: the address stands behind or below it."""
    return _LABEL_ALONE.match(stretch) is not None


def is_label_of_a_home(line: str) -> bool:
    """Whether a line begins with a label that only ever asks where a person lives, not where work was."""
    return _of_a_home().match(line) is not None


@cache
def _of_a_home() -> re.Pattern[str]:
    return re.compile(rf"[^\w]{{0,4}}(?:{any_of(ADDRESS_CUES, 'home_label')})\s?[:：?]", re.IGNORECASE)

"""What stands behind a title in its line and is no part of it: an employer, years of practice, a number, a wish."""

from __future__ import annotations

import re

from services.ingest.structure.title.occupation_words import before_wish, behind_label, names_occupation

EDGES = " ,;:|–—-·•_*#~=\t"

# A company's form at the end of its name.
COMPANY = re.compile(
    r"\s(?:inc|ltd|limited|llc|llp|gmbh|ag|plc|corp|sarl|sas|srl|spa|bv|nv|oy|ab|as|s\.?a\.?|s\.?l\.?|sp\. z o\.o)\.?$",
    re.IGNORECASE,
)
_AT = re.compile(r"\s(?:at|@|bei|beim|chez|presso|bij|hos)\s(?=[^\W\d_a-zà-öø-ÿ])")
# Before an institution these say where somebody works: "op basisschool De Bron", "på Sahlgrenska sjukhuset".
_AT_INSTITUTION = re.compile(
    r"\s(?:bij|op|aan|på|vid|hos|au|à l['’]|à la|dans|chez|en el|en la|en|no|na|em|presso|nel|nella"
    r"|all['’]|w|we|v|ve|в|на)"
    r"(?:(?<=['’])|\s)(?:(?:de|het|the|la|el|le|o|a)\s)?",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:colegio|escuela|instituto|hospital\w*|cl[ií]nica|restaurante?|ristorante|ospedale|residencia|ayuntamiento|escola|colégio"
    r"|agrupamento|\w{0,12}sjukhus\w*|\w{2,12}skola[n]?|vårdcentral\w*|\w{0,12}school|\w{0,12}ziekenhuis|umc|verpleeghuis|chu|lycée"
    r"|collège|école|clinique|scuola|liceo|szko\w{1,6}|szpital\w*|przedszkol\w*|больниц\w*|школ\w*|поликлиник\w*|гимнази\w*"
    r"|лікарн\w*|завод\w*)(?!\w)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[^\W\d_a-zà-öø-ÿа-яё]|№|\bnr\b")
_SINCE = re.compile(
    r"[\s,(–—-]+(?:since|seit|depuis|desde|dal|sinds|od|sedan|siden|с|з)\s(?:\S{1,12}\s)?(?:19|20)\d\d\b.*$",
    re.IGNORECASE,
)
_PRACTICE = re.compile(
    r"(?:,|\(|\s[–—-]|\s(?:with|mit|avec|con|com|met|z|ze|med|s|se|с|з|із|ile|over))\s?(?=[^,|]{0,40}"
    r"(?:experience|exp\b|years?\b|yrs\b|erfahrung|jahren?\b|expérience|\d\s?ans\b|experiencia|años|experiência|\banos\b"
    r"|esperienza|\banni\b|ervaring|\bjaar\b|doświadczeni|\blat\b|erfarenhet|\bår\b|zkušenost|praxí|\blet\b|опыт|стаж"
    r"|\bлет\b|досвід|років|deneyim|yıl\b|خبرة|سنوات|ניסיון|שנות)).*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[\s,(–—-]*\b(?:n|no|nr|num|col|colegiad[oa]|colegiatura|reg|registration|lic|licen[cs]e|licencia|ordine|pin|nmc|gmc)\b"
    r"[\s.:º°#]*(?:(?:n|no|nr)\b[\s.:º°#]*)?\d[\d./-]{2,}.*$",
    re.IGNORECASE,
)
_DEGREES_BEHIND = re.compile(r"(?:\s(?:Dr|Prof|Dipl|Ing|Mag|Mgr|Bc)\.(?:\s?(?:med|rer|nat|phil|jur|ing|h|c)\.){0,3})+$")
_SIGNS_BEFORE = re.compile(r"^[^\w(«\"'.&]+")


def bare(piece: str) -> str:
    """A piece of a line without what is no part of a title. A piece that names no occupation then stays as it is."""
    text = _SIGNS_BEFORE.sub("", piece).strip(EDGES)
    text = behind_label(text) or text
    text = _DEGREES_BEHIND.sub("", text)
    # A sentence is no title, be its beginning one.
    for cut in () if text.endswith(".") else (_SINCE, _PRACTICE, _NUMBER):
        before = cut.sub("", text).strip(EDGES)
        if before != text and names_occupation(before, True):
            text = before
    text = without_employer(before_wish(text)).strip(EDGES)
    return text[1:-1].strip() if text[:1] == "(" and text.find(")") == len(text) - 1 else text


def names_institution(text: str) -> bool:
    """Whether a school, a hospital or the like is named, with a name of its own."""
    return _INSTITUTION.search(text) is not None and _NAMED.search(text) is not None


def without_employer(text: str) -> str:
    """What stands before "at" and a name: "Nurse" of "Nurse at Harbour Clinic"."""
    found = _AT.search(text)
    if found is None:
        found = next((one for one in _AT_INSTITUTION.finditer(text) if names_institution(text[one.end() :])), None)
    if found is None or text.isupper() or not names_occupation(text[: found.start()], True):
        return text
    return text[: found.start()]

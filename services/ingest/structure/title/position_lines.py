"""The title in a line that tells of a position, apart from its dates and its employer."""

from __future__ import annotations

import re
from datetime import date

from services.ingest.structure.entries.dates.dates import line_ranges
from services.ingest.structure.entries.pieces import is_place
from services.ingest.structure.title.line_titles import CUT, is_title
from services.ingest.structure.title.occupation_words import behind_label, is_rank, is_shaped, names_occupation
from services.ingest.structure.title.trimming import COMPANY, without_employer

MAX_CHARS = 300
MAX_WORDS = 8
# A place before a stop is no abbreviation: "Boston. Litigation Paralegal".
MIN_PLACE_CHARS = 4

# Who somebody worked for is no part of what they were.
_SUPERIOR = re.compile(
    r"\s(?:manager|advisor|adviser|supervisor|mentor|reports? to|reporting to|经理|导师|主管)\s*[:：].*$", re.I
)
_NOW = (
    r"(?:(?:present|current|now|today|to date|till date|date|ongoing|heute|aktuell|jetzt|laufend|aujourd['’]hui|présent"
    r"|actualidad|actual|act|hoy|a la fecha|atual|presente|hoje|oggi|attuale|in corso|heden|nu|nadal|obecnie|dziś|teraz"
    r"|nuvarande|pågående|nå|dosud|nyní|současnost|dnes|günümüz|halen|devam|настоящее время|сейчас|н\.\s?в\."
    r"|дотепер|донині|тепер|היום|حتى الآن|الآن|حتى تاريخه|حتى اليوم)(?!\w)|至今|现在|現在|迄今)"
)
_LASTING = re.compile(
    rf"(?:(?<=[–—-]\s)|(?<=[–—-])){_NOW}|\b(?:since|onwards?|present|current|to date|till date|heute|aktuell"
    r"|aujourd'hui|actualidad|actual|a la fecha|atual|presente|oggi|attuale|heden|nadal|obecnie"
    r"|настоящее время|halen|היום)\b|至今|现在|現在|迄今|حتى الآن|الآن",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|od|från|sedan|siden|з)\s(?:\S{1,12}\s)?(?:19|20)\d\d"
    rf"|(?:19|20)\d\d\s?(?:[–—-]\s?(?:{_NOW}|…|\.\.\.|(?=[\t|,)]|$))|[–—-]\s(?=[^\W\d_])|on(?:wards?)?\b)"
    r"|с\s(?:19|20)\d\d|(?:19|20)\d\d\s(?:hasta|a|to|till|til|until|bis|até|fino ad|ad|tot|do)\s"
    rf"(?:{_NOW}|la fecha|heute|now|today|date|vandaag)"
    r"|(?:19|20)\d\d年?(?:至今|から)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"company name|city\s*,\s*state", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\x00|[|•·,،;()（）\t]|(?<=[\u3400-\u9fff])\s|として|\.\s|\s[–—-]\s|\s(?:to|bis|at|bei|chez|als)\s|\s{2,}"
)
EDGES = " .,;:|–—-−·•*\t~"
_CLOSED = re.compile(r"^[^(]{0,40}\)\s*")


def cleaned(title: str) -> str:
    """`title` without whom its holder reported to, a bracket's end, a place or a label before it."""
    title = _SUPERIOR.sub("", title).strip(EDGES)
    if ")" in title and title.find(")") < (title.find("(") if "(" in title else len(title)):
        title = _CLOSED.sub("", title)
    before, stop, behind = title.partition(". ")
    is_short = len(before) < MIN_PLACE_CHARS or is_rank(before) or names_occupation(before, True)
    if stop and not is_short and names_occupation(behind, True):
        title = behind
    return without_employer(behind_label(title) or title).strip(EDGES)


def lasts(text: str) -> bool:
    """Whether a line says that something lasts still: "2022 – date", "since 2011", "(Mar 2023 on)"."""
    return _SINCE.search(text[:MAX_CHARS]) is not None


def before_company(text: str) -> str:
    """The words up to the occupation, where a company's form ends what follows: "Cost Controller Suir Foods Ltd"."""
    if not COMPANY.search(text):
        return text
    words = text.split()
    last = next((at for at in range(len(words) - 1, -1, -1) if names_occupation(words[at], True)), None)
    return text if last is None else " ".join(words[: last + 1])


def title_in_position(text: str, as_of: date) -> str | None:
    """The title in a line of a position; None where none of its pieces is one."""
    text = _undated(_SUPERIOR.sub("", text[:MAX_CHARS]), as_of)
    text = _PLACEHOLDER.sub(CUT, _LASTING.sub(CUT, text))
    for piece in _BETWEEN.split(text):
        words = cleaned(piece)
        words = before_company(words)
        if len(words.split()) > MAX_WORDS or ":" in words or is_place(words):
            continue
        if is_title(words, True) and is_shaped(words):
            return words
    return None


def _undated(text: str, as_of: date) -> str:
    for time in sorted(line_ranges(text, as_of, False), key=lambda one: one.start, reverse=True):
        text = f"{text[: time.start]}{CUT}{text[time.end :]}"
    return text

"""Subjects of studies as they stand in a line."""

from __future__ import annotations

import re

from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed
from services.ingest.structure.entries.studies import school_words
from services.ingest.structure.entries.studies.study_parts import DEGREE_MARK, IN, PARTS, REMARK

MAX_SUBJECT_WORDS = 14
MAX_NAMED_WORDS = 4

_WORD = re.compile(r"\S+")
_JOINING = frozenset({"and", "of", "in", "the", "&", "und", "et", "y", "e", "with", "for", "/", "-", "i"})
_TOWN = re.compile(r"[^\W\d][\w .'’-]{1,30},\s{0,2}[A-Z]{2}\b")
# "Government High School", "Public Secondary School" are names of schools from their first word on.
_FOUNDERS = frozenset({"government", "govt", "govt.", "public", "technical", "business", "music", "art", "arts"})
_KINDS = frozenset(
    "high higher senior secondary junior sixth girls boys arts college polytechnic engineering school academy"
    " institute".split()
)
_OF_NAMES = frozenset({"de", "des", "der", "di"})
# These say of what kind something is, and end no subject: "Human Capital Institute" is a whole name.
_DEPENDENT = frozenset(
    "human medical defense criminal social public political international applied technical industrial civil"
    " physical environmental culinary liberal fine digital electrical mechanical agricultural".split()
)
# In front of "Institute of" they are the school's: "Art Institute of Acme Falls".
_OF_INSTITUTES = frozenset({"art", "technical", "music", "culinary"})
_INSTITUTES = frozenset({"institute", "school", "college", "academy"})
_LEVELS = frozenset({"secondary", "elementary", "higher"})
_LEADS_TO_SCHOOL = re.compile(r"\s{1,3}(?:from|at|presso|chez|an der|na|bij|من|في|the|The|From|At)$")
# What forms of many countries put before the subject.
_LABEL = re.compile(
    r"(?:kierunek|kier\.|specjalność|spec\.|Fachrichtung|Studiengang|Schwerpunkt|Studienfach|spécialité|option|filière"
    r"|mention|especialidad(?: en)?|énfasis en|indirizzo|curso de|área de|richting|studierichting|afstudeerrichting"
    r"|специальность|направление(?: подготовки)?|профиль|专业|主修|تخصص|قسم|בתחום|במגמת|branch|major|course)"
    r"\s{0,3}[:：]?\s{0,3}(?=\S)(?<![^\W\d_])|(?:专业|主修)[:：]?\s{0,3}",
    re.IGNORECASE,
)


def without_in(text: str) -> str:
    """`text` without the word that joins a subject to its degree."""
    glued = IN.match(text)
    return text[glued.end() :] if glued else text


def past_subject(text: str, begin: int, end: int) -> int:
    """Where the school's name begins in a piece that begins with the subject: "Accounting Acme College".

    A subject that the line says again behind the school is known by that; else its words are known.
    """
    glued = IN.match(text, begin, end)
    at = glued.end() if glued and not _begins_name(text, glued) else begin
    words = [(at + found.start(), found.group()) for found in _WORD.finditer(text[at:end])]
    said_again = _said_again(words, text[end:])
    known = max(said_again, _known(words))
    if known == len(words) - 1 and not school_words.names_school(words[-1][1]):
        # "City College" said again over two lines
        known = max(known - 1, 0)
    return words[known][0] if known < len(words) else at


def _begins_name(text: str, glued: re.Match[str]) -> bool:
    """Whether a word that may join a subject begins a name here: "Des Moines University", not "En Derecho"."""
    joins = glued.group().strip()
    behind = words_of(text[glued.end() : glued.end() + 40])[:1]
    fields = school_words.load()["field"]
    return joins.lower() in _OF_NAMES and joins[0].isupper() and not (behind and fields.has_word(behind[0]))


def _said_again(words: list[tuple[int, str]], behind: str) -> int:
    """How many first words of a piece stand again behind it, or behind the school in it."""
    if words and _is_a_place(words[0][1], behind):
        return 0
    later = f" {' '.join(word for _, word in words)} {' '.join(behind.split())} "
    schools = school_words.load()["school"]
    count = 0
    for number in range(1, len(words)):
        said = " ".join(word for _, word in words[:number])
        if schools.within(words_of(words[number - 1][1]), "") or f" {said} " not in later[len(said) + 1 :]:
            break
        count = number
    first = words[0][1] if words else ""
    with_school = " ".join(word for _, word in words[: count + 1])
    if f" {with_school} " in later[len(with_school) + 1 :]:
        # Subject and school are said again together, which does not part them.
        return 0
    return count if count > 1 or len(first) > 3 else 0


def _is_a_place(word: str, behind: str) -> bool:
    """Whether it is said again in the place behind the school: "Acme Falls High School, Acme Falls, OR"."""
    at = behind.find(word)
    return at >= 0 and _TOWN.match(behind, at) is not None


def _known(words: list[tuple[int, str]]) -> int:
    fields, schools = school_words.load()["field"], school_words.load()["school"]
    known = 0
    if len(words) > 1 and words[0][1].lower() in _FOUNDERS and words[1][1].lower() in _KINDS:
        return 0
    for number, (_, word) in enumerate(words):
        bare = words_of(word)
        if word.lower() in _LEVELS and [each.lower() for _, each in words[number + 1 : number + 2]] == ["education"]:
            # "Secondary Education Acme University"
            continue
        if len(words) - number <= 2 or any(schools.has_word(each) for each in bare):
            break
        if bare and all(fields.has_word(each) for each in bare):
            known = number + 1
        elif word.lower() not in _JOINING:
            break
    while known and _belongs_to_school(words[known - 1][1].lower(), words[known][1].lower()):
        known -= 1
    return known


def _belongs_to_school(word: str, following: str) -> bool:
    """Whether a word of fields is rather a part of the school's name behind it."""
    return word in _DEPENDENT or word in _JOINING or (word in _OF_INSTITUTES and following in _INSTITUTES)


def names_fields(text: str) -> bool:
    """Whether all words name fields of study, or the last of a few that are written large: "Latino Studies"."""
    fields = school_words.load()["field"]
    words = [word for word in words_of(text) if word not in _JOINING]
    if not words or not fields.has_word(words[-1]):
        return False
    named = len(words) <= MAX_NAMED_WORDS and all(word[0].isupper() for word in text.split() if word[0].isalpha())
    return named or all(fields.has_word(word) for word in words)


def subject_in(rest: str) -> str | None:
    """The subject in what stands behind a degree."""
    rest = without_in(rest).lstrip(" :,–—-|.），").partition(DATE_MARK)[0]
    label = _LABEL.match(rest)
    rest = rest[label.end() :] if label else rest
    part = next((each for part in PARTS.split(rest) if (each := trimmed(part.replace(DEGREE_MARK, " ")))), "")
    part = trimmed(_LEADS_TO_SCHOOL.sub("", REMARK.sub("", CITY_STATE.sub("", part)).rstrip()))
    if part.startswith("(") and part.endswith(")"):
        part = part[1:-1]
    if not part or len(part.split()) > MAX_SUBJECT_WORDS or is_place(part) or is_junk(part) or part.startswith("City"):
        return None
    if part.lower() in _JOINING or part.lower() in {"progress", "from", "at", "presso", "chez", "bei", "na"}:
        return None
    return part

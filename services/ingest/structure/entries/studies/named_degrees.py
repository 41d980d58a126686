"""Which of the degrees in a line are what it names, and how far each name goes."""

from __future__ import annotations

import re

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.pieces import DATE_MARK, LIKELY_OCCUPATION, is_place, piece
from services.ingest.structure.entries.studies import school_words
from services.ingest.structure.entries.studies.degrees import Degree, degrees_in, highest
from services.ingest.structure.entries.studies.schools import school_in
from services.ingest.structure.entries.studies.study_parts import separated
from services.ingest.structure.entries.studies.subjects import names_fields

MAX_WIDENED_WORDS = 6

_EARNED = re.compile(
    r"\b(?:graduated(?: as| with)?|completed|earned|received|an?|the|toward(?:s)?(?: an?)?|pursuing(?: an?)?|studying"
    r"|cursando|cursado|obtention du|obtenu|titulaire d[’']un|abschluss)$",
    re.IGNORECASE,
)
# How one studies, said ahead of the degree: "berufsbegleitendes Masterstudium".
_MANNER = re.compile(
    r"^(?:(?:erfolgreich|staatlich|noch|laufend\w{0,2}|berufsbegleitend\w{0,2}|nebenberuflich\w{0,2}|dual\w{0,2}"
    r"|abgeschlossen\w{0,2}|abgebrochen\w{0,2}|angestrebt\w{0,2}|konsekutiv\w{0,2}|weiterführend\w{0,2}|schulisch\w{0,2}"
    r"|betrieblich\w{0,2}|kaufmännisch\w{0,2}|technisch\w{0,2}|\w{3,6}jährig\w{0,2}|anerkannt\w{0,2}|pågående|avslutad"
    r"|dzienne|zaoczne|stacjonarne|niestacjonarne|ukończone|wieczorowe|voltijd|deeltijd|afgeronde|очное|заочное"
    r"|dálkové|denní|kombinované|online|part-time|full-time|distance|completed|currently|ongoing|prezenční)\s{0,2}){1,3}$",
    re.IGNORECASE,
)
# What such words stand beside is no degree: "Master Project", "bachelor thesis", "The B.A. is a programme of".
_BESIDE = re.compile(
    r"['’]?s?[ -](?:project|thesis|degree program in|plan|student union|supervision|seminar|workshop"
    r"|certified|chef|electrician|plumber|key|of ceremonies|is|was|are|were|has|had)\b",
    re.IGNORECASE,
)
# Words that mean another thing unless they head their line: "Basic, Intermediate & Advanced".
_AT_HEAD_ALONE = frozenset(
    {"intermediate", "trade", "vocational", "x", "xii", "tenth", "twelfth", "10th", "12th", "intermediate (xii)"}
)
_PERSON = re.compile(r"(?:^|[,;]\s)[A-ZÀ-Ý]\S{1,20}(?:\s[A-ZÀ-Ý]\S{0,20}){1,2},$")
# What forms put behind the school's town, which is no part of the degree behind it.
_COUNTRY = re.compile(
    r"\s{0,3}(?:[A-Z]{2}\s{1,3})?(?:United States(?: of America)?|United Kingdom|USA|U\.S\.A\.?|UK|India|Canada)\s{1,3}"
)
_STATES = frozenset({"MA", "MS", "MD", "AB"})
_BEFORE_HEAD = re.compile(r"[\s\x00\d|:–—/.-]*")
_JOINS = re.compile(r"\b(?:of|de|des|du|in|for|to|the|a|an|and|with)\s{0,3}$", re.IGNORECASE)
# "Première année de licence", "Título de Técnico": what leads to a degree's name and belongs to it.
_LED = re.compile(
    r"(?:(?:première|deuxième|troisième|1ère|1re|2e|2ème|3e|first|second|third|final|primer|segundo|primo)\s{1,3}"
    r"(?:année|year|año|ano|anno)\s{1,3}(?:de la|de|of|of the|di|do)|(?:título|titre|titolo|grado|grau|diploma)"
    r"\s{1,3}(?:de|di))\s{1,3}$",
    re.IGNORECASE,
)
# "Institut de formation", not "Acme College, Diploma".
_OF_SCHOOL = re.compile(r"\b(?:de|du|of|für|di|do|da|for|di)\s{0,3}$", re.IGNORECASE)
# "师范专科学校": the name of a kind of school, not of what one leaves it with.
_KIND_OF_SCHOOL = re.compile(r"(?:职业|技术|师范|医学|护理|卫生|高等|科技){0,4}(?:学校|学院)")
MAX_LIST_CHARS = 80
_NEVER_NAMES = frozenset(
    {
        "diploma",
        "degree",
        "graduate",
        "in",
        "en",
        "em",
        "completa",
        "completo",
        "completed",
        "unvollendet",
        "incompleto",
    }
)
_SENTENCE_END = re.compile(r"[);:]|[^\W\d_]{3}\.\s")
_ASSOCIATES = frozenset({"associates", "associate's", "associate’s"})
_NOUNS = frozenset(
    {"credential", "licensure", "license", "licence", "certificate", "certification", "certifcate", "diploma", "degree"}
)
# What says that one has left a school rather than which.
_LEAVERS = _NOUNS | {"graduate", "equivalency"}
# "Bachelor of Science" written out names a degree wherever it stands between other names.
_WRITTEN_OUT = re.compile(r"[A-Z]\S+ (?:of|in|OF|IN) [A-Z]|[A-Z][\w’']+ (?:Degree|DEGREE)\b")
_MAX_AHEAD_WORDS = 8
_SMALL = frozenset({"and", "of", "in", "the", "for", "with", "to", "a", "an", "on", "at", "y", "e", "et", "und"})


def named_degrees(text: str, strict: bool = False) -> list[Degree]:
    """The degrees that head a stretch of the line; "High School" in a school's own name is none.

    `strict`: none that is written small, unless the line is short and has a date and a school.
    """
    found: list[Degree] = []
    for degree in degrees_in(text):
        if degree.level != "vocational" and _BESIDE.match(text, degree.end):
            continue
        folded = text[degree.start : degree.end].lower()
        if folded == "a.a." and DATE_MARK in text[degree.end : degree.end + 2]:
            # "A.A. 2012/2013": an Italian academic year
            continue
        if folded in _AT_HEAD_ALONE and not _BEFORE_HEAD.fullmatch(text, 0, degree.start):
            continue
        begin, end = _piece_around(text, degree)
        country = _COUNTRY.match(text, begin, degree.start)
        begin = country.end() if country else begin
        led = _LED.search(text, begin, degree.start)
        if led:
            degree = Degree(led.start(), degree.end, degree.level)
        written = text[degree.start : degree.end]
        if degree.level == "other" and text[degree.start - 1 : degree.start] == "(":
            # "Philosophy (studies broken off)"
            continue
        if _in_school_name(text, degree, begin, end) or _of_a_person(text, degree) or _is_state(text, degree):
            continue
        widened = _widened(text, degree, begin, end)
        if widened:
            found.append(widened)
        elif _heads(text, degree, begin) and (
            not written[0].islower()
            or CHINESE.match(written)
            or (
                _is_dated_with_school(text)
                if strict
                else _in_a_list(text, degree) or not text[degree.end : end].strip()
            )
        ):
            found.append(degree)
    return found


def _of_a_person(text: str, degree: Degree) -> bool:
    """Whether a degree stands behind a person's name and before that person's position: "Ann Lee, EdD, Director"."""
    before, behind = text[: degree.start].strip(), text[degree.end :]
    if not before.endswith(",") or not behind.startswith(",") or DATE_MARK in text:
        return False
    named = _PERSON.search(before)
    position = behind[1:].split(",")[0].strip()
    return named is not None and piece(position).occupation >= LIKELY_OCCUPATION and school_in(named.group()) is None


def _is_state(text: str, degree: Degree) -> bool:
    """Whether a degree's letters stand for a state behind a town: "Acme College, Springfield, MA"."""
    if text[degree.start : degree.end] not in _STATES or not text[: degree.start].rstrip().endswith(","):
        return False
    ahead = separated(text[: degree.start])
    town = text[slice(*ahead[-1])].strip(" ,") if ahead else ""
    named = town[:1].isupper() and not any(sign.isdigit() for sign in town) and school_in(town) is None
    return len(ahead) > 1 and named and not names_fields(town) and not degrees_in(town)


def _in_school_name(text: str, degree: Degree, begin: int, end: int) -> bool:
    """Whether a degree's name is a part of a school's."""
    written, before = text[degree.start : degree.end], text[begin : degree.start].strip(" \"'")
    if CHINESE.match(written):
        if _KIND_OF_SCHOOL.match(text, degree.end):
            return True
        apart = not before and (degree.end == len(text) or not CHINESE.match(text, degree.end))
        if text[degree.start - 1 : degree.start] in {"（", "("} and text[degree.end : degree.end + 1] in {"）", ")"}:
            return False
        spaced = text[degree.start - 1 : degree.start].isspace() and not text[degree.end : degree.end + 1].strip()
        if apart or spaced:
            return False
    elif before and _after_school_word(before, written):
        return True
    return _names_school(written) and bool(before or _name_follows(written, text[degree.end : end]))


def _after_school_word(before: str, written: str) -> bool:
    """ "Escola Técnica", "Institut de formation": a word of the degree's right behind the kind of school."""
    bare = _OF_SCHOOL.sub("", before).split()
    if " " in written or len(written) <= 4 or not bare:
        return False
    joined = len(bare) < len(before.split())
    return (joined or len(bare) == 1) and entry_words.load()["school"].has_word(words_of(bare[-1] + " x")[0])


def _in_a_list(text: str, degree: Degree) -> bool:
    """Whether a line lists its facts, where degrees may be written small: "2010–2015 Szkoła Główna, magister"."""
    if not text[: degree.start].strip() and len(text) <= MAX_LIST_CHARS:
        return True
    return DATE_MARK in text or ("," in text and school_in(text) is not None)


def _is_dated_with_school(text: str) -> bool:
    return len(text) <= MAX_LIST_CHARS and DATE_MARK in text and school_in(text) is not None


def _names_school(written: str) -> bool:
    """Whether a degree's name is one of schools too: "High School", "Technikum", "Preparatoria"."""
    words = words_of(written)
    if CHINESE.search(written):
        chinese = school_words.load()["school"].chinese
        return chinese is not None and chinese.search(written) is not None
    if any(word in _LEAVERS or word.startswith("dipl") for word in words):
        return False
    schools, secondary = school_words.load()["school"], entry_words.load()["secondary_school"]
    return any(schools.has_word(word) or secondary.has_word(word) for word in words)


def _name_follows(written: str, rest: str) -> bool:
    words = rest.split()
    if words and words[0].lower() in {"de", "del"} and written.lower().startswith("bachiller"):
        return False
    return bool(words) and (words[0][0].isalnum() or words[0][0] == "№") and words[0].lower() not in _NEVER_NAMES


def _piece_around(text: str, degree: Degree) -> tuple[int, int]:
    for begin, end in separated(text):
        if begin <= degree.start < end:
            while begin < degree.start and text[begin].isspace():
                begin += 1
            return begin, end
    return degree.start, degree.end


def _widened(text: str, degree: Degree, begin: int, end: int) -> Degree | None:
    """ "Real Estate License", "Culinary Arts Degree": the piece that such a word ends names the degree."""
    last = words_of(text[degree.start : degree.end])[-1:]
    widens = last and (last[0] in _NOUNS or (last[0] in _ASSOCIATES and degree.end - degree.start == len(last[0])))
    if not widens or begin == degree.start:
        return None
    head, rest = text[begin : degree.start], text[degree.end : end].strip(" ()")
    if rest and not (school_in(rest) == (0, len(rest)) and all(word[0].isupper() for word in head.split())):
        return None
    if (
        len(head.split()) > MAX_WIDENED_WORDS
        or head[:1].islower()
        or school_in(head)
        or DATE_MARK in head
        or _SENTENCE_END.search(head)
        or _JOINS.search(head)
        or _EARNED.search(head.rstrip())
    ):
        return None
    inner = degrees_in(head)
    level = highest([*inner, degree]).level
    return Degree(begin, degree.end, "vocational" if level == "bachelor" and not inner else level)


def _heads(text: str, degree: Degree, begin: int) -> bool:
    """Whether the degree begins a piece, or stands behind a school, a number or "graduated as"."""
    before = text[begin : degree.start].rstrip(" \"'(“„«")
    if (
        not before
        or CHINESE.search(before[-1])
        or re.fullmatch(r"\d{1,5}|/", before.strip())
        or before[-1] in ":(（,|/"
    ):
        return True
    if _MANNER.match(before.strip()) or (_WRITTEN_OUT.match(text, degree.start) and _names_only(before)):
        return True
    if _EARNED.search(before) or is_place(before.strip(" ,")):
        return True
    return degree.level != "other" and school_in(before) is not None


def _names_only(before: str) -> bool:
    """Whether what stands ahead of a degree is names alone: a subject, a person, a school without a school's word."""
    words = before.split()
    large = [word[0].isupper() or not word[0].isalpha() for word in words if word.lower() not in _SMALL]
    return 0 < len(words) <= _MAX_AHEAD_WORDS and all(large) and words[-1].lower() not in _SMALL

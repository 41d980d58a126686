"""Names of persons after titles, labels and phrases: "Dr.", "Supervisor:", "reported to"."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from services.ingest.structure.identity.cues import Phrases, cue_lists
from services.ingest.structure.identity.names.front_of_name import NAME_CUES, titles
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.name_runs import MOST_CASELESS, is_in_a_firm, is_written_as_a_name, run_at
from services.ingest.structure.identity.names.shape import Shape
from services.ingest.structure.identity.protected.protected_cues import PROTECTED_CUES
from services.ingest.structure.identity.words import Words, fold
from services.ingest.structure.identity.zones import Zones

# A text of nothing but titles must not take seconds.
_MOST_CUES = 3_000
_MOST_BETWEEN_LABEL_AND_NAME = 30
_ENOUGH_AFTER_A_CUE = 2.0
_ENOUGH_AFTER_A_DOUBTFUL_TITLE = 1.5
_LABEL_MARK = re.compile(r"\.?[ \t]{0,16}[:：][ \t\u3000]{0,8}(?:\([^\n)]{0,20}\)\s?)?|\t+|\s{3,}|\u3000+|\s[–—-]\s")
_AFTER_TITLE = re.compile(r"\.?[ \u00a0]{0,2}")
_TO_THE_NAME = re.compile(r"[ \u00a0.:,]{1,3}\n?|[\n ]{1,3}|[:：]\s?")
_ENDS_A_DATUM = re.compile(r"\s*(?:[\n,;.()–—-]|$)")
_SPACE = re.compile(" ")
_KIN = re.compile(r"(?<![\w/])([SDW]/[oO]|[sdw]/o)(?![\w/])\.?:?\s?")
_SURE_LABELS = frozenset(
    "surname forename forenames first last given family name vorname nachname familienname prenom apellidos apellido "
    "nombres cognome sobrenome achternaam voornaam nazwisko imie efternamn fornamn фамилия имя отчество".split()
)
_AND = frozenset("and und et y e i och og en ja oraz и та".split())
# After these a person may tell the given name alone.
_WITH_ONE_WORD = ("name is", "heisse", "llamo", "chiamo", "appelle", "heet", "зовут", "regards", "sincerely")
_OF_ONE_PERSON = ("name", "names", "emergency contact", "next of kin", "spouse", "emergency", "kin", "referee")
# Titles that are also initials or other words: only in front of two words of a name.
_DOUBTFUL_TITLES = frozenset(
    "m sr don pan mw sig hr kum cik k ur d dl dna bay ba anh chi ong fr rev mag ing adv sir mx professor doctor".split()
)
# Titles that are other words in too many languages: not looked for.
_NOT_AS_TITLES = frozenset(
    "don dona bay ba anh chi ong ur kum kumari begum lord lady bey hanim pana panu d dl gda sahib mag ing adv "
    "arch".split()
)
_TITLES_IN_SMALL_LETTERS = ("sig", "sigra", "signor", "signora", "pan", "pani", "mevrouw", "meneer", "mme", "m")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the text, with its words; `title` is where a title that tells a sex stands in front of it."""

    start: int
    end: int
    shape: Shape
    title: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Lists:
    cues: Phrases
    sexed: frozenset[str]
    firms: frozenset[str]


@cache
def load() -> _Lists:
    """The lists, read once."""
    lists = cue_lists(NAME_CUES)
    return _Lists(
        cues=Phrases({kind: lists[kind] for kind in ("label", "intro", "by", "ask")}),
        sexed=frozenset(fold(title).strip(".") for title in cue_lists(PROTECTED_CUES)["title"]) - _NOT_AS_TITLES,
        firms=lists["titled_firm"],
    )


def find_cued_names(words: Words, zones: Zones, of_a_job: bool) -> list[Named]:
    """Names after titles, after labels and after phrases that a name follows, and those that "and" joins to them."""
    cues = load().cues
    found = [_after_title(words, index) for index in words.where(titles())[:_MOST_CUES]]
    found += [_after_cue(words, index, zones, of_a_job) for index in words.where(cues.firsts)[:_MOST_CUES]]
    found += _after_kin(words)
    shown = [named for named in found if named is not None]
    return shown + [more for named in shown for more in _joined_by_and(words, named)]


def _after_kin(words: Words) -> list[Named]:
    """ "S/o K. Raghavan", "W/O: Mohan Lal": the father or the husband; the sign in front tells a sex."""
    if "/o" not in words.text and "/O" not in words.text:
        return []
    found: list[Named] = []
    for match in _KIN.finditer(words.text):
        first = after_titles(words, bisect_left(words.starts, match.end()))
        if first >= len(words) or words.starts[first] - match.end() > _MOST_BETWEEN_LABEL_AND_NAME:
            continue
        shape, last = run_at(words, first)
        if shape is not None and shape.score > 0 and (len(shape.words) > 1 or shape.known):
            found.append(Named(words.starts[first], words.ends[last], shape, match.span(1)))
    return found


def _joined_by_and(words: Words, named: Named) -> list[Named]:
    """ "Mentored by Jane Doe and John Roe": the second name."""
    following = bisect_left(words.starts, named.end)
    if following + 1 >= len(words) or words.folded[following] not in _AND:
        return []
    first = after_titles(words, following + 1)
    if first >= len(words) or "\n" in words.text[named.end : words.starts[first]]:
        return []
    shape, last = run_at(words, first, in_sentence=True)
    if shape is None or len(shape.words) < 2 or shape.score < _ENOUGH_AFTER_A_CUE or is_in_a_firm(words, last):
        return []
    return [Named(words.starts[first], words.ends[last], shape)]


def _after_title(words: Words, index: int) -> Named | None:
    lists = load()
    text = words.text
    title = words.folded[index]
    if words.starts[index] and text[words.starts[index] - 1] in "'’":
        return None
    start, end = words.starts[index], words.ends[index]
    if title in _NOT_AS_TITLES or index + 1 >= len(words):
        return None
    if title == "ms" and text[start:end] == "MS" and not _is_in_capitals(text, end):
        return None
    if text[start].islower() and title not in _TITLES_IN_SMALL_LETTERS:
        return None
    first = after_titles(words, index + 1)
    if first >= len(words) or not _AFTER_TITLE.fullmatch(text[words.ends[first - 1] : words.starts[first]]):
        return None
    shape, last = run_at(words, first)
    strong = [word for word in shape.words if len(word) > 1] if shape is not None else []
    if shape is None or not strong or is_in_a_firm(words, last):
        return None
    if _names_a_firm(words, index, first, last):
        return None
    if shape.score <= 0 and not (_is_a_pair(shape) and _ENDS_A_DATUM.match(text, words.ends[last])):
        return None
    if title in _DOUBTFUL_TITLES and (len(strong) < 2 or shape.score < _ENOUGH_AFTER_A_DOUBTFUL_TITLE):
        return None
    dot = end + 1 if text[end : end + 1] == "." else end
    span = (start, dot) if title in lists.sexed else None
    return Named(words.starts[first], words.ends[last], shape, span)


def _names_a_firm(words: Words, index: int, first: int, last: int) -> bool:
    """ "Mrs. Fields", "Mr Price": firms and goods that are named like a person with a title."""
    return last == first and f"{words.folded[index]} {words.folded[first]}" in load().firms


def _is_a_pair(shape: Shape) -> bool:
    """ "Yasemen Seven": the second word means something else, yet a title stands in front and nothing follows."""
    long = shape.long_words
    return len(long) == 2 and shape.cased and not lexicon().means_something(long[0])


def _is_in_capitals(text: str, at: int) -> bool:
    """ "MS JANE DOE" is a title and a name, "MS Visio" a program."""
    following = text[at : at + 8].strip(" .")
    return len(following) > 1 and following[:2].isupper()


def after_titles(words: Words, first: int) -> int:
    """The word after titles that stand in front of a name: "Prof. Dr."."""
    for _ in range(3):
        if (
            first >= len(words)
            or words.folded[first] not in titles()
            or words.starts[first] - words.ends[first - 1] > 2
        ):
            break
        first += 1
    return first


def _after_cue(words: Words, index: int, zones: Zones, of_a_job: bool) -> Named | None:
    phrase = load().cues.at(words, index)
    if phrase is None:
        return None
    length, kind = phrase
    if of_a_job and kind == "by":
        return None
    text = words.text
    end = words.ends[index + length - 1]
    first = index + length
    if kind == "label":
        mark = _LABEL_MARK.match(text, end) or _label_of_a_line(words, index, end, zones)
        if mark is None or not _begins_datum(text, words.starts[index]):
            return None
        zone = zones.zone[zones.line_at(words.starts[index])] if zones.lines else "body"
        if "\n" in mark.group() and zone == "body":
            return None
    elif first < len(words) and not _TO_THE_NAME.fullmatch(text[end : words.starts[first]]):
        return None
    if words.folded[index : index + length] == ["i"] and text[end : end + 2] != ", ":
        return None
    first = after_titles(words, first)
    if first >= len(words) or (kind == "label" and words.starts[first] - end > _MOST_BETWEEN_LABEL_AND_NAME):
        return None
    shape, last = run_at(words, first, in_sentence=kind != "label")
    if shape is None and kind == "label" and text[words.starts[first]].isupper() and first + 1 < len(words):
        single = text[words.starts[first] : words.ends[first]]
        if len(single) == 1 and text[words.ends[first] : words.ends[first] + 1] in (".", "\n"):
            shape = Shape((fold(single),), 1.0, 0, cased=True)
            last = first
    if shape is None or not _is_shown(
        shape, kind, " ".join(words.folded[index : index + length]), zones, words.starts[index]
    ):
        return None
    if kind != "label" and is_in_a_firm(words, last):
        return None
    if kind == "by" and not is_written_as_a_name(text[words.starts[first] : words.ends[last]], shape):
        return None
    return Named(words.starts[first], words.ends[last], shape)


def _label_of_a_line(words: Words, index: int, end: int, zones: Zones) -> re.Match[str] | None:
    """ "Surname Doe": a label in front of a line of the personal details, with nothing but a space after it."""
    text = words.text
    if not zones.is_personal(words.starts[index]) or words.folded[index] not in _SURE_LABELS:
        return None
    line = zones.lines[zones.line_at(end)]
    if line.start != words.starts[index] or not all(word[0].isupper() for word in text[end : line.end].split()):
        return None
    return _SPACE.match(text, end)


def _is_shown(shape: Shape, kind: str, cue: str, zones: Zones, at: int) -> bool:
    """Whether a stretch after a cue is a name: what the cue leaves open, the words must settle."""
    long = shape.long_words
    if not long:
        # "First name: B."
        return kind == "label" and cue.endswith(("name", "names", "vorname", "prenom", "nombre"))
    zone = zones.zone[zones.line_at(at)] if zones.lines else "body"
    if kind == "label":
        if shape.score <= 0:
            return False
        alone_in_prose = len(long) == 1 and zone == "body" and not cue.endswith(_OF_ONE_PERSON)
        return not alone_in_prose or (shape.known > 0 and not lexicon().means_something(long[0]))
    if not shape.cased:
        return 1 < len(long) <= MOST_CASELESS
    if kind == "intro":
        with_initial = any(len(word) == 1 for word in shape.words)
        return shape.score > 0 and (len(long) > 1 or with_initial or shape.known > 0 or cue.endswith(_WITH_ONE_WORD))
    return len(long) > 1 and shape.score >= _ENOUGH_AFTER_A_CUE


def _begins_datum(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" *")
    return not before or before[-1] in "\n|•·●;,.!([/–—-▪■*\t" or text[max(0, start - 2) : start].isspace()

"""The name of the person whom a resume is about: in its first lines, after a label, or among the contact data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from services.ingest.structure.identity.cues import (
    ADDRESS_CUES,
    SEPARATOR,
    cue_lists,
    folded_list,
    folded_phrase,
    pieces,
)
from services.ingest.structure.identity.names.address_match import matches_address
from services.ingest.structure.identity.names.front_of_name import LABEL, NAME_CUES, without_front
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.shape import Shape, labelled_shape, name_shape, script_of
from services.ingest.structure.identity.protected.protected_cues import PROTECTED_CUES, says_a_trait
from services.ingest.structure.identity.words import WORD, fold
from services.ingest.structure.identity.zones import Zones, heading_kind

# What a stretch needs to be taken for the name; its place gives up to 2, each word of the lists 2.5 (shape.py). Set
# by eye: two unknown words in the first line pass, the same words further down need a sign beside.
_ENOUGH = 3.0
_ENOUGH_FOR_ONE_WORD = 4.0
_ENOUGH_FOR_A_COMMON_WORD = 5.5
_MATCHES_AN_ADDRESS = 3.0
_MOST_LINES = 14
_LONGEST_LINE = 160
_SHORTEST_STREET = 3

_COARSE = re.compile(r"\s*(?:[|•·●▪■◦‣∙✦★✉☎☏✆📞📱📧📍🏠🌐🔗;；]|//|\t|\s[/–—-]\s|\s{3,})\s*")
_QUOTES = str.maketrans("", "", '"“”„«»()（）')
_WITHOUT_CAPITALS = re.compile(
    "(?:[\u0590-\u08ff\u0900-\u0e7f\u3040-\u30ff\u3005\u3400-\u9fff\uac00-\ud7a3][\u200c・\u3000 ]{0,2}){2,40}"
)
_LATIN = re.compile(r"[A-Za-z]{2}")
_PLACES_OF_ONE_LINE_HEADS = 2
_LONGEST_LEADING_NAME = 60
# Endings that words for trades have in many languages, and names have not.
TRADE = re.compile(
    r"(?:ologist|ologe|ologin|ologue|ologo|óloga|oloog|olog|ician|icien|icienne|iker|ikerin|therapist|thérapeute"
    r"|analyst|ographer|teur|trice|midwife|nurse|driver|keeper|worker|maker|smith|dresser|grapher)$",
    re.IGNORECASE,
)
_CAPITALS_BEFORE_ATRADE = 1.5
_ORDINALS = frozenset(("jr", "sr", "ii", "iii", "iv"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that may be the name; `score` is comparable within one text."""

    start: int
    end: int
    shape: Shape
    score: float


def find_head_names(text: str, zones: Zones, address_words: Sequence[frozenset[str]]) -> list[Candidate]:
    """The names in the head of a resume: none, one, or one for each script that it is written in.

    `address_words` are the words of each e-mail address and profile link: what stands in one of them is a name.
    """
    candidates: list[Candidate] = []
    place = 0
    for index, line in enumerate(zones.lines):
        zone = zones.zone[index]
        if zone == "head" and index >= zones.head_from - 2 and place < _MOST_LINES:
            if heading_kind(line.text) is None:
                candidates += _in_line(text, line.start, line.text[:_LONGEST_LINE], place, address_words)
                place += 1
        elif zone == "contact":
            candidates += _in_line(text, line.start, line.text[:_LONGEST_LINE], _MOST_LINES, address_words)
    candidates += _on_two_lines(zones, address_words)
    return _chosen(text, candidates)


def _on_two_lines(zones: Zones, address_words: Sequence[frozenset[str]]) -> list[Candidate]:
    """A given name alone in the first line and a family name alone in the second, as large headings have it."""
    lines = zones.lines[zones.head_from : zones.head_from + 2]
    if len(lines) < 2 or zones.zone[zones.head_from] != "head" or any(" " in line.text for line in lines):
        return []
    shape = name_shape(f"{lines[0].text} {lines[1].text}")
    if shape is None or not shape.cased:
        return []
    told = _MATCHES_AN_ADDRESS if matches_address(shape.words, address_words) else 0.0
    return [Candidate(lines[0].start, lines[1].end, shape, shape.score + 2.5 + told)]


def _chosen(text: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    ranked = sorted(candidates, key=lambda one: (-one.score, one.start))
    chosen: list[Candidate] = []
    scripts: set[str | None] = set()
    for one in ranked:
        script = script_of(text[one.start : one.end])
        same = script in scripts
        overlaps = any(one.start < other.end and other.start < one.end for other in chosen)
        # A second stretch of the same script is the name again only if it has the same words.
        if overlaps or (same and not any(set(one.shape.words) & set(other.shape.words) for other in chosen)):
            continue
        long = [word for word in one.shape.words if len(word) > 1 and word not in _ORDINALS]
        alone = len(long) < 2 and len(one.shape.words) < 2 and one.shape.cased
        needed = _ENOUGH_FOR_ONE_WORD if alone else _ENOUGH
        if alone and lexicon().means_something(long[0]) and one.score < _ENOUGH_FOR_A_COMMON_WORD:
            continue
        if one.score >= needed:
            chosen.append(one)
            scripts.add(script)
    return sorted(chosen, key=lambda one: one.start)


def _in_line(
    text: str, line_start: int, line: str, place: int, address_words: Sequence[frozenset[str]]
) -> list[Candidate]:
    found: list[Candidate] = []
    spans = dict.fromkeys(
        [
            *pieces(line, line_start),
            *_coarse_pieces(line, line_start),
            *_turned_round(line, line_start),
            *_by_script(line, line_start),
        ]
    )
    at_place = {0: 2.0, 1: 1.5, 2: 1.0, 3: 0.75}.get(place, 0.5 if place < _MOST_LINES else 0.0)
    for start, end in spans:
        if _is_of_somebody_else(text[start:end]) or _is_a_street(text[start:end]):
            continue
        start, end, labelled = without_front(text, start, end)
        shape = name_shape(text[start:end].translate(_QUOTES).replace(",", " "))
        if labelled and (shape is None or shape.score < 0):
            shape = labelled_shape(text[start:end])
        cut_off = 0.0
        if shape is None and place < _PLACES_OF_ONE_LINE_HEADS:
            end = _end_of_leading_name(text, start, end)
            shape = name_shape(text[start:end])
            cut_off = 0.5
        if shape is not None and not shape.known and says_a_trait(folded_phrase(text[start:end])):
            continue
        if shape is None or (shape.cased and not any(len(word) > 1 for word in shape.words)):
            continue
        in_address = matches_address(shape.words, address_words)
        score = (
            shape.score + at_place + (_MATCHES_AN_ADDRESS if in_address else 0.0) + (3.0 if labelled else 0.0) - cut_off
        )
        if end - start == len(line) and not labelled:
            score += 0.5
        if not shape.cased and place > 1 and not labelled and not in_address:
            score -= 1.0
        if start > line_start and not labelled:
            score -= 0.25
        if (
            place == 0
            and start == line_start
            and text[start:end].isupper()
            and text[end : end + 1] == ","
            and TRADE.search(line.rstrip(" ."))
        ):
            score += _CAPITALS_BEFORE_ATRADE
        found.append(Candidate(start, end, shape, score))
    return found


def _end_of_leading_name(text: str, start: int, end: int) -> int:
    """Where a name ends that other words follow at once: "Jane Doe Senior Accountant", "Jane Doe's Resume"; `start`
    where no two words of a name stand in front."""
    lists = lexicon()
    last, count = start, 0
    for word in WORD.finditer(text, start, min(end, start + _LONGEST_LEADING_NAME)):
        folded = fold(word.group())
        possessive = folded == "s" and text[word.start() - 1] in "'’"
        other = folded in lists.ordinary or folded in lists.credential or lists.is_title(folded)
        if possessive or (other and not lists.is_name(folded) and folded not in lists.particle):
            return last if count > 1 else start
        if not word.group()[0].isupper() and folded not in lists.particle:
            return start
        last, count = word.end(), count + (folded not in lists.particle)
    return start


def _coarse_pieces(line: str, line_start: int) -> list[tuple[int, int]]:
    """Stretches that keep brackets and quotes: `Katarzyna (Kasia) Nowak`."""
    if not any(sign in line for sign in '("“„'):
        return []
    found, at = [], 0
    for match in [*_COARSE.finditer(line), None]:
        end = match.start() if match else len(line)
        stretch = line[at:end]
        if any(sign in stretch for sign in '("“„') and "," not in stretch:
            found.append((line_start + at, line_start + at + len(stretch.rstrip())))
        at = match.end() if match else end
    return found


def _by_script(line: str, line_start: int) -> list[tuple[int, int]]:
    """The stretches of a line that is written in two scripts: a name in both of them, one after the other."""
    if line.isascii():
        return []
    other = [match.span() for match in _WITHOUT_CAPITALS.finditer(line)]
    if not other or len(other) > 2 or not _LATIN.search(line):
        return []
    edges = [0, *(at for span in other for at in span), len(line)]
    found = []
    for start, end in pairwise(edges):
        stretch = line[start:end]
        bare = stretch.strip(" \u3000()（）/|·-–")
        if bare:
            begin = line_start + start + stretch.index(bare)
            found.append((begin, begin + len(bare)))
    return found


def _turned_round(line: str, line_start: int) -> list[tuple[int, int]]:
    """`FASORANTI, Olumide`: the family name, a comma and the given name, at the beginning of a line."""
    stretch = SEPARATOR.split(line.replace(",", "\u0001"))[0].replace("\u0001", ",")
    family, comma, given = stretch.partition(",")
    if not comma or "," in given or not given.strip():
        return []
    lists = lexicon()
    first, second = name_shape(family), name_shape(given)
    if first is None or second is None:
        return []
    of_family = [word for word in first.words if word not in lists.particle]
    if any(word in lists.place for word in second.words) or len(second.words) > 3 or len(of_family) > 2:
        return []
    if family.isupper() and not lexicon().is_name(second.words[0]) and TRADE.search(given.strip()):
        return []  # "MUTONI, Radiologist"
    if (given.strip().isupper() and len(given.strip()) <= 3) or set(second.words) <= lists.credential:
        return []
    if len(of_family) > 1 and not (family.isupper() and not given.isupper()) and first.words[0] not in lists.particle:
        return []
    return [(line_start, line_start + len(stretch.rstrip()))]


@cache
def _street_words() -> frozenset[str]:
    words = {folded_phrase(word) for word in cue_lists(ADDRESS_CUES)["street"] if len(word) >= _SHORTEST_STREET}
    return frozenset(word for word in words if not lexicon().is_name(word))


@cache
def _words_before_streets() -> frozenset[str]:
    words = {fold(word) for word in cue_lists(ADDRESS_CUES)["before_a_name"] if len(word) >= _SHORTEST_STREET}
    return frozenset(word for word in words if not lexicon().is_name(word.strip(".")))


@cache
def _houses() -> frozenset[str]:
    return frozenset(word for word in folded_list(ADDRESS_CUES, "house") if not lexicon().is_name(word))


def _is_a_street(stretch: str) -> bool:
    """ "Lale Sok. No:8 D:2", "Rr. Adem Jashari", "Rose Cottage": words of streets with a number, though some of them
    are names; or one that stands in front of the name of a street, or behind that of a house."""
    first, _, rest = stretch.partition(" ")
    if rest and (fold(first) in _words_before_streets() or fold(rest.rpartition(" ")[2]) in _houses()):
        return True
    if not any(sign.isdigit() for sign in stretch):
        return False
    return not _street_words().isdisjoint(folded_phrase(stretch).split())


@cache
def _labels_of_others() -> frozenset[str]:
    return folded_list(PROTECTED_CUES, "kin_name") | folded_list(NAME_CUES, "other_person")


def _is_of_somebody_else(stretch: str) -> bool:
    """ "Husband's name: John Roe" names a person, but not the one whom the resume is about."""
    label = LABEL.match(stretch)
    return label is not None and folded_phrase(label[1]) in _labels_of_others()

"""Names of persons in sentences, after labels and titles, and among references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.ingest.structure.identity.cues import Phrases, cue_lists, folded_list, pieces
from services.ingest.structure.identity.names.head_name import NAME_CUES, matches_address, titles
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.shape import HAN, Shape, is_cased, name_shape
from services.ingest.structure.identity.protected import CUES as PROTECTED_CUES
from services.ingest.structure.identity.words import Words, fold, holds_east_asian
from services.ingest.structure.identity.zones import Zones, heading_kind

_MOST_WORDS = 6
_GAP = re.compile(r"[ \u00a0]{1,2}|[-‑'’ʻ]|\. ?| [asd]/[lpo] |\.-")
_LABEL_MARK = re.compile(r"\.?[ \t]{0,16}[:：][ \t\u3000]{0,8}(?:\([^\n)]{0,20}\)\s?)?|\t+|\s{3,}|\u3000+|\s[–—-]\s")
_AFTER_TITLE = re.compile(r"\.?[ \u00a0]{0,2}")
_TO_THE_NAME = re.compile(r"[ \u00a0.:,]{1,3}\n?|[\n ]{1,3}|[:：]\s?")
_AFTER_A_FIRM = re.compile(r"\s?(?:&|and Sons|\+)\s?", re.IGNORECASE)
# Titles that are also initials or other words: only in front of two words of a name.
_DOUBTFUL_TITLES = frozenset(
    "m sr don pan mw sig hr kum cik k ur d dl dna bay ba anh chi ong fr rev mag ing adv sir mx professor doctor".split()
)
_NOT_AS_TITLES = frozenset(
    "don dona bay ba anh chi ong ur kum kumari begum lord lady lady bey hanim pana panu d dl gda sahib mag ing adv arch".split()
)

_HAN_CUED = re.compile(
    rf"(?:我叫|我是|名叫|本人|姓名[:：]?\s?|联系人[:：]?\s?|推荐人[:：]?\s?|证明人[:：]?\s?|导师[:：]?\s?|指导老师[:：]?\s?|主管[:：]\s?|担当[:：]\s?|氏名[:：\s]\s?)([{HAN}]{{2,5}})(?![{HAN}])"
)
_HAN_TITLED = re.compile(
    rf"(?<![{HAN}])([{HAN}]{{1,4}}?)(?=先生|女士|小姐|老师|教授|博士|さん|様(?!々)|氏(?![名族])|课长|部長|課長)"
)
_HANGUL_TITLED = re.compile(
    r"(?<![\uac00-\ud7a3])([\uac00-\ud7a3]{3})(?= ?(?:씨|님|교수|팀장|부장|과장|이사|대리)(?:[은는이가을를의과와]|\b))"
)


_LONGEST_SIGNATURE = 60
_ENOUGH_AMONG_REFERENCES = 1.5
_MOST_SPACES_OF_A_DATE = 5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


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
    verbs: frozenset[str]


@cache
def load() -> _Lists:
    """The lists, read once."""
    lists = cue_lists(NAME_CUES)
    return _Lists(
        cues=Phrases({kind: lists[kind] for kind in ("label", "intro", "by")}),
        sexed=frozenset(fold(title).strip(".") for title in cue_lists(PROTECTED_CUES)["title"]) - _NOT_AS_TITLES,
        verbs=folded_list(NAME_CUES, "verb"),
    )


def find_names_in_text(words: Words, zones: Zones, address_words: Sequence[frozenset[str]]) -> list[Named]:
    """Names that their surroundings show, in order of what shows them; they may overlap. Linear."""
    found = [*_after_words(words, zones), *_before_verbs(words), *_beside_addresses(words.text, zones, address_words)]
    found += _signature(zones)
    if holds_east_asian(words.text):
        found += _east_asian(words.text)
    return found


def _after_words(words: Words, zones: Zones) -> list[Named]:
    cues = load().cues
    found = [_after_title(words, index) for index in words.where(titles())]
    found += [_after_cue(words, index, zones) for index in words.where(cues.firsts)]
    return [named for named in found if named is not None]


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
    if text[start].islower() and title not in ("pan", "pani", "mevrouw", "meneer", "mme", "m"):
        return None
    first = index + 1
    # "Dr. Mr.", "Prof. Dr.", "Herrn Dr."
    while first < len(words) and words.folded[first] in titles() and words.starts[first] - words.ends[first - 1] <= 2:  # noqa: PLR2004
        first += 1
    if first >= len(words) or not _AFTER_TITLE.fullmatch(text[words.ends[first - 1] : words.starts[first]]):
        return None
    shape, last = run_at(words, first)
    if shape is None:
        return None
    strong = [word for word in shape.words if len(word) > 1]
    if shape.score <= 0 or not strong:
        return None
    if title in _DOUBTFUL_TITLES and (len(strong) < 2 or shape.score < 1.5):  # noqa: PLR2004
        return None
    if _is_in_a_firm(words, last):
        return None
    dot = end + 1 if text[end : end + 1] == "." else end
    span = (start, dot) if title in lists.sexed else None
    return Named(words.starts[first], words.ends[last], shape, span)


def _is_in_capitals(text: str, at: int) -> bool:
    """ "MS JANE DOE" is a title and a name, "MS Visio" a program."""
    following = text[at : at + 8].strip(" .")
    return len(following) > 1 and following[:2].isupper()


def _after_cue(words: Words, index: int, zones: Zones) -> Named | None:
    phrase = load().cues.at(words, index)
    if phrase is None:
        return None
    length, kind = phrase
    text = words.text
    end = words.ends[index + length - 1]
    first = index + length
    if kind == "label":
        mark = _LABEL_MARK.match(text, end)
        if mark is None or not _begins_datum(text, words.starts[index]):
            return None
        zone = zones.zone[zones.line_at(words.starts[index])] if zones.lines else "body"
        if "\n" in mark.group() and zone == "body":
            return None
    elif first < len(words) and not _TO_THE_NAME.fullmatch(text[end : words.starts[first]]):
        return None
    while first < len(words) and words.folded[first] in titles() and words.starts[first] - words.ends[first - 1] <= 2:  # noqa: PLR2004
        first += 1
    if first >= len(words) or (kind == "label" and words.starts[first] - end > 30):  # noqa: PLR2004
        return None
    shape, last = run_at(words, first)
    if shape is None or not _is_shown(
        shape, kind, " ".join(words.folded[index : index + length]), zones, words.starts[index]
    ):
        return None
    if kind != "label" and _is_in_a_firm(words, last):
        return None
    if kind == "by" and not _is_written_as_a_name(text[words.starts[first] : words.ends[last]], shape):
        return None
    return Named(words.starts[first], words.ends[last], shape)


def _is_shown(shape: Shape, kind: str, cue: str, zones: Zones, at: int) -> bool:
    """Whether a stretch after a cue is a name: what the cue leaves open, the words must settle."""
    long = [word for word in shape.words if len(word) > 1 and word not in lexicon().particle]
    if not long:
        return False
    zone = zones.zone[zones.line_at(at)] if zones.lines else "body"
    if kind == "label":
        return shape.score > 0 and (len(long) > 1 or zone != "body" or shape.known > 0 or cue.endswith("name"))
    if not shape.cased:
        return len(long) > 1
    if kind == "intro":
        return shape.score > 0 and (
            len(long) > 1
            or cue.endswith(
                ("name is", "heisse", "llamo", "chiamo", "appelle", "heet", "zovut", "regards", "sincerely")
            )
            or shape.known > 0
        )
    if len(long) < 2 or shape.score < 2.0:  # noqa: PLR2004
        return False
    return shape.known > 0 or cue.endswith(
        (" by", " to", " of", " under", " par", " por", " da", " von", "leitung", "door", "kierunkiem")
    )


def run_at(words: Words, first: int) -> tuple[Shape | None, int]:
    """The longest stretch that begins at a word and has the shape of a name, and its last word."""
    text = words.text
    lists = lexicon()
    last = first
    cased = is_cased(text[words.starts[first]])
    while last + 1 < len(words) and last + 1 - first < _MOST_WORDS:
        gap = text[words.ends[last] : words.starts[last + 1]]
        if not _GAP.fullmatch(gap):
            break
        if gap.startswith(".") and len(words.folded[last]) > 2 and words.folded[last] not in ("mohd",):  # noqa: PLR2004
            break
        following = text[words.starts[last + 1]]
        if (
            cased
            and not following.isupper()
            and words.folded[last + 1] not in lists.particle
            and gap in (" ", "\u00a0", ". ")
        ):
            break
        if gap in ("'", "’") and words.folded[last + 1] == "s":
            break
        if last > first and _is_other_word(words.folded[last + 1]):
            break
        last += 1
    while last >= first:
        stretch = text[words.starts[first] : words.ends[last]]
        shape = name_shape(stretch) if not words.folded[last] in lists.particle or last == first else None
        if shape is not None:
            return shape, last
        last -= 1
    return None, first


def _is_other_word(word: str) -> bool:
    """Whether a word ends a name that stands in front of it: "Vikram Dogra Mother's name: …"."""
    lists = lexicon()
    known = word in lists.ordinary or word in lists.month or word in lists.credential or lists.is_title(word)
    return known and len(word) > 1 and not lists.is_name(word) and word not in lists.particle


def _is_in_a_firm(words: Words, last: int) -> bool:
    """Whether the stretch goes on as the name of a firm or a place: "Robert Bosch GmbH", "Wells & Sons"."""
    text = words.text
    following = last + 1
    if following >= len(words):
        return False
    if _AFTER_A_FIRM.match(text, words.ends[last], words.ends[last] + 12):
        return True
    gap = text[words.ends[last] : words.starts[following]]
    return gap == " " and words.folded[following] in lexicon().organization and text[words.starts[following]].isupper()


def _begins_datum(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" *")
    return not before or before[-1] in "\n|•·●;,([/–—-▪■*\t" or text[max(0, start - 2) : start].isspace()


def _before_verbs(words: Words) -> list[Named]:
    """ "Kwabena Asiamah is …" at the beginning of a line or a sentence."""
    lists = load()
    text = words.text
    found: list[Named] = []
    for index in words.where(lists.verbs):
        folded = words.folded[index]
        if index < 2 or not text[words.starts[index]].islower() or not text[words.starts[index - 1]].isupper():  # noqa: PLR2004
            continue
        first = index - 1
        while (
            first > 0
            and index - first < 5
            and text[words.ends[first - 1] : words.starts[first]] in (" ", "-", "'", "’", ". ")
        ):  # noqa: PLR2004
            if not text[words.starts[first - 1]].isupper() and words.folded[first - 1] not in lexicon().particle:
                break
            first -= 1
        if index - first < 2 or not _begins_sentence(text, words.starts[first]):  # noqa: PLR2004
            continue
        shape, last = run_at(words, first)
        if shape is None or last != index - 1 or not shape.cased:
            continue
        long = [word for word in shape.words if len(word) > 1 and word not in lexicon().particle]
        if (
            len(long) > 1
            and shape.score >= 2.0
            and (shape.known > 0 or folded in ("is", "was", "has", "ist", "est", "es", "jest", "foi"))
        ):  # noqa: PLR2004
            found.append(Named(words.starts[first], words.ends[last], shape))
    return found


def _is_written_as_a_name(stretch: str, shape: Shape) -> bool:
    """Not in capitals, as short forms are ("TIBCO CIM"), unless a list knows it; not a town of two words."""
    places = lexicon().place
    return (shape.known > 0 or not any(word.isupper() and len(word) > 1 for word in stretch.split())) and not all(
        word in places for word in shape.words
    )


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" ")
    return not before or before[-1] in '\n.!?“"•„«*' or before.endswith(":")


def _beside_addresses(text: str, zones: Zones, address_words: Sequence[frozenset[str]]) -> list[Named]:
    """Names in lines of references, and in lines that hold an e-mail address which has the same words."""
    found: list[Named] = []
    for index, line in enumerate(zones.lines):
        among_references = zones.zone[index] == "references"
        by_address = (
            index in zones.contact_lines or index + 1 in zones.contact_lines or index - 1 in zones.contact_lines
        )
        if not among_references and not by_address or len(line.text) > 300 or heading_kind(line.text):  # noqa: PLR2004
            continue
        taken = False
        for start, end in pieces(line.text, line.start):
            while True:
                title = re.match(r"([^\W\d_]+)[. ]\s*(?=\S)", text[start:end])
                if title is None or fold(title[1]) not in titles():
                    break
                start += title.end()
            shape = name_shape(text[start:end])
            if shape is None:
                continue
            long = [word for word in shape.words if len(word) > 1 and word not in lexicon().particle]
            told = matches_address(shape.words, address_words) and shape.score > -1
            surely = shape.score >= _ENOUGH_AMONG_REFERENCES or (shape.score > 0 and _begins_with_given_name(long))
            if told or (among_references and not taken and (len(long) > 1 or not shape.cased) and surely):
                found.append(Named(start, end, shape))
                taken = True
    return found


def _begins_with_given_name(words: Sequence[str]) -> bool:
    """ "Paul Booth": the second word means something else, the first can only be a name."""
    return len(words) > 1 and words[0] in lexicon().given and not lexicon().means_something(words[0])


def _signature(zones: Zones) -> list[Named]:
    """A name alone in the last line, below a date or a closing phrase."""
    if len(zones.lines) < 3:  # noqa: PLR2004
        return []
    above, last = zones.lines[-2], zones.lines[-1]
    shape = name_shape(last.text) if len(last.text) < _LONGEST_SIGNATURE else None
    if shape is None or len(shape.words) < 2 or shape.score < 2.0:  # noqa: PLR2004
        return []
    dated = _YEAR.search(above.text) is not None or above.text.endswith(",")
    return [Named(last.start, last.end, shape)] if dated and above.text.count(" ") <= _MOST_SPACES_OF_A_DATE else []


def _east_asian(text: str) -> list[Named]:
    found: list[Named] = []
    for pattern in (_HAN_CUED, _HAN_TITLED, _HANGUL_TITLED):
        for match in pattern.finditer(text):
            name = match[1]
            shape = name_shape(name)
            if shape is not None and (shape.known or pattern is _HAN_CUED):
                found.append(Named(match.start(1), match.end(1), shape))
            elif (
                pattern is _HAN_TITLED
                and len(name) == 1
                and (single := name_shape(name + "一")) is not None
                and single.known
            ):
                found.append(Named(match.start(1), match.end(1), Shape((), 1.0, 1, cased=False)))
    return found

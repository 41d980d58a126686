"""Names of persons in a text: what titles, labels, phrases, verbs, references and e-mail addresses show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from services.ingest.structure.identity.cues import folded_list, pieces
from services.ingest.structure.identity.names.address_match import matches_address
from services.ingest.structure.identity.names.cued_names import Named, find_cued_names
from services.ingest.structure.identity.names.front_of_name import NAME_CUES, titles
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.name_runs import is_written_as_a_name, run_at
from services.ingest.structure.identity.names.shape import HAN, Shape, name_shape
from services.ingest.structure.identity.words import Words, fold, holds_east_asian
from services.ingest.structure.identity.zones import Zones, heading_kind

_HAN_CUED = re.compile(
    rf"(?:我叫|我是|名叫|本人|姓名[:：]?\s?|联系人[:：]?\s?|推荐人[:：]?\s?|证明人[:：]?\s?|导师[:：]?\s?|指导老师[:：]?\s?|主管[:：]\s?|担当[:：]\s?|私は|名前は|氏名は|氏名[:：\s]\s?)([{HAN}]{{2,5}})(?![{HAN}])"
)
_HAN_TITLED = re.compile(
    rf"(?<![{HAN}])([{HAN}]{{1,4}}?)(?=先生|女士|小姐|老师|教授|博士|さん|様(?!々)|氏(?![名族])|课长|部長|課長)"
)
_HANGUL_CUED = re.compile(
    r"(?:저는|이름은|성명[:：]?\s?|담당자[:：]?\s?) ?([\uac00-\ud7a3]{3})(?=입니다|이라고|라고|이고|예요|이에요|\s|$)"
)
_HANGUL_TITLED = re.compile(
    r"(?<![\uac00-\ud7a3])([\uac00-\ud7a3]{3})(?= ?(?:씨|님|교수|팀장|부장|과장|이사|대리)(?:[은는이가을를의과와]|\b))"
)
_FIRM = re.compile(
    r"\b(?:company|firm|provider|platform|brand|organi[sz]ation|employer|retailer|agency|manufacturer|supplier|startup|start-up"
    r"|enterprise|corporation|subsidiary|nonprofit|non-profit|charity|hospital|school|chain|tool|framework|library|system"
    r"|software|unternehmen|firma|hersteller|anbieter|entreprise|société|empresa|azienda|bedrijf|hiring|seeking)\b",
    re.IGNORECASE,
)
_REACH_OF_A_FIRM = 60
_MOST_WORDS_BEFORE_A_VERB = 4
_ENOUGH_BEFORE_A_VERB = 2.0
_ARTICLES = frozenset(("a", "an"))
# Verbs of one language that are other words in another one.
_OTHER_WORDS = frozenset("a on ma er ha var es can will set made also aussi".split())
_ENOUGH_AMONG_REFERENCES = 1.5
_LONGEST_REFERENCE = 300
_LONGEST_SIGNATURE = 60
_ENOUGH_OF_A_SIGNATURE = 2.0
_MOST_SPACES_OF_A_DATE = 5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@cache
def _verbs() -> frozenset[str]:
    return (folded_list(NAME_CUES, "verb") - _OTHER_WORDS) | _ARTICLES


def find_names_in_text(
    words: Words, zones: Zones, address_words: Sequence[frozenset[str]], *, of_a_job: bool
) -> list[Named]:
    """Names that their surroundings show, in order of what shows them; they may overlap. In a job, whose sentences
    are about a firm, a sentence alone shows none. Linear."""
    found = [*find_cued_names(words, zones, of_a_job), *_beside_addresses(words.text, zones, address_words)]
    if not of_a_job:
        found += _before_verbs(words)
    found += _signature(zones)
    if holds_east_asian(words.text):
        found += _east_asian(words.text)
    return found


def _before_verbs(words: Words) -> list[Named]:
    """ "Kwabena Asiamah is …", "Kwabena Asiamah, a …" at the beginning of a line or a sentence."""
    text = words.text
    found: list[Named] = []
    for index in words.where(_verbs()):
        if index < 2 or not text[words.starts[index]].islower() or not text[words.starts[index - 1]].isupper():
            continue
        gap = text[words.ends[index - 1] : words.starts[index]]
        if gap != (", " if words.folded[index] in _ARTICLES else " "):
            continue
        first = _first_of_the_sentence(words, index - 1)
        if first is None or first == index - 1:
            continue
        shape, last = run_at(words, first)
        if shape is None or last != index - 1 or not shape.cased:
            continue
        long = shape.long_words
        if (
            len(long) < 2
            or shape.score < _ENOUGH_BEFORE_A_VERB
            or (words.folded[index] in _ARTICLES and not shape.known)
        ):
            continue
        of_a_firm = not shape.known and _FIRM.search(text, words.ends[index], words.ends[index] + _REACH_OF_A_FIRM)
        if not of_a_firm and is_written_as_a_name(text[words.starts[first] : words.ends[last]], shape):
            found.append(Named(words.starts[first], words.ends[last], shape))
    return found


def _first_of_the_sentence(words: Words, last: int) -> int | None:
    """The first of the words with capitals that end with `last`, where a sentence begins with it."""
    text = words.text
    first = last
    while first > 0 and last - first < _MOST_WORDS_BEFORE_A_VERB:
        if text[words.ends[first - 1] : words.starts[first]] not in (" ", "-", "'", "’", ". "):
            break
        if not text[words.starts[first - 1]].isupper() and words.folded[first - 1] not in lexicon().particle:
            break
        first -= 1
    return first if _begins_sentence(text, words.starts[first]) else None


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
        if (not among_references and not by_address) or len(line.text) > _LONGEST_REFERENCE or heading_kind(line.text):
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
            long = shape.long_words
            told = matches_address(shape.words, address_words, in_full=True) and shape.score > -1
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
    if len(zones.lines) < 3:
        return []
    above, last = zones.lines[-2], zones.lines[-1]
    shape = name_shape(last.text) if len(last.text) < _LONGEST_SIGNATURE else None
    if shape is None or len(shape.words) < 2 or shape.score < _ENOUGH_OF_A_SIGNATURE:
        return []
    dated = _YEAR.search(above.text) is not None or above.text.endswith(",")
    return [Named(last.start, last.end, shape)] if dated and above.text.count(" ") <= _MOST_SPACES_OF_A_DATE else []


def _east_asian(text: str) -> list[Named]:
    found: list[Named] = []
    for pattern in (_HAN_CUED, _HAN_TITLED, _HANGUL_CUED, _HANGUL_TITLED):
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

"""What a person tells of themself in a form or a letter: behind labels, after "I, the undersigned", at the end."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from services.ingest.structure.identity.addresses.address_parts import comma_parts, is_numbered, kind_of
from services.ingest.structure.identity.cues import ADDRESS_CUES, any_of, folded_list, folded_phrase
from services.ingest.structure.identity.names.cued_names import Named, after_titles
from services.ingest.structure.identity.names.front_of_name import NAME_CUES
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.shape import Shape, is_cased
from services.ingest.structure.identity.words import Words, fold
from services.ingest.structure.identity.zones import DECLARES, Zones, heading_kind

_LONGEST_LINE = 160
_LONGEST_DECLARATION = 600
_MOST_WORDS = 4
_LONGEST_NAME = 40
_LAST_LINES = 12
# Below a closing phrase: the name at once, or below a place for the signature.
_LINES_TO_THE_NAME = 2
_LABELLED = re.compile(r"[^\w\n]{0,4}(?:\d{1,2}[.)]\s{0,3})?([^\W\d_][^:：\n]{0,40}?)\s{0,3}[:：]\s{0,6}")
_GAP = re.compile(r"[ \u00a0]{1,2}|[-‑'’ʻ]|\. ?")
_ENDS = re.compile(r"\.?\s*(?:[\n,;|•·，、،。()/–—-]|\s{2}|\t|$)")
# What begins the end of a sentence behind an address: "certifie", "declares that".
_SMALL_WORDS_AT_THE_END = re.compile(r"(?:\s+[^\W\d_A-ZÀ-ÞА-Я]+)+$")
_LIVES = re.compile(rf"(?<!\w)(?:{any_of(ADDRESS_CUES, 'declared')})[ :]{{1,3}}(?=\S)", re.IGNORECASE)
# "г. Тамбов", "кв. 5"
_SHORT_FORM = re.compile(r"[^\W\d_]{1,5}\.\s?(?:[^\W\d_]|\d)")
_MOST_PARTS = 8
_NO_NAMES = frozenset("the a an your my our team der die das le la les el los il".split())


@cache
def _labels(kind: str) -> frozenset[str]:
    return folded_list(NAME_CUES, kind)


def load() -> None:
    """Reads the labels, so that no document waits for them."""
    for kind in ("label", "applicant", "part_of_name", "whole_name"):
        _labels(kind)


def names_in_letters(words: Words, zones: Zones) -> list[Named]:
    """Names behind labels of forms, in declarations and below closing phrases, in the text's order. Linear."""
    found: list[Named | None] = []
    closed = -_LINES_TO_THE_NAME - 1
    last_lines = len(zones.lines) - _LAST_LINES
    for index, line in enumerate(zones.lines):
        kind = heading_kind(line.text)
        if kind == "closing" and zones.zone[index] == "contact":
            closed = index
            continue
        declared = DECLARES.match(line.text)
        if declared is not None:
            found.append(_name_at(words, line.start + declared.end(), line.end, least=2))
        elif len(line.text) <= _LONGEST_LINE:
            label = _LABELLED.match(line.text)
            greeting, comma, signed = line.text.partition(",")
            if comma and signed and index >= last_lines and heading_kind(greeting) == "closing":
                found.append(_name_at(words, line.start + len(greeting) + 1, line.end, least=1))
            elif label is not None:
                phrase = folded_phrase(label[1])
                if phrase in _labels("part_of_name") or (
                    phrase in _labels("whole_name") and _parts_follow(zones, index)
                ):
                    found.append(_name_at(words, line.start + label.end(), line.end, least=1))
                elif phrase in _labels("applicant"):
                    found.append(_name_at(words, line.start + label.end(), line.end, least=2))
            elif index - closed <= _LINES_TO_THE_NAME and kind is None:
                named = _name_at(words, line.start, line.end, least=1)
                if named is not None:
                    found.append(named)
                    closed = -_LINES_TO_THE_NAME - 1
    return [named for named in found if named is not None]


def _parts_follow(zones: Zones, index: int) -> bool:
    """ "Name: Art" above "Surname: Mason" is the given name."""
    following = zones.lines[index + 1].text if index + 1 < len(zones.lines) else ""
    label = _LABELLED.match(following) if len(following) <= _LONGEST_LINE else None
    return label is not None and folded_phrase(label[1]) in _labels("part_of_name")


def capitals_above_contact(words: Words, zones: Zones, contact: Sequence[tuple[int, int]]) -> Named | None:
    """ "ART MASON" in one of the first two lines above contact data, where no list tells a name: in capitals, none of
    the words a trade."""
    near = {zones.line_at(start) for start, _ in contact}
    for index in range(zones.head_from, min(zones.head_from + 2, len(zones.lines))):
        line = zones.lines[index]
        if (
            not line.text.isupper()
            or (not line.text.isalpha() and " " not in line.text)
            or len(line.text) > _LONGEST_NAME
        ):
            continue
        if heading_kind(line.text) is not None or not {index + 1, index + 2} & near:
            continue
        named = _name_at(words, line.start, line.end, least=2)
        if named is not None and named.end == line.end and any(map(lexicon().is_name, named.shape.words)):
            return named
    return None


def _name_at(words: Words, start: int, end: int, least: int) -> Named | None:
    """A name of at least `least` words that begins at a place and is followed by a sign or the line's end, whatever
    else its words mean."""
    text = words.text
    first = after_titles(words, bisect_left(words.starts, start))
    if first >= len(words) or words.starts[first] >= end:
        return None
    if words.text[start : words.starts[first]].strip(" *_\t") and words.starts[first] - start > len("Mag. Dr. "):
        return None
    lists = lexicon()
    cased = is_cased(text[words.starts[first]])
    last, counted = first - 1, 0
    for index in range(first, min(len(words), first + 2 * _MOST_WORDS)):
        word = words.folded[index]
        if words.ends[index] > end or (
            index > first and not _GAP.fullmatch(text[words.ends[last] : words.starts[index]])
        ):
            break
        written = text[words.starts[index]]
        particle = word in lists.particle and index > first
        if word.isdigit() or word in _NO_NAMES - lists.particle or (cased and not written.isupper() and not particle):
            break
        last, counted = index, counted + (not particle)
    while last > first and words.folded[last] in lists.particle and not text[words.starts[last]].isupper():
        last -= 1
    if last < first or counted > _MOST_WORDS or not _ENDS.match(text, words.ends[last]):
        return None
    said = words.folded[first : last + 1]
    unspaced = not cased and len(said) == 1 and 1 < len(said[0]) <= _MOST_WORDS
    if counted < least and not unspaced:
        return None
    other = [
        (lists.is_title(word) or word in lists.organization or word in lists.proper) and not lists.is_name(word)
        for word in said
    ]
    # In scripts without capitals many a family name is a trade.
    # "Java Developer": what stands for a thing or a trade in each of its words is nobody.
    unnamed = cased and len(said) > 1 and all(map(lists.means_something, said)) and not any(map(lists.is_name, said))
    if unnamed or (any(other) if cased else all(other)) or folded_phrase(" ".join(said)) in _labels("label"):
        return None
    return Named(words.starts[first], words.ends[last], Shape(tuple(map(fold, said)), 1.0, 0, cased=cased))


def addresses_in_declarations(text: str, zones: Zones) -> list[tuple[int, int]]:
    """ "…, residing at 4 Mill Lane, Truro, declare …": where a declaration says that the person lives."""
    found: list[tuple[int, int]] = []
    for line in zones.lines:
        if DECLARES.match(line.text) is None:
            continue
        lives = _LIVES.search(text, line.start, min(line.end, line.start + _LONGEST_DECLARATION))
        if lives is None:
            continue
        stop = lives.end()
        for start, end in comma_parts(text, lives.end(), min(line.end, lives.end() + _LONGEST_LINE))[:_MOST_PARTS]:
            kept = end
            if (
                kind_of(text[start:end]) == "other"
                and not is_numbered(text[start:end])
                and not _SHORT_FORM.match(text, start)
            ):
                tail = _SMALL_WORDS_AT_THE_END.search(text, start, end)
                kept = tail.start() if tail else start
            part = text[start:kept]
            if not part or not (
                part[:1].isdigit() or _SHORT_FORM.match(part) or kind_of(part) != "other" or is_numbered(part)
            ):
                break
            if not any(sign.isupper() or sign.isdigit() or not is_cased(sign) for sign in part if sign.isalnum()):
                break
            stop = kept
            if kept < end:
                break
        if stop > lives.end():
            found.append((lives.end(), stop))
    return found

"""Traits that are told without a label: in lines of personal details, by pronouns, by citizenship, in a sentence."""

from __future__ import annotations

import re

from services.ingest.structure.identity.cues import folded_phrase, pieces
from services.ingest.structure.identity.protected_cues import load, says_a_trait
from services.ingest.structure.identity.words import Words, holds_east_asian
from services.ingest.structure.identity.zones import Zones

_SLASHED = re.compile(
    r"(?<![\w/])[(\[]?([^\W\d_]{2,6})\s?/\s?([^\W\d_]{2,6})(?:\s?/\s?([^\W\d_]{2,6}))?[)\]]?(?![\w/])"
)
_AGE_IN_CJK = re.compile(
    r"(?:満|만)?\s?[1-9]\d\s?(?:岁|歳|歲|세|才)(?![\w])|\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?\s?(?:出生|生まれ|生)(?!\w)"
)
_I_AM_AGED = re.compile(
    r"\b(?:(?:i am|i'm|i’m)\s[1-9]\d[ -]years?[ -]old"
    r"|aged\s[1-9]\d(?!\d|\s?(?:-|–|to|and|years and))(?:[ -]years?(?:[ -]old)?)?"
    r"|[1-9]\d[ -]years?[ -]old(?=\s(?:man|woman|female|male|mother|father|\w+ (?:man|woman|citizen|national))))\b",
    re.IGNORECASE,
)
_AGED_WORDS = frozenset(("old", "aged"))
_PARENT_WORDS = frozenset("father mother mom mum dad parent parents married".split())
_CITIZEN_WORDS = frozenset(
    "citizen national citizenship passport staatsburger staatsburgerin staatsangehorigkeit".split()
)
_AFTER_A_CITIZEN = frozenset("with and by who born living since of in seeking holding from or".split())
_AGE = re.compile(r"(?:ca\. )?\(?[1-9]\d\s?(?P<word>[^\W\d].*?)\)?\.?$")
_PARENT = re.compile(
    r"\b(?:(?:proud |single |married |devoted )?(?:father|mother|mom|mum|dad|parent)s? (?:of|to) "
    r"(?:one|two|three|four|five|six|\d)"
    r"(?: (?:children|kids|boys|girls|sons|daughters|twins))?|married with (?:\w+ )?(?:children|kids|child|kid))\b",
    re.IGNORECASE,
)
_MOST_SLASHES = 1_000
_ANYBODY = frozenset(
    (
        ("his", "her"),
        ("her", "his"),
        ("he", "she"),
        ("she", "he"),
        ("him", "her"),
        ("her", "him"),
        ("his", "hers"),
        ("er", "sie"),
        ("sie", "er"),
        ("il", "elle"),
        ("elle", "il"),
        ("el", "ella"),
        ("ella", "el"),
        ("on", "ona"),
        ("ele", "ela"),
        ("el", "la"),
        ("la", "el"),
        ("il", "la"),
        ("hij", "zij"),
        ("on", "il"),
        ("any", "her"),
    )
)
_PHOTO_FRAME = " \t[](){}<>:：*–—-._"
_LONGEST_CAPTION = 60
_LONGEST_LINE = 400


def find_told_alone(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    """Where traits are told without a label, in no order; they may overlap. Linear."""
    found = [*_in_personal_lines(text, zones), *_citizens(words), *_pronouns(text)]
    for pattern, needed in ((_I_AM_AGED, _AGED_WORDS), (_PARENT, _PARENT_WORDS)):
        if words.vocabulary & needed:
            found += [match.span() for match in pattern.finditer(text)]
    if holds_east_asian(text):
        found += [match.span() for match in _AGE_IN_CJK.finditer(text)]
    return found


def _in_personal_lines(text: str, zones: Zones) -> list[tuple[int, int]]:
    """Stretches of the head and the personal details that say a trait by themselves, and captions of a photo."""
    lists = load()
    found: list[tuple[int, int]] = []
    for index, line in enumerate(zones.lines):
        if zones.zone[index] not in ("head", "contact"):
            continue
        if len(line.text) <= _LONGEST_CAPTION and _is_caption(line.text):
            found.append((line.start, line.end))
            continue
        if len(line.text) > _LONGEST_LINE:
            continue
        for start, end in pieces(line.text, line.start):
            if end - start > _LONGEST_CAPTION:
                continue
            phrase = folded_phrase(text[start:end])
            age = _AGE.match(text[start:end])
            if (
                phrase in lists.alone
                or phrase in lists.demonyms
                or (says_a_trait(phrase) and not phrase.isdigit() and len(phrase) > 1)
                or (age is not None and folded_phrase(age["word"]) in lists.age_words)
            ):
                found.append((start, end))
    return found


def _is_caption(line: str) -> bool:
    """Whether a line stands for a photo: "[Photo]", "Foto: Jane Doe", "Photo of the applicant"."""
    lists = load()
    bare = line.strip(_PHOTO_FRAME)
    phrase = folded_phrase(bare)
    if phrase in lists.photos:
        return True
    words = phrase.split()
    return any(
        " ".join(words[:cut]) in lists.photos
        and (
            words[cut] in ("of", "von", "de", "di", "van", "by", "bei", "attached", "credit")
            or re.match(r"[^\w]*[\w ]+[:：]", bare)
        )
        for cut in range(1, min(4, len(words)))
    ) or (
        line[:1] in "[(【"
        and line[-1:] in "])】"
        and words[:1] != []
        and (words[0] in lists.photos or words[-1] in lists.photos)
    )


def _citizens(words: Words) -> list[tuple[int, int]]:
    """ "British citizen", "Nigerian national", "US passport holder"."""
    lists = load()
    found: list[tuple[int, int]] = []
    if not words.vocabulary & _CITIZEN_WORDS:
        return found
    for index in words.where(lists.citizens.firsts):
        phrase = lists.citizens.at(words, index)
        if phrase is None or index + phrase[0] >= len(words):
            continue
        after = index + phrase[0]
        word = words.folded[after]
        if word == "passport" and words.folded[after + 1 : after + 2] == ["holder"]:
            found.append((words.starts[index], words.ends[after + 1]))
        elif word in (
            "citizen",
            "national",
            "citizenship",
            "staatsburger",
            "staatsburgerin",
            "staatsangehorigkeit",
        ) and _is_end(words, after):
            found.append((words.starts[index], words.ends[after]))
    return found


def _is_end(words: Words, index: int) -> bool:
    """ "British national" is a person, "a British national paper" is not: no noun follows at once."""
    following = index + 1
    if following >= len(words) or words.text[words.ends[index] : words.starts[following]] != " ":
        return True
    return words.folded[following] in _AFTER_A_CITIZEN


def _pronouns(text: str) -> list[tuple[int, int]]:
    """ "she/her", "(they/them/theirs)"; "his/her" and "he/she" mean anybody."""
    pronouns = load().pronouns
    found: list[tuple[int, int]] = []
    for slash in list(re.finditer("/", text))[:_MOST_SLASHES]:
        begin = max(0, slash.start() - 8)
        match = _SLASHED.search(text, begin, slash.end() + 18)
        if match is None or (begin and match.start() == begin):
            continue
        said = [folded_phrase(group) for group in match.groups() if group]
        if all(word in pronouns for word in said) and tuple(said[:2]) not in _ANYBODY and said[0] != said[1]:
            found.append(match.span())
    return found

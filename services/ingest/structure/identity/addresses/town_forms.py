"""Towns that no list holds, told by their form: by how their names begin and end, by what stands beside them."""

from __future__ import annotations

import re
from functools import cache

from services.ingest.structure.identity.cues import ADDRESS_CUES, any_of, cue_lists, folded_list
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.protected.protected_cues import load
from services.ingest.structure.identity.words import WORD, fold
from services.ingest.structure.title.occupation_words import names_field, names_occupation

_LONGEST = 45
_MOST_WORDS = 4
# An ending tells nothing in a word that is little more than it: "Burger", "Campus".
_FEWEST_IN_FRONT = 3
# "с. Усть-Качка", "м. Тернопіль": short forms of city, town and village, in small letters as initials are not.
_SETTLEMENT = re.compile(
    r"(?:гор|пос|пгт|рп|сл|дер|смт|аул|гр|[гпсдмх])\.\s?(?=[А-ЯЁІЇЄҐ])[^\W\d_]+(?:[ -][^\W\d_]+){0,3}\.?"
    r"(?:\s(?:обл|р-н)\.?)?"
)
# Cities and provinces, as Koreans write them without what they are; a district follows.
_KOREAN = re.compile(
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|수원|성남|고양|용인|창원|청주|전주)"
    r"(?:시|도)?(?:\s[\uac00-\ud7a3]{1,4}[시군구읍면동])+"
)
_REGIONS = any_of(ADDRESS_CUES, "region")
_REGION = re.compile(
    rf"(?:{_REGIONS})(?: (?:de|d'|of))? [^\W\d_]{{3,}}|[^\W\d_]{{3,}} (?:{_REGIONS})|[^\W\d_]{{4,}} обл\.?",
    re.IGNORECASE,
)
# As profiles on the net tell it: "Greater Bogotá Metropolitan Area", "Utrecht Area".
_AREA = re.compile(
    r"(?:Greater )?[^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_a-z][^\W\d_]+){0,2} (?:Metropolitan |Metro |Bay )?Area"
)
_BETWEEN_PLACES = re.compile(r"\s?,\s?|\s[–-]\s|\s?/\s?")
# "Dublin 8", "Paris 18e", "Budapest XIII", "Kirkwall KW15"
_NUMBER_OF_A_QUARTER = re.compile(r",?[ -](?:[IVX]{1,5}|\d{1,2}(?:er?|è?me)?|[A-Z]{1,2}\d{1,2}[A-Z]?)(?=$|,)")
_SHORT_FORM = re.compile(r"(?:[A-Z]\.?){1,3}|[A-Z][a-z]{1,3}\.|[A-Z]{1,2}\.[A-Z]{2,3}")
_HOUSE = re.compile(r"\d{1,4}(?:[-/]\d{1,4}){0,2}")
_MOST_PARTS = 3
_SMALL = frozenset("of the upon on sur sous les lès am an im in bei ob nad pod".split())
# How words for trades end that no list holds; a town that ends like one is not taken.
_TRADE_ENDING = re.compile(
    r"(?:er|erin|in|ist|istin|eur|euse|ier|ière|iere|ista|ero|era|or|ora|ant|antin|ent|entin|ente|ante|ka|nik|arz|czy"
    r"|man|woman|frau|mann|kraft|kracht|hilfe|kundige|ologo|óloga|logue|ing|tion|ment|ung|ität|ność"
    r"|ник|щик|тель|ант|ист|ка|ец|ер|ор|лог|ар)$"
)
_SLASH = re.compile(r"\s?/\s?")


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(sorted(fold(start) for start in cue_lists(ADDRESS_CUES)["town_beginning"]))


@cache
def _town_words() -> frozenset[str]:
    return folded_list(ADDRESS_CUES, "town_word")


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted(fold(end) for end in cue_lists(ADDRESS_CUES)["town_ending"]))


def is_marked_as_a_town(part: str) -> bool:
    """ "с. Усть-Качка", "인천 부평구", "Gandaki Pradesh", "Bornova/İzmir": what stands beside the name tells it."""
    if len(part) > _LONGEST:
        return False
    if not part.isascii() and (_SETTLEMENT.fullmatch(part) or _KOREAN.fullmatch(part)):
        return True
    if part[:1].isupper() and part.count(" ") < _MOST_WORDS and _REGION.fullmatch(part):
        return True
    area = _AREA.fullmatch(part)
    if area is not None and (
        part.startswith("Greater ") or "Metropolitan" in part or _is_a_known_place(part.split()[0])
    ):
        return True
    halves = _SLASH.split(part) if "/" in part else []
    return len(halves) == 2 and _is_a_known_place(halves[1]) and _may_be_a_name(halves[0])


def sounds_like_a_town(part: str) -> bool:
    """ "Unterweißenbach", "Ballydehob": one to four words with capitals that nothing else is called by."""
    if len(part) > _LONGEST or not _may_be_a_name(part):
        return False
    whole = fold(part)
    words = [fold(word) for word in WORD.findall(part)]
    if any(whole.startswith(start) and len(whole) >= len(start) + _FEWEST_IN_FRONT for start in _beginnings()):
        return True
    return any(words[-1].endswith(end) and len(words[-1]) >= len(end) + _FEWEST_IN_FRONT for end in _endings())


def may_be_a_bare_town(line: str, in_capitals: bool = False) -> bool:
    """Whether a line may be a town that no list knows: a few words with capitals that are known as nothing else, and
    do not end like a word for a trade. `in_capitals`: where the lines around have no small letters either."""
    parts = _BETWEEN_PLACES.split(_NUMBER_OF_A_QUARTER.sub("", line)) if len(line) <= _LONGEST else []
    if not 0 < len(parts) <= _MOST_PARTS or not (_may_be_a_name(parts[0]) or (len(parts) > 1 and is_a_house(parts[0]))):
        return False
    if len(parts) > len("AB") and _HOUSE.fullmatch(parts[-1]):  # "Караганда, Юго-Восток, 14-12"
        parts = parts[:-1]
    if not all(_may_be_a_name_or_short(part) or is_a_house(part) for part in parts[1:]):
        return False
    first = WORD.findall(parts[0])
    if is_a_house(parts[0]):
        return len(parts) > 1
    if names_occupation(line) or names_field(line):
        return False
    if (
        not first
        or (parts[0].isupper() and not in_capitals)
        or (len(first) == 1 and _TRADE_ENDING.search(first[0].lower()))
    ):
        return len(parts) > 1 and _is_a_known_place(parts[-1])
    return not any(fold(word) in load().demonyms or fold(word) in lexicon().month for word in first)


def tells_a_place(line: str) -> bool:
    """Whether something in a line tells that it is a place: a number, a house, a known place, the short form of a
    state, how a town's name begins or ends."""
    parts = _BETWEEN_PLACES.split(line)
    return (
        any(letter.isdigit() for letter in line)
        or _NUMBER_OF_A_QUARTER.search(line) is not None
        or any(fold(word) in lexicon().place for word in WORD.findall(line))
        or any(is_a_house(part) or sounds_like_a_town(part) for part in parts)
        or (len(parts) > 1 and _SHORT_FORM.fullmatch(parts[-1]) is not None)
    )


def is_a_house(part: str) -> bool:
    """ "The Old Forge", "Rose Cottage", "Villa Rosa": up to four words with capitals, one of them a house."""
    words = part.split()
    if not 1 < len(words) <= _MOST_WORDS or not all(word[0].isupper() or word.islower() for word in words):
        return False
    return fold(words[-1]) in folded_list(ADDRESS_CUES, "house") or fold(words[0]) in folded_list(ADDRESS_CUES, "house")


def _may_be_a_name_or_short(part: str) -> bool:
    """A name, or the short form of a state: "Contagem - MG", "Yonkers, N.Y."."""
    return _may_be_a_name(part) or _SHORT_FORM.fullmatch(part) is not None


def _is_a_known_place(written: str) -> bool:
    words = [fold(word) for word in WORD.findall(written)]
    return bool(words) and all(word in lexicon().place for word in words)


def _may_be_a_name(written: str) -> bool:
    """Whether each word has a capital or is a small one, and none is known as something else than a place."""
    lists = lexicon()
    # "Llanfihangel-yng-Ngwynfa": hyphens join small words.
    words = [
        match.group() for match in WORD.finditer(written) if written[match.start() - 1] != "-" or not match.start()
    ]
    while len(words) > 1 and fold(words[0]) in _town_words() and words[0][0].islower():  # "nr Ipswich"
        words = words[1:]
    if not 0 < len(words) <= _MOST_WORDS or not words[0][0].isupper() or any(map(str.isdigit, written)):
        return False
    if all(fold(word) in _town_words() or fold(word) in lists.particle for word in words):
        return False
    return all(
        fold(word) in lists.particle
        or fold(word) in lists.place
        or fold(word) in _town_words()
        or word in _SMALL
        or (
            word[0].isupper()
            and not (
                fold(word) in lists.ordinary
                or fold(word) in lists.proper
                or fold(word) in lists.company
                or fold(word) in lists.organization
                or fold(word) in lists.credential
                or fold(word) in lists.academic
                or lists.is_title(fold(word))
            )
        )
        for word in words
    )

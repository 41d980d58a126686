"""What tells a person's age, origin, sex, family or belief."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.cues import Phrases, cue_lists, folded_list, folded_phrase, pieces
from services.ingest.structure.identity.words import Words, holds_east_asian
from services.ingest.structure.identity.zones import Zones

CUES = Path(__file__).with_name("protected_cues_v1.tsv")
_MOST_VALUE = 70
_MOST_UNMARKED_WORDS = 4

_YEAR = r"(?:19|20|١٩|٢٠|۱۹|۲۰|13|14|۱۳)\d\d"
_DATE_END = re.compile(
    rf"\d{{1,2}}[./\-\s]{{1,2}}\d{{1,2}}[./\-\s]{{1,2}}{_YEAR}"
    rf"|{_YEAR}(?:\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d{{1,2}}\.?|\s?[年년]\s?\d{{1,2}}\s?[月월](?:\s?\d{{1,2}}\s?[日일])?생?|\s?[年년]생?)?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)"
)
_AFTER_DATE = re.compile(
    r"(?:\s?(?:r\.|р\.|г\.|г\.р\.|року|года|生|生まれ)(?!\w))?"
    r"(?:\s?[(（,–-]{0,2}\s?(?:age|aged|edad|idade|alter|満|만)?:?\s?\d{1,2}\s?(?:years?(?: old)?|yrs?(?: old)?|y/o|ans|jahre|años|anos|anni|jaar|lat|år|岁|歳|歲|세)\.?\s?[)）]?)?"
    r"(?:,?\s(?:in|at|à|a|en|em|te|w|we|i|v|ve|la|din|'da|w mieście|в|у|في|ב)\s[^\W\d_][\w'’.-]+(?:[ -][^\W\d_a-z][\w'’.-]+){0,2})?",
    re.IGNORECASE,
)
_VALUE_STOP = re.compile(r"\n|\t|\s{3,}|[|•·●▪■;；]|\s[/–—]\s|,?\s+\*?[^\W\d_][\w'’.]*(?: [\w'’.]+){0,3}\s?[:：]")
_MARK = re.compile(r"[ \t.)]{0,20}[:：=][ \t\u3000-]{0,6}|[.]?[ \t]{3,}|\t|\u3000+|\s[–—-]\s")
_OPENERS = frozenset("\n\t|•·●▪■◦‣;；,，(（/*➢✦–—-✓:[")
_SLASHED = re.compile(
    r"(?<![\w/])[(\[]?([^\W\d_]{2,6})\s?/\s?([^\W\d_]{2,6})(?:\s?/\s?([^\W\d_]{2,6}))?[)\]]?(?![\w/])"
)
_AGE_IN_CJK = re.compile(
    r"(?:満|만)?\s?[1-9]\d\s?(?:岁|歳|歲|세|才)(?![\w])|\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?\s?(?:出生|生まれ|生)(?!\w)"
)
_I_AM_AGED = re.compile(
    r"\b(?:(?:i am|i'm|i’m)\s[1-9]\d[ -]years?[ -]old|aged\s[1-9]\d(?!\d|\s?(?:-|–|to|and|years and))(?:[ -]years?(?:[ -]old)?)?|[1-9]\d[ -]years?[ -]old(?=\s(?:man|woman|female|male|mother|father|\w+ (?:man|woman|citizen|national))))\b",
    re.IGNORECASE,
)
_AGED_WORDS = frozenset(("old", "aged"))
_PARENT_WORDS = frozenset("father mother mom mum dad parent parents married".split())
_CITIZEN_WORDS = frozenset(
    "citizen national citizenship passport staatsburger staatsburgerin staatsangehorigkeit".split()
)
_AFTER_A_CITIZEN = frozenset("with and by who born living since of in seeking holding from or".split())
_PLACE_LABELS = (
    "place",
    "ort",
    "lieu",
    "lugar",
    "luogo",
    "local de",
    "plaats",
    "miejsce",
    "yeri",
    "misto",
    "miesto",
    "hely",
    "mesto",
    "мест",
    "місце",
    "mjesto",
    "tempat",
    "noi sinh",
    "籍",
    "出生地",
    "home town",
    "hometown",
)
# "Born in Kyiv" tells an origin; "born out of a need" does not.
_BORN_IN = re.compile(r"\s[A-ZÀ-Ý][\w'’-]+(?:,? [A-ZÀ-Ý][\w'’-]+){0,2}")
_AGE = re.compile(r"(?:ca\. )?\(?[1-9]\d\s?(?P<word>[^\W\d].*?)\)?\.?$")
_PARENT = re.compile(
    r"\b(?:(?:proud |single |married |devoted )?(?:father|mother|mom|mum|dad|parent)s? (?:of|to) (?:one|two|three|four|five|six|\d)"
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


@dataclass(frozen=True, slots=True)
class _Lists:
    labels: Phrases
    alone: frozenset[str]
    children: frozenset[str]
    numbers: frozenset[str]
    age_words: frozenset[str]
    demonyms: frozenset[str]
    citizens: Phrases
    citizen_words: frozenset[str]
    photos: frozenset[str]
    pronouns: frozenset[str]
    weak: frozenset[str]


@cache
def load() -> _Lists:
    """The lists, read once."""
    lists = cue_lists(CUES)
    return _Lists(
        labels=Phrases({"date": lists["label_date"], "value": lists["label"]}),
        alone=folded_list(CUES, "alone"),
        children=folded_list(CUES, "children"),
        numbers=folded_list(CUES, "number"),
        age_words=folded_list(CUES, "age_word"),
        demonyms=folded_list(CUES, "demonym"),
        citizens=Phrases({"demonym": lists["demonym"]}),
        citizen_words=folded_list(CUES, "citizen"),
        photos=folded_list(CUES, "photo"),
        pronouns=folded_list(CUES, "pronoun"),
        weak=folded_list(CUES, "weak"),
    )


def find_protected(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    """Where protected traits are told, in order, none over another; a label in front belongs to it. Linear."""
    found = [
        *_labelled(text, words, zones),
        *_in_personal_lines(text, zones),
        *_citizens(words),
        *_pronouns(text),
    ]
    for pattern, needed in ((_I_AM_AGED, _AGED_WORDS), (_PARENT, _PARENT_WORDS)):
        if words.vocabulary & needed:
            found += [match.span() for match in pattern.finditer(text)]
    if holds_east_asian(text):
        found += [match.span() for match in _AGE_IN_CJK.finditer(text)]
    return _joined(text, found)


def _labelled(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    lists = load()
    found: list[tuple[int, int]] = []
    after = 0
    for index in words.where(lists.labels.firsts):
        if words.starts[index] < after:
            continue
        phrase = lists.labels.at(words, index)
        if phrase is None:
            continue
        length, kind = phrase
        start, end = words.starts[index], words.ends[index + length - 1]
        label = " ".join(words.folded[index : index + length])
        span = _value_span(text, start, end, label, kind, zones)
        if span is not None:
            found.append(span)
            after = span[1]
    return found


def _value_span(text: str, start: int, end: int, label: str, kind: str, zones: Zones) -> tuple[int, int] | None:
    """A label together with its value, or None where the words are no label here."""
    lists = load()
    personal = zones.zone[zones.line_at(start)] in ("head", "contact") if zones.lines else False
    mark = _MARK.match(text, end)
    at = mark.end() if mark else end
    stop = _VALUE_STOP.search(text, at, at + _MOST_VALUE)
    value_end = stop.start() if stop else min(len(text), at + _MOST_VALUE)
    if kind == "date":
        date = _DATE_END.search(text, at, min(value_end + 12, at + 46))
        if date is not None and "\n" not in text[at : date.start()]:
            tail = _AFTER_DATE.match(text, date.end())
            date_end = tail.end() if tail else date.end()
            return start, max(date_end, value_end) if _names_place(label) and mark else date_end
        born_in = _BORN_IN.match(text, end) if label in ("born in", "born at") else None
        return (start, born_in.end()) if born_in and personal else None
    opens = _opens_datum(text, start)
    value = folded_phrase(text[at:value_end])
    known = _says_a_trait(value)
    value_words = value.split()
    if mark is None:
        if not (
            personal
            and opens
            and value_words
            and len(value_words) <= _MOST_UNMARKED_WORDS
            and "\n" not in text[end:value_end]
        ):
            return None
        known = known or label in folded_list(CUES, "nationality_first")
        return (start, _trimmed(text, value_end)) if known else None
    if not value_words or (not opens and (len(label) < 5 or label in lists.weak) and not known):  # noqa: PLR2004
        return None
    if not personal and label in lists.weak and not known:
        return None
    return start, _trimmed(text, _end_of_value(text, at, value_end, known, _names_place(label)))


def _names_place(label: str) -> bool:
    """Whether a label asks where somebody was born or comes from."""
    return any(word in label for word in _PLACE_LABELS)


def _end_of_value(text: str, start: int, end: int, known: bool, names_place: bool) -> int:
    """Where a value ends that may go on after commas: "married, two children" does, "Indian, Pune" does not."""
    if names_place:
        return end
    value = text[start:end]
    comma = value.find(",")
    while comma != -1:
        rest = folded_phrase(value[comma + 1 :].partition(",")[0])
        if not _says_a_trait(rest):
            return start + comma
        comma = value.find(",", comma + 1)
    sentence = re.search(r"\.\s", value)
    if sentence is not None:
        return start + sentence.start() + 1
    many = 6
    return end if known or value.count(" ") < many else start + _nth_space(value, many)


def _nth_space(value: str, count: int) -> int:
    at = -1
    for _ in range(count):
        at = value.find(" ", at + 1)
    return at


def _trimmed(text: str, end: int) -> int:
    while end > 0 and text[end - 1] in " \t\n,;:–—-":
        end -= 1
    return end


def _opens_datum(text: str, start: int) -> bool:
    """Whether a place begins a line or a stretch between separators."""
    at = start - 1
    while at >= 0 and text[at] == " ":
        at -= 1
    return at < 0 or text[at] in _OPENERS or start - at > 3  # noqa: PLR2004


def _says_a_trait(phrase: str) -> bool:
    """Whether a folded stretch is nothing but words for traits: "married two children", "34 years", "f"."""
    lists = load()
    if not phrase:
        return False
    if phrase in lists.alone or phrase in lists.demonyms or phrase in ("m", "f", "d", "w", "k", "x", "ж", "м", "v"):
        return True
    words = phrase.split()
    if words[0].isdigit() and len(words[0]) <= 2:  # noqa: PLR2004
        return len(words) == 1 or " ".join(words[1:]) in lists.age_words or _is_children(words)
    if _is_children(words):
        return True
    for cut in range(len(words) - 1, 0, -1):
        if " ".join(words[:cut]) in lists.alone or " ".join(words[:cut]) in lists.demonyms:
            rest = words[cut:]
            return (
                rest[0] in ("and", "und", "et", "y", "e", "i", "en", "och", "mit", "with", "avec", "con", "com", "z")
                and (_says_a_trait(" ".join(rest[1:])) or _is_children(rest[1:]))
                or _is_children(rest)
                or " ".join(rest) in lists.citizen_words
            )
    return False


def _is_children(words: list[str]) -> bool:
    lists = load()
    if not words or words[-1] not in lists.children:
        return False
    few = 4
    return 1 < len(words) <= few and any(word in lists.numbers or word.isdigit() for word in words[:-1])


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
        for start, end in pieces(line.text, line.start):
            phrase = folded_phrase(text[start:end])
            age = _AGE.match(text[start:end])
            if (
                phrase in lists.alone
                or phrase in lists.demonyms
                or _says_a_trait(phrase)
                and not phrase.isdigit()
                and len(phrase) > 1
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


def _joined(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order; those that overlap, or that only a comma parts, become one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and (start <= joined[-1][1] or text[joined[-1][1] : start] in (", ", ",", "، ", "、", "，")):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined

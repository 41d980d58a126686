"""Traits that are told without a label: in lines of personal details, by pronouns, by citizenship, in a sentence."""

from __future__ import annotations

import re

from services.ingest.structure.identity.cues import folded_phrase, pieces
from services.ingest.structure.identity.protected.protected_cues import begins_a_trait, load, says_a_trait, units_of
from services.ingest.structure.identity.protected.protected_in_sentences import citizens, pronouns, relations
from services.ingest.structure.identity.words import WORD, Words, fold, holds_east_asian
from services.ingest.structure.identity.zones import Zones

_AGE_IN_CJK = re.compile(
    r"(?:満|만)?\s?[1-9]\d\s?(?:岁|歳|歲|세|才)(?![\w])|(?:既婚|未婚|独身|已婚|离异)[・、，\s]{0,2}(?:(?:子|子供|子ども|有)\s?[\d一二两三]\s?(?:人|子|女|孩)|已育|未育)"
    r"|\d{4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?\s?(?:出生|生まれ|生)(?!\w)"
)
_I_AM_AGED = re.compile(
    r"\b(?:(?:i am|i'm|i’m)\s[1-9]\d[ -]years?[ -]old"
    r"|aged\s[1-9]\d(?!\d|\s?(?:-|–|to|and|years and))(?:[ -]years?(?:[ -]old)?)?"
    r"|[1-9]\d[ -]years?[ -]old(?=\s(?:man|woman|female|male|mother|father|\w+ (?:man|woman|citizen|national))))\b",
    re.IGNORECASE,
)
_AGED_WORDS = frozenset(("old", "aged"))
_PARENT_WORDS = frozenset("father mother mom mum dad parent parents married".split())
_YOUNGEST, _OLDEST = 15, 85
_FIRST_BIRTH, _LAST_BIRTH = 1935, 2010
_AFTER_BRACKETS = re.compile(r"[)）]\s*(?:$|[,;|•·–—-]|\n)")
_NUMBERS = r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)\d\d|(?:19|20)\d\d\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}"
_DATE_ALONE = re.compile(
    rf"(?P<sign>[*°∗]\s?)?(?:{_NUMBERS}|\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:de\s)?[^\W\d_]{{3,12}}\.?,?\s(?:de\s)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d\s?[年년](?:\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日일])?)?\s?(?:生|生まれ|출생|생)?"
    r"|(?:19|20)\d\d\s?(?:doğumlu|г\.\s?р\.?|р\.\s?н\.?|г\.\s?рождения|року народження))\.?"
)
# A star, "b." or "s." in front of a year or a day: the sign of a birth.
_BORN_SIGN = re.compile(
    r"(?<![\w*])((?:[*∗°]\s?|(?:b|s|f|n|r|g)\.\s?|(?:Jg|Jgg|Jahrg|JG)\.?:?\s|rocznik\s|cosecha\s|класс\s)"
    r"(?:\d{1,2}\.\s?(?:\d{1,2}\.|[^\W\d_]{3,10})\s?)?(?:19[3-9]|20[01])\d(?!\d)"
    r"(?:\s(?:in|à|a|en|te|w)\s[^\W\d_a-z][\w'’-]+)?)"
)
# An age that a sentence tells.
_TELLS_AGE = re.compile(
    r"\b((?:an? )?[1-8]\d[ -]years?[ -]old\b(?!\s(?:firm|company|business|brand|house|building))"
    r"|(?:j['’]ai|ho|tengo|tenho|mam|мне|мені|i am|i['’]m|ich bin|ik ben|âgée? de|con|di|de)\s[1-8]\d\s"
    r"(?:ans|anni|años|anos|lata?|лет|года?|роки|років|years?(?: old)?|jahre(?: alt)?|jaar(?: oud)?))\b",
    re.IGNORECASE,
)
_MOST_SPACES = 9
_LISTED = re.compile(r"[^:：]{2,30}[:：]")
_PARENT = re.compile(
    r"\b(?:(?:proud |single |married |devoted )?(?:father|mother|mom|mum|dad|parent)s? (?:of|to) "
    r"(?:one|two|three|four|five|six|\d)"
    r"(?: (?:children|kids|boys|girls|sons|daughters|twins))?|married with (?:\w+ )?(?:children|kids|child|kid))\b",
    re.IGNORECASE,
)
_PHOTO_FRAME = " \t[](){}<>:：*–—-._"
_PIECE = re.compile(r"[^\s,;|:،，；：.](?:(?:[^,;|:،，；：.]|\.(?!\s|$))*[^\s,;|:،，；：.])?")
_SIGNS_BETWEEN_PIECES = ",;|:،，；："
_AGE_ALONE = re.compile(
    r"(?:[1-7]\d\s(?:ans|anni|años|jahre(?: alt)?|lat|лет|года?|jaar(?: oud)?|years old|yrs old)"
    r"|عمري\s[\d٠-٩]{2}\s(?:سنة|عاماً?))\.?",
    re.IGNORECASE,
)
_AGES_OF_CHILDREN = re.compile(
    r"\s\(\d{1,2}(?:(?:,| und| and| et| y| e| en| i| и) ?\d{1,2}){0,5}"
    r"(?: ?(?:anos|años|ans|anni|Jahre|jaar|lat|years|yrs|år|лет|года|let|ani|éves))?\)"
)
_MOST_WORDS_OF_A_STATUS = 5
_LONGEST_CAPTION = 60
_LONGEST_LINE = 400


def find_told_alone(text: str, words: Words, zones: Zones) -> list[tuple[int, int]]:
    """Where traits are told without a label, in no order; they may overlap. Linear."""
    found = [*_in_personal_lines(text, zones), *citizens(words), *pronouns(text), *relations(text, zones)]
    found += _in_lines_of_their_own(words, zones)
    for pattern, needed in ((_I_AM_AGED, _AGED_WORDS), (_PARENT, _PARENT_WORDS)):
        if words.vocabulary & needed:
            found += [match.span() for match in pattern.finditer(text)]
    if holds_east_asian(text):
        found += [match.span() for match in _AGE_IN_CJK.finditer(text)]
    return [(start, _with_ages_of_children(text, end)) for start, end in found]


def _with_ages_of_children(text: str, end: int) -> int:
    """ "eine Tochter (7)", "two sons (4, 9)"."""
    ages = _AGES_OF_CHILDREN.match(text, end)
    return ages.end() if ages and text[end - 1].isalpha() else end


def _in_personal_lines(text: str, zones: Zones) -> list[tuple[int, int]]:
    """Stretches of the head and the personal details that say a trait by themselves, and captions of a photo."""
    found: list[tuple[int, int]] = []
    for index, line in enumerate(zones.lines):
        if zones.zone[index] not in ("head", "contact"):
            continue
        if len(line.text) <= _LONGEST_CAPTION and _is_caption(line.text):
            found.append((line.start, line.end))
            continue
        if len(line.text) > _LONGEST_LINE:
            continue
        if any(map(str.isdigit, line.text)):
            for pattern in (_BORN_SIGN, _TELLS_AGE):
                found += [match.span(1) for match in pattern.finditer(text, line.start, line.end)]
        bare: list[tuple[int, int]] = []
        before = len(found)
        for start, end in pieces(line.text, line.start):
            if end - start > _LONGEST_CAPTION:
                continue
            phrase = folded_phrase(text[start:end])
            if phrase.isdigit() and len(phrase) == len("34"):
                after_name = index == zones.head_from and _is_age_after_name(text, line.start, start, end)
                if after_name or _is_age_in_brackets(text, start, end, int(phrase)):
                    found.append((start, end))
                elif _YOUNGEST <= int(phrase) <= _OLDEST:
                    bare.append((start, end))
            elif phrase.isdigit() and len(phrase) == len("1990"):
                if _FIRST_BIRTH <= int(phrase) <= _LAST_BIRTH:
                    bare.append((start, end))
            elif (
                _is_birth_date(text[start:end])
                or _AGE_ALONE.fullmatch(text[start:end])
                or _is_list_of_traits(text[start:end])
                or ((len(phrase) > 1 or not phrase.isascii()) and says_a_trait(phrase))
            ):
                found.append((start, end))
        told = [span for span in found[before:] if not _is_of_a_nation(text, span)]
        if not told and (len(found) - before > 1 or _LISTED.match(line.text)):
            del found[before:]  # "Languages: English, French"
        if len(found) > before:  # "34, married": beside another trait a number alone is an age or a year of birth.
            found += bare
    return found


def _is_list_of_traits(stretch: str) -> bool:
    """ "F/28/Single": letters, numbers and words with slashes between them, two of which tell a trait."""
    parts = [folded_phrase(part) for part in stretch.split("/")] if "/" in stretch else []
    told = [part for part in parts if says_a_trait(part) and not part.isdigit()]
    return len(told) >= len("MF") and all(says_a_trait(part) or part.isdigit() for part in parts)


def _is_of_a_nation(text: str, span: tuple[int, int]) -> bool:
    return folded_phrase(text[slice(*span)]) in load().demonyms


def _is_age_in_brackets(text: str, start: int, end: int, number: int) -> bool:
    """ "Jane Doe (34)", but not the area of a telephone number."""
    return (
        _YOUNGEST <= number <= _OLDEST
        and text[max(0, start - 1) : start] in ("(", "（")
        and _AFTER_BRACKETS.match(text, end) is not None
    )


def _is_age_after_name(text: str, line_start: int, start: int, end: int) -> bool:
    """ "Jane Doe, 34, lives in Leeds": the second datum of the first line."""
    in_front = text[line_start:start].rstrip()
    return (
        in_front[-1:] in (",", "|") and not any(map(str.isdigit, in_front)) and text[end : end + 1] in ("", ",", "\n")
    )


def _is_birth_date(stretch: str) -> bool:
    """Whether a stretch is nothing but a day on which somebody who looks for work may have been born."""
    date = _DATE_ALONE.fullmatch(stretch)
    if date is None:
        return False
    if date["sign"]:
        return True
    year = next((int(found) for found in re.findall(r"\d{4}", stretch)), None)
    return year is not None and _FIRST_BIRTH <= year <= _LAST_BIRTH


def _in_lines_of_their_own(words: Words, zones: Zones) -> list[tuple[int, int]]:
    """ "Married, two children" in a line below everything else: two traits that are told together."""
    has_status = not words.vocabulary.isdisjoint(load().first_words_of_status)
    found: list[tuple[int, int]] = []
    for index, line in enumerate(zones.lines):
        if zones.zone[index] in ("head", "contact") or len(line.text) > _LONGEST_CAPTION:
            continue
        may_tell = line.text.count(" ") <= _MOST_SPACES and line.text[-1] not in ".:" and _may_tell(line.text)
        said = units_of(folded_phrase(line.text)) if may_tell else None
        if said is not None and "trait" in said and {"children", "age", "age_word", "demonym"} & set(said):
            found.append((line.start, line.end))
        else:
            found += _told_as_status(line.text, line.start, has_status)
    return found


def _told_as_status(line: str, start: int, has_status: bool) -> list[tuple[int, int]]:
    """Whether somebody is married, as a whole line, or as a whole piece of a short one where the word says no more;
    `has_status`: such a word is in the text."""
    lists = load()
    phrase = folded_phrase(line) if line.count(" ") < _MOST_WORDS_OF_A_STATUS else ""
    if phrase in lists.status or _AGE_ALONE.fullmatch(line):
        return [(start, start + len(line))]
    found: list[tuple[int, int]] = []
    for match in (
        _PIECE.finditer(line) if any(sign in line for sign in (",;|:،，；：." if has_status else ",;|:،，；：")) else ()
    ):
        piece = folded_phrase(match.group()) if match.group().count(" ") <= _MOST_WORDS_OF_A_STATUS else ""
        is_status = piece in lists.status and piece not in lists.status_of_a_line
        if is_status or (piece and _AGE_ALONE.fullmatch(match.group())):
            found.append((start + match.start(), start + match.end()))
    return found


def _may_tell(line: str) -> bool:
    first = WORD.search(line)
    return first is not None and begins_a_trait(fold(first.group()))


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
    ) or (line[:1] in "[(【" and line[-1:] in "])】" and words[:1] != [] and not lists.photos.isdisjoint(words))

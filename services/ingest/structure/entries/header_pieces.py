"""The pieces of an entry's header, and which of them is the position and which the employer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.form_labels import labelled
from services.ingest.structure.entries.pieces import (
    DATE_MARK,
    MARGIN,
    Piece,
    is_junk,
    is_place,
    piece,
    trimmed,
)
from services.ingest.structure.entries.position_and_employer import QUOTED, parted

# The look ahead lets most signs go by at one glance.
_PARTS = re.compile(
    r"(?=[\s\x00|•·;，،、⋅‧,:：–—@])(?:"
    r"\x00|\s{0,3}(?:[|•·;，،、⋅‧]\s{0,3}|:\s{1,3})|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}"
    r"|\t\s{0,3}|(?<!\d),\s{0,3}|,\s{1,3}|：|\s{1,3}@\s{0,3}|(?<=\s)@(?=\w)|\s{2,}|\s{1,3}/\s{0,3}(?=\x00))"
)
_AT_AS = re.compile(
    r"^(?:at|bei der|bei|beim|chez|presso|bij|en|w|в)\s{1,3}(?P<organization>.+?)"
    r"\s{1,3}(?:as|als|comme|como|come|jako|в качестве)\s{1,3}(?P<title>.+)$",
    re.IGNORECASE,
)
_AS_AT = re.compile(
    r"^(?:as|als|comme|como|come|jako|в качестве)\s{1,3}(?P<title>.+?)"
    r"\s{1,3}(?:at|bei der|bei|beim|chez|presso|bij|en|w|в)\s{1,3}(?P<organization>.+)$",
    re.IGNORECASE,
)
# A place that stands behind a Chinese employer without a space.
_CHINESE_PLACE = re.compile(r"(.{2,40}(?:公司|集团|银行|医院|大学|学院))([\u3400-\u9fff]{2,3})$")
_TITLE_BEHIND = re.compile(r"^(?P<organization>.{3,100}):\s{1,3}(?P<title>[^:]{2,80})$")
# Who was above somebody is no part of what they were.
_SUPERIOR = re.compile(
    r"(?<=\w)\s(?:Manager|Supervisor|Advisor|Adviser|Mentor|Reports? to|经理|导师|主管)\s?[:：]\s.*$"
)
_DATE_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）\x00]{0,40})\x00([^()\[\]（）\x00]{0,40})[)\]）]")


def pieces_of(text: str) -> list[Piece]:
    """The pieces of one header line, its dates replaced by DATE_MARK, in order."""
    label = labelled(text)
    if label and label.role in {"title", "organization"}:
        value = trimmed(label.value.replace(DATE_MARK, " "))
        return [piece(value, label.role)] if value else []
    if label and label.role == "dates":
        text = label.value
    text = _SUPERIOR.sub("", _without_date_brackets(text))
    phrased = _phrased(text)
    if phrased:
        return phrased
    behind = _TITLE_BEHIND.match(trimmed(text.replace(DATE_MARK, " ")))
    if behind and piece(behind["title"]).lean >= 0:
        ahead = [each for part in _PARTS.split(behind["organization"]) if (each := trimmed(part))]
        if ahead and piece(ahead[0]).lean < 0:
            # "2014 – 2017 Acme GmbH, Berlin: Konstrukteur"
            return [piece(ahead[0], "organization"), *map(piece, ahead[1:]), piece(behind["title"], "title")]
    found = [each for part in _PARTS.split(text) if (each := trimmed(part))]
    behind_comma = _behind_commas(text) if "," in text else frozenset()
    found = [each for part in found for each in _bracketed(part)]
    if any(CHINESE.search(part) for part in found):
        found = [each for part in found for each in _chinese_parts(part)]
    joined = _joined([part for each in found for part in parted(each)])
    return [replace(each, behind_comma=True) if each.text in behind_comma else each for each in joined]


def naming_pieces(text: str) -> list[Piece]:
    """The pieces of a header line that name something. A placement is a position where no other is named."""
    found = pieces_of(text)
    named = [each for each in found if not is_junk(each.text)]
    led = bool(named) and named[0] is not found[0] and not any(each.occupation for each in named)
    if led and entry_words.load()["placement"].within(words_of(found[0].text), ""):
        return [replace(found[0], given="title"), *named]
    return named


def _without_date_brackets(text: str) -> str:
    """ "(summer season: DATE) Lifeguard": a date's brackets are opened, and what leads to it is left out."""
    found = _DATE_BRACKETS.search(text)
    if not found:
        return text
    before, after = (each.strip() for each in found.groups())
    kept = "" if len(before) <= 2 or before.endswith(":") else f"{before}, "
    return f"{text[: found.start()]}, {kept}{DATE_MARK}, {after}, {text[found.end() :]}".strip(", ")


def _behind_commas(text: str) -> frozenset[str]:
    """The parts of a header that a comma parts from what stands before them."""
    signs = list(_PARTS.finditer(text))
    # There is none where the only comma stands within a number.
    ends = [*(sign.start() for sign in signs[1:]), len(text)][: len(signs)]
    return frozenset(
        trimmed(text[sign.end() : end])
        for sign, end in zip(signs, ends, strict=True)
        if "," in sign.group() and trimmed(text[: sign.start()])
    )


def _phrased(text: str) -> list[Piece]:
    plain = trimmed(text.replace(DATE_MARK, " "))
    for pattern in (_AT_AS, _AS_AT):
        found = pattern.match(plain)
        if found:
            return [
                piece(found["title"], "title"),
                piece(trimmed(found["organization"].partition(",")[0]), "organization"),
            ]
    return []


def _bracketed(text: str) -> list[str]:
    """A bracket's content is a piece of its own where it names an employer."""
    opened, closed = text.find("("), text.rfind(")")
    if 0 < opened < closed:
        inner = text[opened + 1 : closed].strip()
        # "We4IT GmbH Bremen" in a bracket behind a position.
        if piece(inner).lean < 0 and piece(text[:opened]).lean > 0:
            return [trimmed(text[:opened]), inner]
    return [text]


def _chinese_parts(text: str) -> list[str]:
    parts = text.split()
    if len(parts) < 2 or not all(CHINESE.search(part) for part in parts):
        return [text] if len(parts) < 2 else [part for part in parts if part]
    return parts


def _joined(parts: Sequence[str]) -> list[Piece]:
    """Pieces; a legal form of its own belongs to the name before it: "Acme, Inc."."""
    legal = entry_words.load()["legal"]
    found: list[str] = []
    for part in parts:
        words = words_of(part)
        if found and 0 < len(words) <= 2 and all(legal.has_word(word) for word in words):
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return [piece(part) for part in found]


def told_apart(pieces: Sequence[Piece]) -> tuple[str | None, str | None]:
    """The position and the employer among a header's pieces."""
    title = next((each for each in pieces if each.given == "title"), None)
    organization = next((each for each in pieces if each.given == "organization"), None)
    rest = [each for each in pieces if not each.given and not is_junk(each.text)]
    if title is None:
        likely = [each for each in rest if each.lean > 0]
        title = max(likely, key=_telling) if likely else None
    left = [each for each in rest if each is not title]
    if organization is None:
        likely = [each for each in left if each.lean < 0]
        organization = _likeliest(likely) if likely else None
    left = [each for each in left if each is not organization and not is_place(each.text)]
    if title is None and left:
        # What may be a place is taken for nothing else while something else is left.
        title = next((each for each in left if not each.may_be_place), left[0])
        left.remove(title)
    if organization is None:
        left = [each for each in left if each.lean < 1]
        organization = left[0] if left else None
    return (title.text if title else None), _named(organization.text if organization else None)


def _telling(likely: Piece) -> float:
    """How much a piece tells of the position: "Web developer" more than the "Internship" beside it."""
    first = words_of(likely.text)[:1]
    lists = entry_words.load()
    return likely.lean - (MARGIN if any(lists[role].within(first, "") for role in ("placement", "military")) else 0)


def _likeliest(likely: Sequence[Piece]) -> Piece:
    """The employer: the first that looks like one ("Clinic, Department of Surgery"), or one that surely is one."""
    words = words_of(likely[0].text)
    departments = entry_words.load()["department"]
    if len(likely) > 1 and (departments.has_word(words[0]) or departments.has_word(words[-1])):
        # "Department of Psychology, University of Aldham", "Emergency Department, Aldham Hospital"
        likely = likely[1:]
    surest = min(likely, key=lambda each: each.lean)
    return surest if surest.lean < likely[0].lean - MARGIN else likely[0]


def _named(organization: str | None) -> str | None:
    if organization is None:
        return None
    quoted = QUOTED.fullmatch(organization)
    organization = quoted.group(1) if quoted else organization
    placed = _CHINESE_PLACE.match(organization)
    if placed and is_place(placed.group(2)):
        organization = placed.group(1)
    words = words_of(organization)
    return None if entry_words.load()["no_organization"].within(words[:2], organization) else organization

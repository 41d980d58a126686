"""Links to a person's own pages and profiles; links of employers and products are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from services.ingest.structure.identity.contact import CONTACT_CUES
from services.ingest.structure.identity.cues import any_of, cue_lists

MOST_CANDIDATES = 2_000
_LABEL_REACH = 30

_MARKED = re.compile(r"(?:https?://|www\.)[^\s<>\"|•，。、）]{3,300}", re.IGNORECASE)
# A dot with an ending behind it: fast to look for. What stands in front is looked at afterwards.
_ENDING = re.compile(r"\.([A-Za-z]{2,12})(?![\w@-])(?:(?::\d{2,5})?/[^\s<>\"|•，。、）]{0,200})?")
_HOST_IN_FRONT = re.compile(r"(?<![\w@.-])(?:[A-Za-z0-9][\w-]{0,62}\.){0,4}[A-Za-z0-9][\w-]{0,62}$")
_LONGEST_HOST = 130
_PROFILE = re.compile(
    rf"(?:https?://)?(?:[\w-]{{1,20}}\.)?(?:{any_of(CONTACT_CUES, 'host')})\.[a-z]{{2,4}}/\s?[\w@~%.-]",
    re.IGNORECASE,
)
_NOT_OF_A_PERSON = re.compile(
    r"/(?:company|companies|jobs?|school|groups?|learning|orgs|topics|features|pages)(?:/|$)", re.IGNORECASE
)
_PERSONAL_HOST = re.compile(
    rf"(?:[\w-]{{1,60}}\.)?(?:{any_of(CONTACT_CUES, 'own_host')})\.(?:io|com|app|me|site|co|net)", re.IGNORECASE
)
_LABEL = re.compile(
    rf"(?:\b(?:{any_of(CONTACT_CUES, 'site')})|{any_of(CONTACT_CUES, 'site_sign')})\s?[.:：|-]{{0,2}}\s*$",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    rf"(?:\b|(?<=\s))(?:{any_of(CONTACT_CUES, 'handle')})(?: (?:id|profile|username))?\s?[:：]\s{{0,3}}"
    r"(?!https?:|www\.)"
    r"(@?[\w][\w.\-]{2,60}(?:/[\w.\-]{1,60}){0,3})",
    re.IGNORECASE,
)
_SLASH_IN = re.compile(r"(?<![\w./])/?in/[\w%-]{3,100}/?")
# Endings of names of programs and files, which no personal page has.
_PROGRAM = re.compile(rf"(?:^|\.)(?:{any_of(CONTACT_CUES, 'program')})\.(?:net|js|io|org|py)$", re.IGNORECASE)
_FILE_ENDINGS = cue_lists(CONTACT_CUES)["file_ending"]
_HOST_ENDINGS = cue_lists(CONTACT_CUES)["country_ending"] | cue_lists(CONTACT_CUES)["other_ending"]


def find_links(
    text: str,
    is_contact: Callable[[int], bool],
    is_own: Callable[[str], bool],
    contact_stretches: Iterable[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Where links of a person stand, in order, none over another. `is_contact` says whether a place of the text is
    among contact data; `is_own` whether a host's name holds the person's name;
    `contact_stretches` are all lines of contact data. Linear."""
    found: list[tuple[int, int]] = []
    for start, end in _candidates(text):
        end = _with_next_line(text, start, _without_closing_signs(text, start, end))
        if _is_persons(text, start, end, is_contact, is_own):
            found.append((start, end))
    for start, end in contact_stretches:
        found += [match.span(1) for match in _HANDLE.finditer(text, start, end)]
        found += [match.span() for match in _SLASH_IN.finditer(text, start, end)]
    return _apart(found)


def _candidates(text: str) -> list[tuple[int, int]]:
    """Stretches that may be links, in order, none over another."""
    marked: list[tuple[int, int]] = []
    if "://" in text or "www." in text.lower():
        marked = [match.span() for match in _MARKED.finditer(text)]
    bare: list[tuple[int, int]] = []
    for ending in _ENDING.finditer(text):
        if not _may_end_a_host(ending[1]):
            continue
        host = _HOST_IN_FRONT.search(text, max(0, ending.start() - _LONGEST_HOST), ending.start())
        if host is not None:
            bare.append((host.start(), ending.end()))
    return _apart([*marked, *bare])[:MOST_CANDIDATES]


def _may_end_a_host(written: str) -> bool:
    """Whether "com", "de" … can end a host; "tools.In" is the end of a sentence."""
    if written[0].isupper() and not written.isupper():
        return False
    ending = written.lower()
    return ending == "net" or ending in _HOST_ENDINGS


def _is_persons(
    text: str, start: int, end: int, is_contact: Callable[[int], bool], is_own: Callable[[str], bool]
) -> bool:
    link = text[start:end]
    if _PROFILE.match(link):
        return not _NOT_OF_A_PERSON.search(link)
    bare = re.sub(r"^https?://|^www\.", "", link, flags=re.IGNORECASE)
    host = bare.partition("/")[0]
    if not _is_host(host, bare != link) or _PROGRAM.search(host):
        return False
    if is_own(host) or (_PERSONAL_HOST.fullmatch(host) and host.count(".") > 1):
        return True
    before = text[max(0, start - _LABEL_REACH) : start].rpartition("\n")[2]
    return is_contact(start) or (bool(_LABEL.search(before)) and before.count(" ") < 5)


def _is_host(host: str, marked: bool) -> bool:
    """Whether `host` is a host's name; `marked` by "http" or "www", where any ending will do."""
    labels = host.lower().rstrip(".:").split(".")
    ending = labels[-1]
    if len(labels) < 2:
        return False
    if marked:
        return True
    if ending in _FILE_ENDINGS:
        return False
    return ending in _HOST_ENDINGS or (ending == "net" and "." in host)


def _without_closing_signs(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in ".,;:!?)]}'’\"»":
        if text[end - 1] == ")" and "(" in text[start:end]:
            break
        end -= 1
    return end


def _with_next_line(text: str, start: int, end: int) -> int:
    """The end of a link that goes on in the next line, after a hyphen or a slash."""
    if text[end - 1 : end] in ("-", "/") and text[end : end + 1] == "\n" and "/" in text[start:end].replace("//", ""):
        more = re.compile(r"[\w%-]{2,60}/?(?=\s|$)").match(text, end + 1)
        if more is not None and not more.group().istitle() and not more.group().isupper():
            return more.end()
    return end


def _apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; of two that overlap the earlier one stays."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept

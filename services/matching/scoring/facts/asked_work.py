"""The work that a requirement names: "experience as a primary school teacher", "two years of nursing"."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.matching.scoring.roles.rank import LEADING, PLAIN, SENIOR
from services.matching.scoring.roles.role import Role, role_of

_WORK = (
    r"(?:experience|experienced|worked|working|work|employed|employment|background|practice|career|history|years?['’]?|"
    r"yrs|months?['’]?|record|time|served|service|Erfahrung|Berufserfahrung|expérience|experiencia)"
)
_ARTICLE = r"(?:(?:an?|the|ein|eine|einer|un|une|una)\s+)?"
# What ends a name of work.
_END = (
    r"(?=\s*(?:[,;.()\n–—]|$|\b(?:in|at|with|for|within|on|under|after|since|is|are|who|which|that|"
    r"or (?:similar|equivalent|comparable|related|in)|"
    r"preferred|required|essential|desirable|desired|preferably|ideally|an? (?:advantage|plus|must|bonus|asset)|"
    r"experience|work(?:ing)?|and (?:a|an|the|able|have|good|strong|knowledge|experience|ability))\b))"
)
_NAME = r"(?P<name>[^\W\d_][^,;.()\n]{1,60}?)"
_AS = re.compile(rf"\b{_WORK}\b[^,;.()\n]{{0,24}}?\b(?:as|als|comme|como)\s+{_ARTICLE}{_NAME}{_END}", re.IGNORECASE)
_OF = re.compile(
    rf"\b{_WORK}\b\s*(?:\+\s*)?(?:or (?:more|longer)\s+)?(?:of|in|within|doing|im|in der|en)\s+"
    rf"(?:(?:{_WORK}|the)\s+(?:(?:of|in|as)\s+)?)?"
    rf"{_ARTICLE}{_NAME}{_END}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:^|[,;:]\s*|\b(?:of|have|has|need|with|and|previous|prior|some|proven|relevant|years?['’]?|yrs|months?['’]?)\s+)"
    rf"{_NAME}\s+(?:work\s+)?(?:experience|background|practice)\b",
    re.IGNORECASE,
)
# "A trained cook with two years' experience": what is asked for is named first.
_FIRST = re.compile(rf"^\W*{_ARTICLE}{_NAME}(?:\s+(?:with|having|who)\b|,\s|$)", re.IGNORECASE)
# Words before a name of work that are none of it.
_EMPTY = re.compile(
    r"^(?:(?:at least|minimum|previous(?:ly)?|prior|proven|some|solid|strong|extensive|relevant|recent|practical|"
    r"professional|hands-on|significant|demonstrable|demonstrated|substantial|good|full[- ]time|paid|"
    r"post-qualification|commercial|direct|similar|successful|general|your|our|this|that|of|in|as|an?|the|\d+\S*|"
    r"years?['’]?|months?['’]?|or|more|plus|least|at|we ask for|we need|you have|you need|need|have|has|with|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen)\s+)+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s+(?:roles?|positions?|posts?|jobs?|environments?|settings?|fields?|industry|sector|departments?|capacity|teams?)$",
    re.I,
)
_OR = re.compile(r"\s+(?:or|and|oder|ou|o)\s+", re.IGNORECASE)
# "A mentor of other developers" is no occupation, but what somebody does beside theirs.
_OF_COLLEAGUES = re.compile(
    r"(?:mentor|coach|trainer|teacher|tutor|buddy) (?:of|to|for) (?:other|junior|younger|new|fellow|colleagues?|peers?|"
    r"staff|trainees|apprentices|interns)\b",
    re.IGNORECASE,
)
# "In a senior position": a rank, and no occupation.
_SENIOR = re.compile(
    r"\b(?:senior|lead(?:ing|ership)?|manag\w+|supervis\w+|executive)[- ]?(?:level|position|role|capacity|post|"
    r"function|job|grade|experience|management)s?\b"
    r"|\bas (?:an? )?(?:team|shift|people|line|general)?\s*(?:leader|lead|manager|"
    r"supervisor)\b",
    re.IGNORECASE,
)
# Leading people is of no occupation; see leading.py.
_LEADER = re.compile(
    r"(?:team|shift|group|line|people|general|staff|senior)?\s*"
    r"(?:leader|lead|manager|supervisor|head|management|leadership|supervision)|"
    r"(?:leading|managing|supervising|running|heading|overseeing)\b.*",
    re.IGNORECASE,
)
_MOST_WORDS = 5
# Trades in which people of many occupations work: who is of none that is listed for them may still be of the trade.
_TRADES = frozenset(
    "construction hospitality retail logistics finance banking insurance healthcare education manufacturing industry "
    "it management administration engineering production transport security agriculture media design planning research "
    "consulting development training office operations maintenance analysis business sales".split()
) | {
    "customer service", "customer care", "customer support", "project management", "health and safety", "quality",
    "quality control", "quality assurance", "procurement", "purchasing", "coaching", "writing", "care", "safety",
    "documentation", "communication", "communications", "inventory", "events", "people", "risk management", "strategy",
    "cloud", "infrastructure", "reporting", "analytics", "api", "apis", "networking", "networks", "databases", "data",
    "agile", "scrum", "ui", "ux", "ai", "seo", "etl", "automation", "electronics", "testing", "teamwork", "law",
    "machine learning", "compliance", "community", "merchandising", "packaging", "packing", "assembly", "hotel", "bar",
    "store", "restaurant", "kitchen", "policy", "government", "medical", "hospital", "music", "sports", "travel",
    "data entry", "invoicing", "reception", "social media", "account management", "business development",
}  # fmt: skip


class AskedWork(NamedTuple):
    """`title`: how the requirement names the work, "" where it names none that is known. `named`: it names an
    occupation or all of its work, so that positions of other occupations are none of it. `whole`: nothing else is asked
    but to have done it. `rank`: at least of this one, see roles.rank."""

    title: str
    named: bool
    whole: bool
    rank: int


NO_WORK = AskedWork("", False, False, PLAIN)


def asked_work(text: str, *, has_years: bool) -> AskedWork:
    """What a requirement says of the work to have been done; `has_years`: it asks for some years of it."""
    if (found := _AS.search(text)) and (role := _known(title := _bare(found["name"]))):
        named = role.sure or (_is_work_alone(title) and title.lower() not in _TRADES)
        return AskedWork(title, named, named, role.rank)
    for pattern in (_OF, _BEFORE):
        for found in pattern.finditer(text):
            title = _bare(found["name"])
            role = _known(title)
            if role is not None and (role.sure or _is_work_alone(title)):
                named = role.sure or title.lower() not in _TRADES
                return AskedWork(title, named, named, max(_rank(text.replace(found["name"], "")), role.rank))
    if has_years and (found := _FIRST.match(text)) and (role := _known(title := _bare(found["name"]))) and role.sure:
        return AskedWork(title, True, False, role.rank)
    return NO_WORK._replace(rank=_rank(text))


def _bare(name: str) -> str:
    return _OR.sub(" / ", _EMPTY.sub("", _BEHIND.sub("", name.strip()) + " ").strip())


def _known(title: str) -> Role | None:
    if not title or len(title.split()) > _MOST_WORDS or _OF_COLLEAGUES.match(title):
        return None
    if all(_LEADER.fullmatch(each.strip()) for each in title.split(" / ")):
        return None
    role = role_of(title)
    return role if role.groups else None


def _is_work_alone(title: str) -> bool:
    """Whether a title is the name of one kind of work: "nursing", "software development", and not "design of pumps"."""
    return not re.search(r"\b(?:of|for|to|with|und|de)\b|[/,]", title) and len(title.split()) <= 3


def _rank(text: str) -> int:
    found = _SENIOR.search(text)
    if found is None:
        return PLAIN
    return SENIOR if found[0].lower().startswith("senior") else LEADING

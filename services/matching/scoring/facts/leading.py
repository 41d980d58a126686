"""Leading people: whether a requirement asks for it, and where a resume says that somebody did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.matching.scoring.facts.amounts import number_of

# Who is led.
_PEOPLE = (
    r"(?:teams?|people|staff|employees|crews?|personnel|engineers|developers|nurses|carers|workers|operatives|technicians|"
    r"colleagues|analysts|designers|teachers|cooks|chefs|waiters|waitresses|drivers|electricians|plumbers|mechanics|"
    r"fitters|salespeople|reps|representatives|accountants|apprentices|juniors|trainees|assistants|agents|advisers|"
    r"advisors|guards|officers|clerks|cleaners|labourers|laborers|brigade|squad|shift|subordinates|others|"
    r"supervisors|volunteers|consultants|associates|bakers|stylists|recruiters|paralegals|scientists|researchers|"
    r"cashiers|attendants|gardeners|welders|operators|pickers|caregivers|aides|Mitarbeiter\w*|équipes?|equipos?)"
)
_NUMBER = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|a dozen)"
)
_BETWEEN = r"(?:(?:an?|the|its|my|our|his|her|their|of|up to|about|some|over|more than|at least|and|all|other)\s+)*"
# Of a team or of people: a few words may stand before, "a team", "seven junior engineers", "the night crew".
_NO_JOINT = r"(?!in\b|with\b|by\b|from\b|for\b|to\b)"
_LED = rf"{_BETWEEN}(?:(?P<count>{_NUMBER})\+?\s+)?(?:{_NO_JOINT}[\w’'-]+\s+){{0,3}}?{_PEOPLE}\b"
_OF_NUMBER = rf"(?:\s+of\s+(?:about |up to |some |over |around )?(?P<team>{_NUMBER})\b)?"
_ASKS = re.compile(
    rf"\b(?:lead(?:ing)?|led|manag(?:e|ed|ing|ement of)|supervis(?:e|ed|ing|ion of)|head(?:ing|ed)?|run(?:ning)?|"
    rf"in charge of|leadership of|responsib\w+ for|oversee(?:ing)?|direct(?:ing)?|coordinat(?:e|ing)|"
    rf"line[- ]manag(?:e|ing))\s+{_LED}"
    r"|\b(?:line|people|staff|team|personnel|crew|shift)[- ](?:management|leadership|supervision|leader|lead|leading)\b"
    rf"|\b(?:teams?|crews?|groups?|staff|people)\b[^,.;\n]{{0,30}}\b(?:led|managed|supervised)\b"
    r"|\b(?:team|shift|crew)[- ]lead(?:er)?(?:ship)?\b|\bsupervisory\b"
    r"|\b(?:leadership|managerial) (?:experience|role|position)|\b(?:management|leadership|supervisor) experience\b"
    r"|\bexperience (?:in|of) (?:leadership|management|supervision)\b"
    r"|\b(?:direct|disciplinary) (?:reports|responsibility)\b|\bFührungserfahrung\b|\bPersonalverantwortung\b",
    re.IGNORECASE,
)
# "Project management experience" leads nobody.
_OF_THINGS = re.compile(
    r"\b(?:project|product|account|stock|cash|time|case|change|risk|vendor|stakeholder|waste|content|data|event|contract|"
    r"property|facilit\w+|inventory|supplier|conflict|programme?|portfolio|category|office|database|network|patient|"
    r"stress|crisis|quality|thought|wound|pain|customer|relationship|community|document|records?)[- ]"
    r"(?:management|leadership|leading)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    rf"\b(?P<verb>led|leads|leading|lead|manag(?:es|ed|ing|e)|supervis(?:es|ed|ing|e)|head(?:s|ed)|overs(?:ees|aw|een)|ran|runs|"
    rf"in charge of|responsib\w+ for|line[- ]manag(?:es|ed|ing|e)|direct(?:s|ed)|coach(?:es|ed)?|mentor(?:s|ed)?|"
    rf"train(?:s|ed)|rostered|rosters|recruited and \w+|leader of|manager of|supervisor of|foreman of|lead for|head of|"
    rf"built(?: up)?|coordinat(?:es|ed)|looks? after|answer(?:s|ed)? for)\s+{_LED}{_OF_NUMBER}"
    rf"|(?P<reports>{_NUMBER})\s+(?:[\w-]+\s+){{0,6}}?(?:direct reports|reports|"
    r"report(?:s|ed)? to (?:me|her|him|them)|answer(?:ed)? to (?:me|her|him))\b"
    r"|\breport(?:s|ed|ing)? to me\b|\bdirect reports\b|\b(?:line|people|staff) management of\b",
    re.IGNORECASE,
)
# Less than to lead: who trains or coaches colleagues is not their head.
_LESS = ("coach", "mentor", "train", "look", "coordinat", "built")
# "Was managed by", "helped the manager run the team", "follows the lead of": somebody else leads.
_NOT_SELF = re.compile(
    r"\b(?:(?:was|were|been|being|be|not|never|helps?|helped|helping|assist\w*|support\w*|follow\w*|want\w* to|"
    r"wish\w* to|hop(?:e|es|ing) to|like to)\s+(?:\w+\s+)?|(?:the|an?)\s+|"
    r"(?:to|by|for|with|from|under)\s+(?:the|an?|my|our)\s+(?:\w+\s+)?)\Z",
    re.IGNORECASE,
)
_NONE = re.compile(r"\b(?:no|without|zero|any|never)\s+(?:\w+\s+)?\Z", re.IGNORECASE)
_BEFORE = 24
# A requirement of more characters, and of so many times what it says of leading, asks for other things.
_SHORT, _SHARE = 90, 3


class Led(NamedTuple):
    """A place of the text that says that somebody led people: how many, if it says so; `fully`: as their head."""

    start: int
    people: float | None
    fully: bool


def asks_to_lead(text: str) -> bool:
    """Whether a requirement asks to have led people, and for little else."""
    found = _ASKS.search(text)
    if found is None or len(text) > max(_SHORT, _SHARE * (found.end() - found.start())):
        return False
    return not _OF_THINGS.search(text[max(0, found.start() - _BEFORE) : found.end()])


def led_in(text: str) -> Iterator[Led]:
    """Where a text says so, in order. Blocks for a time linear in its length."""
    for found in _SAYS.finditer(text):
        verb = (found["verb"] or "").lower()
        if _NONE.search(text, max(0, found.start() - _BEFORE), found.start()):
            continue
        if verb and _NOT_SELF.search(text, max(0, found.start() - _BEFORE), found.start()):
            continue
        count = found["count"] or found["team"] or found["reports"]
        yield Led(found.start(), None if count is None else number_of(count), not verb.startswith(_LESS))

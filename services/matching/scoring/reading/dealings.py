"""Lines of people who serve a trade that is not theirs: who sell its tools, hire its people, keep its papers, carry its
goods. Such a line is full of the trade's words, and tells of another work."""

from __future__ import annotations

import re
from enum import IntEnum


class Dealing(IntEnum):
    """What is done for a trade; NONE of lines that tell of the work itself, as far as anybody can tell."""

    NONE = 0
    SELLING = 1
    HIRING = 2
    PAPERS = 3
    CARRYING = 4


# What a line begins with that tells so.
_DOES = {
    Dealing.SELLING: (
        r"(?:up|cross-?|re)?(?:sell|sells|sold|selling)\b|hir(?:e|es|ed|ing) out\b|rent(?:s|ed|ing)? out\b|"
        r"leas(?:e|es|ed|ing) out\b|advertis(?:e|es|ed|ing)\b|market(?:s|ed)\b|pitch(?:es|ed|ing)\b|"
        r"merchandis(?:e|es|ed|ing)\b|"
        r"demonstrat(?:e|es|ed|ing) [^.;\n]{3,60}?\b(?:to|for|at|on) (?:customers|clients|buyers|dealers|fairs)\b|"
        r"(?:tak(?:e|es|ing)|took) (?:telephone |phone )?orders\b|(?:[\w-]+ )?sales (?:of|for)\b|"
        r"(?:telephone |phone )?orders for\b|"
        r"stock(?:s|ed|ing)? (?!market|exchange|control|up on)|suppl(?:y|ies|ied|ying) (?!chain)|"
        r"advis(?:e|es|ed|ing) (?:customers|clients|buyers|shoppers|the \w+|every \w+|each \w+) (?:on|about)\b|"
        r"(?:gave|give|gives|hand|hands|handed) out\b"
    ),
    Dealing.HIRING: (
        r"recruit(?:s|ed|ing)?\b|headhunt(?:s|ed|ing)?\b|hir(?:e|es|ed|ing)\b(?! out)|staff(?:s|ed|ing)\b|"
        r"interview(?:s|ed|ing)? (?:[\w-]+ ){0,3}(?:candidates|applicants)\b|ask(?:s|ed)? (?:candidates|applicants)\b|"
        r"(?:plac|sourc)(?:e|es|ed|ing) (?:[\w-]+ ){0,3}"
        r"(?:candidates|talent|temps|nurses|staff|workers|developers|engineers|drivers)\b|"
        r"send(?:s)? (?:each|every)\b|find(?:s)? (?:each|every)\b"
    ),
    Dealing.PAPERS: (
        r"fil(?:e|es|ed|ing) (?!for\b|a (?:story|motion|claim))|typ(?:e|es|ed|ing)\b|print(?:s|ed)\b|scan(?:s|ned)\b|"
        r"photocop\w+|archiv(?:e|es|ed|ing)\b|book(?:s|ed)? (?!and\b)|"
        r"schedul(?:e|es|ed|ing) (?:[\w-]+ ){0,2}(?:appointments|interviews|courses|meetings|visits|training)\b|"
        r"(?:keeps?|kept|maintains?|maintained|updates?|updated) (?:the |an? |all )?(?:[\w'’-]+ ){0,2}"
        r"(?:lists?|records?|files?|calendars?|registers?|diary|diaries)\b|"
        r"process(?:es|ed|ing)? (?:[\w-]+ ){0,2}(?:payroll|invoices|payslips|wages|applications|expenses)\b|"
        r"pays? \d+\b|"
        r"answer(?:s|ed|ing)? (?:the |all )?(?:[\w-]+ )?(?:phones?|telephones?|calls|applicants|staff|[ei]nquiries)\b|"
        r"(?:send|sends|sent) out\b|remind(?:s|ed)?\b|order(?:s|ed)? (?:stationery|office)\b|"
        r"arrang(?:e|es|ed|ing) (?:[\w-]+ )?(?:travel|flights|meetings|courses)\b"
    ),
    Dealing.CARRYING: (
        r"(?:deliver|load|unload)(?:s|ed)? [^.;\n]{3,60}? (?:to|for|at) (?:[\w-]+ ){0,2}"
        r"(?:shops|stores|sites|warehouses|customers|homes|depots|farms|restaurants|factories|plants)\b|haul(?:s|ed|ing)?\b|cart(?:s|ed)\b"
    ),
}
_BEFORE = (
    r"(?:^|\. )[\W\d_]*(?:(?:i|we)\s+)?(?:(?:also|then|mainly|mostly|successfully|daily|regularly)\s+)?"
    r"(?:[a-z]+(?:\s+(?:up|out|in))?(?:,\s+[a-z]+)?\s+(?:and|&)\s+)?"
)
_LINES = {dealing: re.compile(rf"{_BEFORE}(?:{does})", re.IGNORECASE | re.MULTILINE) for dealing, does in _DOES.items()}

# A job that says one of these may mean such work itself.
_ASKED = {
    Dealing.SELLING: (
        r"sell|sells|selling|sold|sales\w*|retail\w*|rental|merchandis\w+|marketing|advertis\w+|e-?commerce|wholesale|"
        r"shop assistant|store (?:manager|associate|assistant)|cashier|till|trade counter|stock\w*|inventory|suppl\w+|"
        r"purchas\w+|procurement|buyer|quota|upsell\w*|business development"
    ),
    Dealing.HIRING: (
        r"recruit\w*|talent|staffing|hire|hires|hiring (?:of|and)|human resources|hr|onboarding|roster\w*|manag\w+|"
        r"supervis\w+|leader|leading|lead|head of"
    ),
    Dealing.PAPERS: (
        r"admin\w*|clerical|clerk|secretar\w+|reception\w*|filing|typing|records?|record[- ]keeping|documentation|"
        r"paperwork|bookings?|schedul\w+|payroll|invoic\w+|data entry|phones?|telephone|calls|appointments|calendars?|"
        r"diary|correspondence|office (?:work|manager|assistant|skills|duties|procedures)"
    ),
    Dealing.CARRYING: r"driv\w+|deliver\w*|haul\w*|transport\w*|logistic\w*|lorry|freight|courier|load\w*|warehouse\w*",
}
_JOBS = {dealing: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for dealing, words in _ASKED.items()}


def dealing_of(unit: str) -> Dealing:
    """What one of the lines in a unit of a resume tells of."""
    return next((dealing for dealing, pattern in _LINES.items() if pattern.search(unit)), Dealing.NONE)


def dealings_asked(text: str) -> list[Dealing]:
    """The kinds of such work that a job may be about itself."""
    return [dealing for dealing, pattern in _JOBS.items() if pattern.search(text)]

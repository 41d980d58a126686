"""Times away from work for family or health, in lines of their own among the positions: "2022 – 2023 Parental leave"."""

from __future__ import annotations

import re

_LONGEST_REST = 60
_LONGEST_FRONT = 48
_OF_WHAT = (
    r"(?:family|illness|health|medical|children|a child|childcare|child birth|personal|pregnancy|care|caring|an? (?:\w+ )?"
    r"(?:operation|accident|illness|injury|baby)|my (?:son|daughter|child|children|mother|father|parents|family|health))"
)
_TOLD = re.compile(
    r"\b(?:(?:maternity|paternity|parental|adoption|family|sick|medical|compassionate|bereavement|childcare|carer['’]?s)"
    r"[ -]leave"
    rf"|(?:time off|career break|break|gap|out of work|absence|leave|pause) (?:for|due to|because of|after|to) {_OF_WHAT}"
    r"|(?:treatment|recovery|recovering|rehabilitation|convalescence) (?:of|from|after|following) (?:an? |my )?(?:\w+ )?"
    r"(?:illness|injury|accident|operation|surgery|cancer|burnout|depression|disease|stroke)"
    r"|(?:illness|sickness|maternity|paternity|pregnancy|elternzeit|mutterschutz|babypause|krankheit|erziehungsurlaub)(?=[ \t]*(?:$|[,.;(]))"
    r"|congé (?:parental|maternité|maladie)|baja (?:maternal|por maternidad|por enfermedad)|permiso (?:de maternidad|parental)"
    r"|congedo (?:parentale|di maternità)|licença[ -]maternidade|ouderschapsverlof|urlop (?:macierzyński|rodzicielski)"
    r"|full[ -]time (?:parent|carer|mother|father)|stay[ -]at[ -]home (?:parent|mum|mom|dad|mother|father)"
    r"|(?:caring|cared|care) (?:for|of) (?:my |an? )?(?:\w+ )?(?:mother|father|parents?|son|daughter|child|children|relative))\b",
    re.IGNORECASE | re.MULTILINE,
)
# What stands before it in its line: a sign of a list, and when it was.
_FRONT = re.compile(r"[\s•*–—:|,./()\d-]*(?:(?:[A-Za-zäéû]{3,10}\.?|to|bis|à|al|present|since|from)[\s•*–—:|,./()\d-]*){0,4}")


def find_times_away(text: str) -> list[tuple[int, int]]:
    """Where lines tell of them, from what it was for to the line's end, in order. Linear."""
    found: list[tuple[int, int]] = []
    for match in _TOLD.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        front = text[begin : match.start()]
        dated = any(map(str.isdigit, front)) or not front.strip(" \t•*–—-")
        if dated and end - match.end() <= _LONGEST_REST and len(front) <= _LONGEST_FRONT and _FRONT.fullmatch(front):
            found.append((match.start(), end))
    return found

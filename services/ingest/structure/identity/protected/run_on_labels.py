"""A form of personal details whose lines run on: "Nationality Indian Father's Name Jose K. Marital Status Married"."""

from __future__ import annotations

import re

# In capitals as a form has them: a sentence that forbids to discriminate by age, sex or religion has none.
_LABEL = re.compile(
    r"\b(?:Age(?: (?:&|and) Date of Birth)?|Date of Birth|D\.?O\.?B\b\.?|Place of Birth|Nationality|Citizenship"
    r"|Religion|Caste|Sex|Gender|Marital [Ss]tatus|Civil [Ss]tatus"
    r"|(?:Father|Mother|Husband|Wife|Spouse)(?:['’]?s)? [Nn]ame"
    r"|Name of (?:the )?(?:Father|Mother|Husband|Wife|Spouse)|Blood [Gg]roup|Health(?: [Cc]ondition)?|Height|Weight"
    r"|Passport (?:Details|N(?:o|umber)\b\.?)|(?:Date|Place) of (?:Issue|Expiry|Birth)|Mother [Tt]ongue)\s{0,2}:?"
)
# What tells the form's labels from a heading and from other forms, such as a licence's.
_OF_A_PERSON = re.compile(
    r"Birth|D\.?O\.?B|Nationality|Citizenship|Religion|Caste|Sex|Gender|tatus|Father|Mother|Husband|Wife|Spouse|Blood"
)
_FEWEST = 3
_LONGEST_VALUE = 40
# A last label has no other behind it: a few words up to a sign or the line's end.
_LAST_VALUE = re.compile(r"[ \t]{0,3}[^\s.,;|]{1,30}")
_SAYS = re.compile(r"\b(?!and\b|or\b)\w", re.IGNORECASE)
# A passport's number tells whose it is by itself.
_PASSPORT = re.compile(r"\bPassport N(?:o|umber|r)\b\.?\s{0,2}:?\s{0,2}[A-Z]{0,2}\s?\d{6,9}\b", re.IGNORECASE)
_BREAKS = re.compile(r"\n\s*\n|[;|•]")


def find_run_on_labels(text: str) -> list[tuple[int, int]]:
    """Every label with its value, where at least three follow each other; numbers of passports. Linear."""
    found = [match.span() for match in _PASSPORT.finditer(text)]
    labels = list(_LABEL.finditer(text))
    if not labels:
        return found
    run: list[re.Match[str]] = []
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        run.append(label)
        value = text[label.end() : following.start()] if following is not None else None
        if value is None or len(value) > _LONGEST_VALUE or _BREAKS.search(value) or not _says(label, value):
            found += _spans(text, run)
            run = []
    return found


def _says(label: re.Match[str], value: str) -> bool:
    return bool(_SAYS.search(value)) or label[0].startswith("Passport D")


def _spans(text: str, run: list[re.Match[str]]) -> list[tuple[int, int]]:
    personal = {label[0] for label in run if _OF_A_PERSON.search(label[0])}
    if len({label[0] for label in run}) < _FEWEST or len(personal) < _FEWEST - 1:
        return []
    last = _LAST_VALUE.match(text, run[-1].end())
    ends = [label.start() for label in run[1:]] + [last.end() if last else run[-1].end()]
    return [(label.start(), end) for label, end in zip(run, ends, strict=True)]

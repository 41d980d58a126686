"""Jobs as other systems write them in JSON: Greenhouse's and Lever's postings, schema.org's JobPosting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.contracts.json_forms import JobForm, as_list
from libs.contracts.text_preparation import without_forbidden
from services.ingest.parsing.markup.plain_form import PlainText, plain_form, plain_line

# Fields of https://schema.org/JobPosting below its description, each under a heading.
_HEADED = (
    ("responsibilities", "Responsibilities"),
    ("qualifications", "Qualifications"),
    ("experienceRequirements", "Required experience"),
    ("educationRequirements", "Required education"),
    ("skills", "Skills"),
    ("jobBenefits", "Benefits"),
)
# What an object in the place of a text says it with.
_SAYING = ("name", "description", "credentialCategory")


@dataclass(frozen=True, slots=True)
class Posting:
    """`title` and `description` as given; `parts` are what stands below the description, in their plain form."""

    title: str | None
    description: str | None
    parts: list[PlainText] = field(default_factory=list)


def read(body: Mapping[str, Any], form: JobForm) -> Posting:
    """The posting in a JSON object of another system's form. A field of another type than its form's counts as absent.

    Raises RecordRejected (`invalid_content`) for HTML nested too deeply.
    """
    if form == "job_posting":
        return _job_posting(body)
    if form == "lever":
        return _lever(body)
    return Posting(_text(body, "title"), _text(body, "content"))


def _lever(body: Mapping[str, Any]) -> Posting:
    parts = [
        _headed(_text(each, "text") or "", [_text(each, "content") or ""])
        for each in as_list(body.get("lists"))
        if isinstance(each, dict)
    ]
    additional = plain_form(_text(body, "additional") or _text(body, "additionalPlain") or "")
    description = _text(body, "description") or _text(body, "descriptionPlain")
    return Posting(_text(body, "text"), description, [part for part in [*parts, additional] if part.text])


def _job_posting(body: Mapping[str, Any]) -> Posting:
    parts = [_headed(heading, _said(body.get(name))) for name, heading in _HEADED]
    title = _text(body, "title") or _text(body, "name")
    return Posting(title, _text(body, "description"), [part for part in parts if part.text])


def _headed(heading: str, given: list[str]) -> PlainText:
    """A heading and what stands under it; nothing where there is nothing to stand there."""
    plain = [plain_form(each) for each in given]
    below = "\n".join(each.text for each in plain if each.text.strip())
    hidden = [stretch for each in plain for stretch in each.hidden]
    return PlainText(f"{plain_line(heading).text}\n{below}".strip() if below else "", hidden)


def _said(value: Any) -> list[str]:
    """The texts in a value of schema.org, which may be a text, an object that says something, or a list of them."""
    if isinstance(value, list):
        return [text for each in value if not isinstance(each, list) for text in _said(each)]
    if isinstance(value, str):
        return [without_forbidden(value)]
    if not isinstance(value, dict):
        return []
    said = [text for name in _SAYING if (text := _text(value, name))]
    months = value.get("monthsOfExperience")
    if isinstance(months, int | float) and not isinstance(months, bool) and 0 < months < 1_200:
        said.append(_experience(months))
    return said


def _experience(months: float) -> str:
    count, unit = (months / 12, "year") if months % 12 == 0 else (months, "month")
    return f"{count:g} {unit}{'' if count == 1 else 's'} of experience"


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return without_forbidden(value) if isinstance(value, str) else None

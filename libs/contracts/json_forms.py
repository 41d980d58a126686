"""Forms of JSON that other systems write resumes and jobs in, and how each is known.

Here because the gateway hands them on as they are, and ingest reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from libs.contracts.identifiers import Kind

JobForm = Literal["own", "job_posting", "lever", "greenhouse"]

# https://jsonresume.org/schema, version 1.0.0; `meta` says nothing of the person.
JSON_RESUME_FIELDS = (
    "basics",
    "work",
    "volunteer",
    "education",
    "awards",
    "certificates",
    "publications",
    "skills",
    "languages",
    "interests",
    "references",
    "projects",
)
# By one of these a JSON Resume without basics is known.
_ENTRIES = {
    "work": ("position", "name", "company"),
    "education": ("institution", "studyType", "area"),
    "volunteer": ("organization",),
    "projects": ("name",),
}
_WHAT_WORKS: dict[Kind, str] = {
    "resume": "the fields that work are text, or those of a JSON Resume: basics, work, education, skills and so on",
    "job": "the fields that work are title, description (or text) and requirements; Greenhouse's content, a posting "
    "of Lever's and schema.org's JobPosting are read as well",
}
# Fields that a body may have beside what it says.
_BESIDE = frozenset({"id", "metadata"})
_OWN_FIELDS: dict[Kind, frozenset[str]] = {
    "resume": frozenset({"text"}),
    "job": frozenset({"title", "description", "requirements", "text", "content"}),
}
_SHOWN_FIELDS, _SHOWN_CHARS = 8, 40


def is_json_resume(body: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a JSON Resume: it has no `text`, but basics, or entries with that form's fields."""
    if _filled(body.get("text")):
        return False
    if isinstance(body.get("basics"), dict):
        return True
    return any(
        isinstance(entry, dict) and any(isinstance(entry.get(name), str) for name in names)
        for field, names in _ENTRIES.items()
        for entry in as_list(body.get(field))
    )


def job_form(body: Mapping[str, Any]) -> JobForm:
    """Whose form a job's JSON object has; `own` for all that is clearly no other's."""
    kinds = as_list(body.get("@type")) or [body.get("@type")]
    if any(isinstance(kind, str) and kind.rpartition("/")[2] == "JobPosting" for kind in kinds):
        return "job_posting"
    if _is_lever(body):
        return "lever"
    has_own = any(_filled(body.get(name)) for name in ("description", "text"))
    return "greenhouse" if _filled(body.get("content")) and not has_own else "own"


def as_list(value: Any) -> Sequence[Any]:
    """A list as it is, nothing for anything else."""
    return value if isinstance(value, list) else ()


def is_other_form(body: Mapping[str, Any], kind: Kind) -> bool:
    """Whether a JSON object is a resume or job in another system's form."""
    return is_json_resume(body) if kind == "resume" else job_form(body) != "own"


def unknown_form(body: Mapping[str, Any], kind: Kind) -> str | None:
    """A sentence for a JSON object that says something, but in no field that is known: which ones work; else None."""
    fields = [name for name in body if name not in _BESIDE]
    if not fields or is_other_form(body, kind) or not _OWN_FIELDS[kind].isdisjoint(fields):
        return None
    given = ", ".join(name[:_SHOWN_CHARS] for name in fields[:_SHOWN_FIELDS])
    return f"the JSON object has no field that holds a {kind}'s text, only {given}; {_WHAT_WORKS[kind]}"


def _is_lever(body: Mapping[str, Any]) -> bool:
    """A posting of Lever's, in which `text` is the title: it has lists of `text` and `content`, or plain twins."""
    if _filled(body.get("title")) or not _filled(body.get("text")) or "\n" in body["text"].strip():
        return False
    lists = as_list(body.get("lists"))
    has_lists = any(isinstance(each, dict) and isinstance(each.get("content"), str) for each in lists)
    return has_lists or any(isinstance(body.get(name), str) for name in ("descriptionPlain", "additionalPlain"))


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())

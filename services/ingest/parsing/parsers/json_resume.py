"""JSON Resume (https://jsonresume.org/schema), laid out as a resume for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from libs.contracts.json_forms import as_list
from libs.contracts.text_preparation import without_forbidden
from services.ingest.parsing.markup.lines import BULLET
from services.ingest.parsing.markup.plain_form import plain_form, plain_line

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ISO_DATE: Final = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2]))?(?:-\d{1,2})?(?:T.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ResumeText:
    """`hidden` are the stretches that HTML in the resume's values did not show."""

    text: str
    hidden: list[str]


def read(body: Mapping[str, Any]) -> ResumeText:
    """The resume's text: head, then a part under its heading for each section that says something.

    HTML in values is read as plain text. A value of another type than the schema's counts as absent, whatever it is.
    Raises RecordRejected (`invalid_content`) for HTML nested too deeply.
    """
    values = _Values()
    basics = _Entry(body.get("basics"), values)
    parts = [_head(basics), _under("Summary", [basics.lines("summary")])]
    for name, heading, lay_out in _SECTIONS:
        entries = (_Entry(each, values) for each in as_list(body.get(name)))
        parts.append(_under(heading, map(lay_out, entries), apart=lay_out not in _ONE_LINE))
    return ResumeText("\n\n".join(part for part in parts if part), values.hidden)


@dataclass(slots=True)
class _Values:
    """Turns values into plain text, and keeps what their HTML hides."""

    hidden: list[str] = field(default_factory=list)

    def line(self, value: Any) -> str:
        """A text or number in one line; nothing for anything else."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:g}" if isinstance(value, float) else str(value)
        if not isinstance(value, str):
            return ""
        plain = plain_line(without_forbidden(value))
        self.hidden += plain.hidden
        return " ".join(plain.text.split())

    def lines(self, value: Any) -> list[str]:
        """The lines of a text that hold something."""
        if not isinstance(value, str):
            return []
        plain = plain_form(without_forbidden(value))
        self.hidden += plain.hidden
        return [line.strip() for line in plain.text.splitlines() if line.strip()]


class _Entry:
    """An object of the resume; a text in its place is its name."""

    def __init__(self, value: Any, values: _Values) -> None:
        self._fields: Mapping[str, Any] = value if isinstance(value, dict) else {"name": value}
        self._values = values

    def line(self, *names: str) -> str:
        """The first of the fields that says something, in one line."""
        return next((line for name in names if (line := self._values.line(self._fields.get(name)))), "")

    def lines(self, name: str) -> list[str]:
        return self._values.lines(self._fields.get(name))

    def bullets(self, name: str) -> list[str]:
        """Each text of a list as a bullet, or more where it was a list of HTML."""
        given = self._fields.get(name)
        texts = [given] if isinstance(given, str) else as_list(given)
        lines = [line.removeprefix(BULLET).strip() for text in texts for line in self._values.lines(text)]
        return [f"{BULLET}{line}" for line in lines if line]

    def row(self, name: str) -> str:
        """A list's texts in one line."""
        return ", ".join(line for each in as_list(self._fields.get(name)) if (line := self._values.line(each)))

    def inner(self, name: str) -> _Entry:
        value = self._fields.get(name)
        return _Entry(value if isinstance(value, dict) else {}, self._values)

    def inner_list(self, name: str) -> list[_Entry]:
        return [_Entry(each, self._values) for each in as_list(self._fields.get(name))]

    def period(self) -> str:
        """`from – to`; `Present` where only a beginning is named."""
        start, end = _date(self.line("startDate")), _date(self.line("endDate"))
        return f"{start} – {end or 'Present'}" if start else end

    def date(self, name: str) -> str:
        return _date(self.line(name))


def _date(given: str) -> str:
    """`2021-04-30` as `Apr 2021`; what is no date of the schema as it is."""
    match = _ISO_DATE.fullmatch(given)
    if match is None:
        return given
    return f"{_MONTHS[int(match[2]) - 1]} {match[1]}" if match[2] else match[1]


def _joined(*parts: str, by: str = ", ") -> str:
    return by.join(part for part in parts if part)


def _under(heading: str, blocks: Iterable[list[str]], *, apart: bool = False) -> str:
    """The blocks below their heading, a blank line between those that are more than a line; nothing without any."""
    filled = [text for block in blocks if (text := "\n".join(line for line in block if line))]
    return "\n".join([heading, ("\n\n" if apart else "\n").join(filled)]) if filled else ""


def _head(basics: _Entry) -> str:
    place = basics.inner("location")
    city = _joined(place.line("postalCode"), place.line("city"), by=" ")
    where = _joined(place.line("address"), city, place.line("region"), place.line("countryCode", "country"))
    lines = [
        basics.line("name"),
        basics.line("label"),
        basics.line("email"),
        basics.line("phone"),
        where or basics.line("location"),
        basics.line("url", "website"),
        *(_profile(each) for each in basics.inner_list("profiles")),
    ]
    return "\n".join(line for line in lines if line)


def _profile(profile: _Entry) -> str:
    return _joined(profile.line("network"), profile.line("url", "username", "name"), by=": ")


def _work(entry: _Entry) -> list[str]:
    return [
        _joined(entry.line("position"), entry.line("name", "company", "organization")),
        entry.period(),
        _joined(entry.line("location"), entry.line("url", "website")),
        *entry.lines("description"),
        *entry.lines("summary"),
        *entry.bullets("highlights"),
    ]


def _education(entry: _Entry) -> list[str]:
    kind, area = entry.line("studyType"), entry.line("area")
    degree = f"{kind} in {area}" if kind and area and area.lower() not in kind.lower() else kind or area
    return [
        _joined(degree, entry.line("institution", "name")),
        entry.period(),
        _joined("Grade" if entry.line("score", "gpa") else "", entry.line("score", "gpa"), by=": "),
        entry.line("url"),
        *entry.bullets("courses"),
    ]


def _project(entry: _Entry) -> list[str]:
    return [
        _joined(entry.line("name"), entry.line("entity")),
        entry.period(),
        entry.row("roles"),
        entry.line("url"),
        *entry.lines("description"),
        *entry.bullets("highlights"),
        entry.row("keywords"),
    ]


def _skill(entry: _Entry) -> list[str]:
    level = entry.line("level")
    named = _joined(entry.line("name"), f"({level})" if level else "", by=" ")
    return [_joined(named, entry.row("keywords"), by=": ")]


def _language(entry: _Entry) -> list[str]:
    return [_joined(entry.line("language", "name"), entry.line("fluency", "level"), by=": ")]


def _certificate(entry: _Entry) -> list[str]:
    return [_joined(entry.line("name", "title"), entry.line("issuer"), entry.date("date")), entry.line("url")]


def _award(entry: _Entry) -> list[str]:
    return [_joined(entry.line("title", "name"), entry.line("awarder"), entry.date("date")), *entry.lines("summary")]


def _publication(entry: _Entry) -> list[str]:
    return [
        _joined(entry.line("name"), entry.line("publisher"), entry.date("releaseDate")),
        entry.line("url", "website"),
        *entry.lines("summary"),
    ]


def _reference(entry: _Entry) -> list[str]:
    return [entry.line("name"), *entry.lines("reference")]


_SECTIONS: Final[tuple[tuple[str, str, Callable[[_Entry], list[str]]], ...]] = (
    ("work", "Experience", _work),
    ("education", "Education", _education),
    ("skills", "Skills", _skill),
    ("certificates", "Certifications", _certificate),
    ("languages", "Languages", _language),
    ("projects", "Projects", _project),
    ("volunteer", "Volunteer Experience", _work),
    ("awards", "Awards", _award),
    ("publications", "Publications", _publication),
    ("interests", "Interests", _skill),
    ("references", "References", _reference),
)
_ONE_LINE: Final = (_skill, _language, _certificate)

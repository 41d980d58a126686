"""Texts to search by: what they may be, and what is said of them in the API's description."""

from __future__ import annotations

from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import MAX_PERSON_CHARS
from libs.contracts.inner.searching import MAX_QUERY_CHARS
from libs.contracts.text_preparation import holds_word
from services.gateway.problems import Problem

SEARCH_TEXTS = """A word, a sentence, or a whole job. Documents are ranked by meaning and words; besides:

| in the query | finds documents |
|---|---|
| `"team lead"` | with these words side by side |
| `java OR kotlin` | with one of both at least |
| `java AND sql` | with both |
| `-intern`, `-"night shift"`, `NOT intern` | without it |
| `(java OR kotlin) AND sql` | parentheses group; AND binds closer than OR |

All other words only rank. Operators are upper-case. Words are compared without their English endings, in any case.
A text of several lines or of more than 300 characters, or one that is malformed (a quotation or parenthesis that is not
closed, an operator with nothing beside it, nothing but exclusions) is read as plain words; `read_as` says so."""


def check_query(query: str) -> None:
    """Raises Problem (`invalid_query`) for a search text that is too long, or has nothing to look for."""
    if len(query) > MAX_QUERY_CHARS:
        told = f"the query has {len(query):,} characters; {MAX_QUERY_CHARS:,} are allowed"
        raise Problem("invalid_query", told, pointer="/query")
    if not holds_word(query):
        raise Problem("invalid_query", "the query needs a letter or a digit", pointer="/query")


def check_person(kind: Kind, q: str | None) -> None:
    """Raises Problem (`invalid_query`) for a `q` by which nobody can be found."""
    if q is None:
        return
    if kind == "job":
        raise Problem("invalid_query", "jobs are of no person: q finds resumes, GET /resumes/?q=", parameter="q")
    if len(q) > MAX_PERSON_CHARS:
        raise Problem("invalid_query", f"q has {len(q):,} characters; {MAX_PERSON_CHARS} are allowed", parameter="q")
    if not holds_word(q):
        raise Problem(
            "invalid_query",
            "q needs a letter or a digit: of a name, an e-mail address or a telephone number",
            parameter="q",
        )

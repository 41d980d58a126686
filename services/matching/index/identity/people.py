"""Finding people by name, e-mail address or telephone number: the one reader of identity terms."""

from __future__ import annotations

import re

import numpy as np

from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import MAX_PERSON_CHARS
from libs.contracts.text_preparation import holds_word
from libs.database.transactions import Reading
from services.matching.index.found import Numbers
from services.matching.index.identity.identity_terms import MAX_TERM, PHONE
from services.matching.index.identity.person_words import (
    MIN_DIGITS,
    digits_of,
    national_digits,
    plain_letters,
    plain_words,
)

# More are not shown in pages, but a sign that too little was written.
MOST_FOUND = 100_000
_MOST_WORDS = 10

_OF_A_NUMBER = re.compile(r"[+＋()./\-\u2010-\u2015\s\d]*\d[()./\-\u2010-\u2015\s\d]*")
_EDGES = ".,;:<>()[]\"'"


class InvalidPerson(ValueError):
    """Nobody can be looked for by this text; the message says why."""


async def numbers_of_person(
    connection: Reading, tenant: str, kind: Kind, q: str, *, at_most: int = MOST_FOUND
) -> Numbers:
    """The documents of those whose name, e-mail address and telephone number hold all that `q` says.

    It says words of names, addresses or parts of one, and numbers by four or more digits; each by its beginning. Raises
    InvalidPerson where it says nothing, too much, or fits more than `at_most` documents.
    """
    # The longest is likely the rarest.
    first, *others = sorted(prefixes_of(q), key=len, reverse=True)
    values = [value for prefix in [first, *others] for value in _range(prefix)]
    holds = [
        "AND EXISTS (SELECT FROM matching.identity_terms i WHERE i.tenant = $1 AND i.kind = $2"
        f" AND i.number = found.number AND i.term >= ${at} AND i.term < ${at + 1})"
        for at in range(6, 6 + 2 * len(others), 2)
    ]
    rows = await connection.fetch(
        f"""
        SELECT DISTINCT number FROM matching.identity_terms found
        WHERE tenant = $1 AND kind = $2 AND term >= $4 AND term < $5 {" ".join(holds)} LIMIT $3
        """,
        tenant,
        kind,
        at_most + 1,
        *values,
    )
    if len(rows) > at_most:
        raise InvalidPerson(f"q fits more than {at_most} resumes: write more of the name")
    return np.array(sorted(row["number"] for row in rows), dtype=np.int64)


def prefixes_of(q: str) -> list[str]:
    """How identity terms of the person begin that is looked for, one or more. Raises InvalidPerson."""
    if len(q) > MAX_PERSON_CHARS:
        raise InvalidPerson(f"q has {len(q)} characters; {MAX_PERSON_CHARS} are allowed")
    prefixes = list(dict.fromkeys(prefix[:MAX_TERM] for prefix in _prefixes(q) if holds_word(q)))
    if not prefixes:
        raise InvalidPerson("q needs a letter or a digit: of a name, an e-mail address or a telephone number")
    if len(prefixes) > _MOST_WORDS:
        raise InvalidPerson(f"q has {len(prefixes)} words; {_MOST_WORDS} are allowed")
    return prefixes


def _range(prefix: str) -> list[str]:
    """From the prefix on, to before what no longer begins with it, in the order of bytes."""
    return [prefix, prefix + "\U0010ffff"]


def _prefixes(q: str) -> list[str]:
    found: list[str] = []
    number = ""
    for word in [*q.split(), ""]:
        if word and _OF_A_NUMBER.fullmatch(word):
            number += f" {word}"
            continue
        found += _of_number(number)
        number = ""
        found += _of_word(word)
    return found


def _of_number(text: str) -> list[str]:
    digits = digits_of(text)
    if len(digits) < MIN_DIGITS:
        return [digits] if digits else []
    return [PHONE + national_digits(text)]


def _of_word(word: str) -> list[str]:
    if "@" in word:
        plain = plain_letters(word).strip(_EDGES)
        return [plain] if holds_word(plain) else []
    return plain_words(word)

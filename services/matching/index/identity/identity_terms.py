"""By what a person is found in a list: words of the name, e-mail addresses, telephone numbers.

Each is found by how a term begins, so that a term is made of every place where what is looked for may begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from libs.contracts.structure import IdentitySpan
from services.matching.index.identity.person_words import MIN_DIGITS, digits_of, name_words, plain_letters

# Before the digits of a telephone number, so that they are told from those of an e-mail address.
PHONE = "+"
# Longer ones are no words, addresses or numbers of people.
MAX_TERM = 80
_MOST_DIGITS = 32
_MOST_TERMS = 200
_PART = re.compile(r"[^\W_]+")
_TAG = re.compile(r"\+[^@\s]*(?=@)")


def identity_terms(text: str, spans: Sequence[IdentitySpan]) -> list[str]:
    """The distinct terms of a resume's identity spans: of names, e-mail addresses and telephone numbers."""
    terms = dict.fromkeys(term for span in spans for term in _of_span(span.type, text[span.start : span.end]))
    return [term for term in terms if len(term) <= MAX_TERM][:_MOST_TERMS]


def _of_span(type: str, text: str) -> Iterator[str]:
    if type == "name":
        yield from name_words(text)
    elif type == "email":
        yield from _of_addresses(plain_letters(text))
    elif type == "phone":
        digits = digits_of(text)[:_MOST_DIGITS]
        yield from (PHONE + digits[at:] for at in range(len(digits) - MIN_DIGITS + 1))


def _of_addresses(text: str) -> Iterator[str]:
    # Of maria+jobs@example.com, people know maria@example.com.
    for address in [*text.split(), *_TAG.sub("", text).split()]:
        yield from (address[match.start() :] for match in _PART.finditer(address))
        _, at, domain = address.rpartition("@")
        if at:
            yield at + domain

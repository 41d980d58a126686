"""The stretches of a text that tell who a person is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from libs.contracts.structure import IdentitySpan, IdentityType, Section
from services.ingest.structure.identity import letters, zones
from services.ingest.structure.identity.addresses import residence
from services.ingest.structure.identity.addresses.addresses import find_addresses
from services.ingest.structure.identity.contact.emails import find_emails
from services.ingest.structure.identity.contact.links import find_links
from services.ingest.structure.identity.contact.phones import find_phones
from services.ingest.structure.identity.letters import (
    addresses_in_declarations,
    capitals_above_contact,
    names_in_letters,
)
from services.ingest.structure.identity.names import cued_names
from services.ingest.structure.identity.names.address_match import address_words_of
from services.ingest.structure.identity.names.head_name import find_head_names
from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.names.names_in_text import find_names_in_text
from services.ingest.structure.identity.names.person_words import PersonWords
from services.ingest.structure.identity.protected import protected_cues, told_of_oneself
from services.ingest.structure.identity.protected.protected import find_passports, find_protected
from services.ingest.structure.identity.protected.run_on_labels import find_run_on_labels
from services.ingest.structure.identity.words import fold, words_of
from services.ingest.structure.identity.zones import zones_of
from services.ingest.structure.stored_text import StoredText

Spans = list[tuple[int, int]]

# Begins with a sign that is rare, which is fast to look for.
_PROFILE = re.compile(r"/(?:in|pub|profile|@)?/?\s?([\w%.-]{3,80})(?<=[\w-])")
_PROFILE_HOST = re.compile(
    r"(?:linkedin|github|gitlab|xing|behance|medium|dribbble|kaggle)\.[a-z]{2,3}\Z", re.IGNORECASE
)
_MOST_PROFILES = 50
# More persons than any resume names; what is looked for again in the whole text stays bounded.
_MOST_NAMES = 1_000
_MOST_ADDRESSES = 200
_LONGEST_HOST = 14
# Words of addresses that name no person, whatever the lists say.
_NO_PERSON = frozenset(
    "info mail email contact kontakt office hello admin jobs job careers career hiring recruiting recruitment "
    "hr sales support team apply bewerbung post web webmaster noreply service resume resumes cv work me my the dev "
    "official real www com".split()
)
_SHORTEST_OF_AN_ADDRESS = 4


def load() -> None:
    """Reads all lists, so that no document waits for them. Raises OSError where a file is missing."""
    lexicon()
    zones.load()
    protected_cues.load()
    cued_names.load()
    residence.load()
    letters.load()
    told_of_oneself.load()


def find_identity(stored: StoredText, sections: Sequence[Section]) -> list[IdentitySpan]:
    """Identity spans in the text's order, none overlapping another.

    Pure; blocks for about 3 ms for a resume of 6,000 characters, and grows in proportion. Works without `sections`.
    """
    text = stored.text
    words = words_of(text)
    emails = find_emails(text)
    where = zones_of(stored, sections, emails)
    contact_lines = where.contact_stretches()
    phones = find_phones(text, where.is_contact, contact_lines)
    traits = find_protected(text, words, where)

    locals_ = [text[start:end].partition("@")[0] for start, end in emails[:_MOST_ADDRESSES]]
    slugs = _profile_names(text)
    address_words = address_words_of([*locals_, *slugs])

    person = PersonWords()
    head = find_head_names(text, where, address_words)
    named = find_names_in_text(words, where, address_words, of_a_job=stored.kind == "job")[:_MOST_NAMES]
    if stored.kind == "resume":
        named = [*names_in_letters(words, where)[:_MOST_NAMES], *named]
        capitals = None if head else capitals_above_contact(words, where, [*emails, *phones])
        named = [capitals, *named] if capitals is not None else named
    for shape in [*(one.shape for one in head), *(one.shape for one in named)]:
        person.add(shape.words, cased=shape.cased)
    if stored.kind == "resume":
        person.add(_names_in_addresses(address_words, [text[start:end] for start, end in emails]))
    links = find_links(text, where.is_contact, _holds_name(person), contact_lines)

    taken = _Taken(text)
    taken.add("email", emails)
    taken.add("link", links)
    taken.add("protected", [one.title for one in named if one.title is not None])
    if stored.kind == "resume":
        taken.add("protected", [*find_passports(text), *find_run_on_labels(words)])
    taken.add("phone", phones)
    taken.add("name", [*((one.start, one.end) for one in head), *((one.start, one.end) for one in named)])
    taken.add("protected", traits)
    if person:
        taken.add("name", person.find(words))
    if stored.kind == "resume":
        taken.add("address", addresses_in_declarations(text, where))
    taken.add("address", find_addresses(words, where, taken.spans()))
    return taken.identity_spans()


def _profile_names(text: str) -> list[str]:
    """What stands behind the host in links to profiles: "jane-doe-42" of "linkedin.com/in/jane-doe-42"."""
    found = [
        match[1]
        for match in _PROFILE.finditer(text)
        if _PROFILE_HOST.search(text, max(0, match.start() - _LONGEST_HOST), match.start())
    ]
    return found[:_MOST_PROFILES]


def _names_in_addresses(address_words: Iterable[frozenset[str]], emails: Sequence[str]) -> set[str]:
    """Words of addresses that can only be names: no list knows them as anything else, no host has them."""
    lists = lexicon()
    hosts = {fold(word) for email in emails for word in re.findall(r"[^\W\d_]+", email.partition("@")[2])}
    found: set[str] = set()
    for words in address_words:
        for word in words:
            for candidate in (word, word[1:]):
                if (
                    len(candidate) >= _SHORTEST_OF_AN_ADDRESS
                    and candidate not in hosts
                    and candidate not in _NO_PERSON
                    and not lists.means_something(candidate)
                    and candidate not in lists.proper
                ):
                    found.add(candidate)
    return found


def _holds_name(person: PersonWords) -> Callable[[str], bool]:
    clear = [word for word in person.clear if len(word) >= _SHORTEST_OF_AN_ADDRESS]

    def holds(host: str) -> bool:
        flat = fold(host)
        return any(word in flat for word in clear)

    return holds


class _Taken:
    """Spans by type, of which an earlier one keeps its place and a later one takes what is left. Linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[tuple[int, int, IdentityType]] = []
        self._covered = bytearray(len(text))

    def spans(self) -> Spans:
        return sorted((start, end) for start, end, _ in self._spans)

    def add(self, type_: IdentityType, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in sorted(spans):
            at = self._covered.find(0, start, end)
            while at != -1:
                stop = self._covered.find(1, at, end)
                stop = end if stop == -1 else stop
                self._spans.append((at, stop, type_))
                at = self._covered.find(0, stop, end)
            self._covered[start:end] = b"\x01" * (end - start)

    def identity_spans(self) -> list[IdentitySpan]:
        """All spans in order, without the spaces around them and without those that hold no letter or digit."""
        found: list[IdentitySpan] = []
        for start, end, type_ in sorted(self._spans):
            while start < end and self._text[start].isspace():
                start += 1
            while end > start and self._text[end - 1].isspace():
                end -= 1
            if any(sign.isalnum() for sign in self._text[start:end]):
                found.append(IdentitySpan(start=start, end=end, type=type_))
        return found

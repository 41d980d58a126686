"""By which texts a person is found, as what is stored of the person and what is looked for meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.structure import IdentitySpan, IdentityType
from services.matching.index.identity.identity_terms import MAX_TERM, identity_terms
from services.matching.index.identity.people import InvalidPerson, prefixes_of

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[4]

MARIA: list[tuple[IdentityType, str]] = [
    ("name", "María González-López"),
    ("email", "maria.gonzalez+cv@mail.example.com"),
    ("phone", "+1 (212) 555-0199"),
]


def terms_of_person(spans: list[tuple[IdentityType, str]]) -> list[str]:
    text, made = "", []
    for type, part in spans:
        made.append(IdentitySpan(len(text), len(text) + len(part), type))
        text += f"{part}\n"
    return identity_terms(text, made)


def finds(q: str, spans: list[tuple[IdentityType, str]]) -> bool:
    terms = terms_of_person(spans)
    return all(any(term.startswith(prefix) for term in terms) for prefix in prefixes_of(q))


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("maria gonz", True),
        ("GONZÁLEZ, María", True),
        ("gonza\u0301lez", True),
        ("lopez", True),
        ("gonzález-lópez", True),
        ("lopez maria", True),
        ("maria smith", False),
        ("onzalez", False),
        ("maria.gonzalez@", True),
        ("maria.gonzalez", True),
        ("Maria.Gonzalez+CV@mail.example.com", True),
        ("gonzalez+cv@mail", True),
        ("@mail.example.com", True),
        ("mail.example.com", True),
        ("@example.org", False),
        ("cv", True),
        ("555-0199", True),
        ("5550199", True),
        ("0199", True),
        ("199", False),
        ("212 555 0199", True),
        ("(212) 555-0199", True),
        ("+1 212 555 0199", True),
        ("001 212 555 0199", True),
        ("1-212-555-0199", True),
        ("٢١٢ ٥٥٥ ٠١٩٩", True),
        ("555-0198", False),
        ("maria 555 0199", True),
        ("maria 555 0198", False),
    ],
)
def test_all_that_is_written_must_be_of_the_person(q: str, found: bool) -> None:
    assert finds(q, MARIA) is found


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("muller", "Jürgen Müller"),
        ("müller", "Jürgen Müller"),
        ("mueller", "Jürgen Müller"),
        ("Grosse", "Anna Große"),
        ("o'brien", "Seán O’Brien"),
        ("obrien", "Seán O'Brien"),
        ("brien", "Seán O'Brien"),
        ("anne marie", "Anne-Marie Dupont"),
        ("anne-marie", "Anne Marie Dupont"),
        ("lukasz", "Łukasz Wałęsa"),
        ("山田", "山田太郎"),
        ("太郎", "山田太郎"),
        ("민준", "김민준"),
        ("иван", "Иван Петров"),
        ("ISTANBULLU", "Ayşe İstanbullu"),
        ("ivan", "IV\u200bAN"),
        ("ｍａｒｉａ", "Maria"),
    ],
)
def test_names_are_found_as_people_write_them(q: str, name: str) -> None:
    assert finds(q, [("name", name)])


@pytest.mark.parametrize(
    ("q", "phone"),
    [
        ("0170 1234567", "+49 170 1234567"),
        ("+49 170 1234567", "0170 1234567"),
        ("0049 170 1234567", "0170/1234567"),
        ("+49 (0)170 1234567", "+49 170 1234567"),
        ("020 7946 0018", "+44 20 7946 0018"),
        ("+44 20 7946 0018", "(020) 7946 0018"),
        ("8 916 123-45-67", "+7 916 123-45-67"),
        ("+351 912 345 678", "912345678"),
        ("138 0013 8000", "+86 138 0013 8000"),
        ("+49 170", "+49 170 1234567"),
        ("555 0199", "555 0199 ext. 12"),
    ],
)
def test_a_number_is_found_with_and_without_its_country(q: str, phone: str) -> None:
    assert finds(q, [("phone", phone)])


def test_only_names_addresses_and_numbers_are_found() -> None:
    others: list[tuple[IdentityType, str]] = [
        ("address", "Elm Street 5"),
        ("link", "github.com/maria"),
        ("protected", "born 1980"),
    ]
    assert terms_of_person(others) == []
    assert not finds("1980", MARIA)


@pytest.mark.parametrize(
    "q", ["", " ", "%", "--", "\u200b", "\u3164", "@", "👩", "'", "\x00", "a" * 201, "a b c d e f g h i j k"]
)
def test_what_nobody_can_be_found_by_is_refused_with_a_sentence(q: str) -> None:
    with pytest.raises(InvalidPerson, match=r"^q .{20,}"):
        prefixes_of(q)


@given(st.text(max_size=200))
def test_any_text_is_refused_or_looked_for(q: str) -> None:
    try:
        prefixes = prefixes_of(q)
    except InvalidPerson:
        return
    assert all(0 < len(prefix) <= MAX_TERM and "\x00" not in prefix for prefix in prefixes)


@given(st.text(max_size=300), st.sampled_from(["name", "email", "phone"]))
def test_terms_are_distinct_and_short_whatever_the_text(text: str, type: IdentityType) -> None:
    terms = identity_terms(text, [IdentitySpan(0, len(text), type)])
    assert len(terms) == len(set(terms)) <= 200
    assert all(0 < len(term) <= MAX_TERM and "\x00" not in term for term in terms)


def test_one_place_alone_reads_identity_terms_and_lists_alone_ask_it() -> None:
    services = ROOT / "services" / "matching"
    named = re.compile(r"matching\.identity_terms|\"identity_terms\"")
    sources = {
        str(path.relative_to(services)): path.read_text(encoding="utf-8")
        for path in services.rglob("*")
        if path.suffix in (".py", ".sql")
    }
    readers = {name for name, text in sources.items() if re.search(r"(FROM|JOIN) matching\.identity_terms", text)}
    assert {name for name, text in sources.items() if named.search(text)} - readers <= {
        "index/document_index.py",
        "storage/migrations/009_index.sql",
        # It tells how many bytes the table has.
        "storage/table_sizes.py",
    }
    assert readers == {"index/identity/people.py"}
    asking = {name for name, text in sources.items() if "import numbers_of_person" in text}
    assert asking == {"service.py"}

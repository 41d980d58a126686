"""What search texts mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.answers.query.queries import MAX_OPERATOR_CHARS, parsed
from services.matching.index.words.expression import All, Any, Expression, Not, Term
from services.matching.scoring.terms import terms_of

pytestmark = pytest.mark.unit

JAVA, SQL, GO = Term("java"), Term("sql"), Term("go")

# The query, what documents must hold, what they must not, and the text that is embedded.
MEANINGS: list[tuple[str, Expression | None, Expression | None, str]] = [
    ("registered nurse", None, None, "registered nurse"),
    ("java OR sql", Any((JAVA, SQL)), None, "java sql"),
    ("java AND sql", All((JAVA, SQL)), None, "java sql"),
    ("java AND sql OR go", Any((All((JAVA, SQL)), GO)), None, "java sql go"),
    ("(java OR sql) AND go", All((Any((JAVA, SQL)), GO)), None, "java sql go"),
    ("senior java OR sql developer", Any((JAVA, SQL)), None, "senior java sql developer"),
    ("developer -java", None, JAVA, "developer"),
    ("developer NOT java", None, JAVA, "developer"),
    ("developer -java -sql", None, Any((JAVA, SQL)), "developer"),
    ("go AND NOT java", GO, JAVA, "go"),
    ("go -(java OR sql)", None, Any((JAVA, SQL)), "go"),
    ("go -(java sql)", None, All((JAVA, SQL)), "go"),
    ('"java" developer', JAVA, None, "java developer"),
    ("“java” developer", JAVA, None, "java developer"),
    ("„java“ «sql»", All((JAVA, SQL)), None, "java sql"),
    ("(java OR sql)", Any((JAVA, SQL)), None, "java sql"),
    ("(head of java) OR sql", Any((All((Term("head"), JAVA)), SQL)), None, "head of java sql"),
    ("java, OR sql.", Any((JAVA, SQL)), None, "java, sql."),
    ("C++ OR C# OR .NET", Any((Term("c++"), Term("c#"), Term(".net"))), None, "C++ C# .NET"),
    ("nurse(s) OR midwives", Any((Term("nurs"), Term("midwiv"))), None, "nurse(s) midwives"),
    ("护士 OR 医师", Any((Term("护士"), Term("医师"))), None, "护士 医师"),
    ("cafe\u0301 OR bistro", Any((Term("café"), Term("bistro"))), None, "café bistro"),
    ("developer -c++", None, Term("c++"), "developer"),
    ("developer -.net", None, Term(".net"), "developer"),
]


@pytest.mark.parametrize(("query", "required", "excluded", "plain"), MEANINGS, ids=lambda value: str(value)[:30])
def test_a_query_says_what_must_and_must_not_be_there(
    query: str, required: Expression | None, excluded: Expression | None, plain: str
) -> None:
    found = parsed(query)
    assert (found.read_as, found.required, found.excluded, found.plain) == ("query", required, excluded, plain)
    assert found.terms == tuple(terms_of(plain))


PLAIN = [
    "java or sql and go, not rust",
    "night-shift nurse, part-time",
    "nurse (night shift)",
    "R&D manager",
    "C++ developer (m/f/d)",
    "2015 -2019",
    "salary 40000 -50000",
    'a 19" monitor and a 6" pipe',
    "welder - ship hulls",
    "- welder",
    "front-end / back-end",
    "AND-gate design",
    "--verbose",
    "don't know",
]


@pytest.mark.parametrize("query", PLAIN)
def test_what_looks_like_an_operator_and_is_none_only_ranks(query: str) -> None:
    found = parsed(query)
    assert (found.read_as, found.plain, found.expression, found.phrases) == ("query", query, None, ())


MALFORMED = [
    '"team lead',
    'team lead"',
    "(java OR sql",
    "java OR sql)",
    "java OR",
    "OR java",
    "java AND OR sql",
    "java AND",
    "AND",
    "NOT",
    "developer NOT",
    "-java",
    "NOT java -sql",
    "java OR -sql",
    "go -(-java)",
    "go NOT NOT java",
    "()",
    '""',
    '"the"',
    "java AND the",
    "java AND &",
    "nurse -the",
    "a) java b) sql",
    '"java"script',
    "(" * 30 + "java" + ")" * 30 + " OR sql",
]


@pytest.mark.parametrize("query", MALFORMED)
def test_a_malformed_query_is_read_as_plain_words_and_says_so(query: str) -> None:
    found = parsed(query)
    assert (found.read_as, found.plain, found.expression, found.phrases) == ("words", query, None, ())
    assert found.satisfied_by("anything")


def test_a_text_of_several_lines_or_a_long_one_is_plain_words() -> None:
    query = '"team lead" OR manager -intern'
    assert parsed(f"{query}\n").read_as == "query"
    for text in (f"{query}\n- of a team", query + " and more" * (MAX_OPERATOR_CHARS // 9)):
        assert (parsed(text).read_as, parsed(text).plain, parsed(text).expression) == ("words", text, None)


TEXT = "Team Lead, R&D\nHead of Sales at A & B\nWorked part-time on C++ and Java; managed 8 people."

HOLDS = [
    ('"team lead"', True),
    ('"TEAM LEADS"', True),
    ('"lead team"', False),
    ('"team lead r&d"', True),
    ('"head of sales"', True),
    ('"head sales"', False),
    ('"head for sales"', False),
    ('"sales at a"', True),
    ('"8 people"', True),
    ('"8 person"', False),
    ("part-time OR cobol", True),
    ("time-part OR cobol", False),
    ('lead -"head of sales"', False),
    ('lead -"head sales"', True),
    ('lead -("head sales" OR java)', False),
    ('cobol OR ("team lead" AND java)', True),
    ("R AND lead", False),
    ("lead -R", True),
    ("C++ AND lead", True),
    ("C AND lead", False),
    ("R&D AND lead", True),
    ("cobol", True),
]


@pytest.mark.parametrize(("query", "holds"), HOLDS)
def test_a_text_tells_what_terms_cannot(query: str, holds: bool) -> None:
    assert parsed(query).satisfied_by(TEXT) is holds


def test_phrases_are_told_apart_from_what_terms_tell() -> None:
    assert parsed('java OR "sql" -go').phrases == ()
    assert parsed('"head of sales" OR R -"team lead"').phrases == (("head", "of", "sale"), ("r",), ("team", "lead"))
    assert parsed('java -"team lead"').excluded is None


def test_the_expression_joins_what_is_required_and_what_is_excluded() -> None:
    assert parsed("java AND sql -go").expression == All((JAVA, SQL, Not(GO)))


SYNTAX = [
    "java",
    "sql",
    "go",
    "the",
    "C++",
    "R",
    "R&D",
    "part-time",
    "护士",
    "-",
    '"',
    "(",
    ")",
    "OR",
    "AND",
    "NOT",
    " ",
]
MORE = ['"team lead"', "-java", '-"team lead"', " OR ", " AND ", " NOT ", " (", ") ", "team", "lead"]
QUERIES = st.lists(st.sampled_from(SYNTAX + MORE), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(SYNTAX + MORE), max_size=14
).map("".join)
WORDS = st.lists(st.sampled_from(["java", "sql", "go", "c++", "R", "R&D", "part", "time", "team", "lead", "护士"]))


@given(st.text() | QUERIES)
def test_every_text_is_read_and_ranks_by_something_where_it_holds_something(query: str) -> None:
    found = parsed(query)
    assert found.terms == tuple(terms_of(found.plain))
    assert found.satisfied_by("some text") in (True, False)
    if terms_of(query):
        assert found.plain.strip()


@given(QUERIES, WORDS.map(" ".join))
def test_terms_never_exclude_what_the_text_satisfies_and_tell_all_where_there_are_no_phrases(
    query: str, text: str
) -> None:
    found, terms = parsed(query), set(terms_of(text))
    held = found.satisfied_by(text)
    told = found.expression is None or _satisfied(found.expression, terms)
    assert told or not held
    if not found.phrases:
        assert told is held
    if found.excluded is not None and _satisfied(found.excluded, terms):
        assert not held
    if found.required is not None and not _satisfied(found.required, terms):
        assert not held


def _satisfied(expression: Expression, terms: set[str]) -> bool:
    match expression:
        case Term(term):
            return term in terms
        case All(parts):
            return all(_satisfied(part, terms) for part in parts)
        case Any(parts):
            return any(_satisfied(part, terms) for part in parts)
        case Not(part):
            return not _satisfied(part, terms)

"""The list of occupations."""

import pytest

from services.matching.scoring.roles.occupations import LIST, nearness, occupations
from services.matching.scoring.roles.role import role_of

pytestmark = pytest.mark.unit


def lines() -> list[list[str]]:
    return [line.split("\t") for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_every_group_is_found_by_one_of_its_titles():
    assert len(lines()) == len(occupations().near)
    for name, _, _, titles in lines():
        plain = [title.strip().lstrip("=~-").split(" ") for title in titles.split(";")]
        spelled = [" ".join(word.split("|")[0].replace("_", " ") for word in title) for title in plain]
        assert any(name in role_of(title).groups for title in spelled), name


def test_names_of_groups_are_unique():
    names = [name for name, *_ in lines()]
    assert len(names) == len(set(names))


def test_nearness_is_mutual():
    for name, near, _, _ in lines():
        for other in filter(None, near.split("; ")):
            assert nearness(frozenset({other}), frozenset({name})) == 1, (name, other)


def test_nearness_counts_steps():
    def one(name: str) -> frozenset[str]:
        return frozenset({name})

    assert nearness(one("cook"), one("cook")) == 0
    assert nearness(one("cook"), one("chef")) == nearness(one("chef"), one("cook")) == 1
    assert nearness(one("cook"), one("restaurant manager")) == 2
    assert nearness(one("cook"), one("lawyer")) == 3

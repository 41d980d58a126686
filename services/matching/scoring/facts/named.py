"""Which names are compared as names, and which include others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

INCLUDED = Path(__file__).with_name("included_v1.tsv")


def is_proper(type: str, name: str) -> bool:
    """Whether a canonical name is that of a certain thing, as `Kubernetes` and `IFRS` are; `project management` and
    `patient care` can be said in other words. The word lists write the latter in lower case."""
    return type != "degree" and any(sign.isupper() or sign.isdigit() for sign in name)


def key_of(type: str, name: str) -> str:
    """By what the names are looked up that a resume holds."""
    return f"{type}:{name}"


def included_in(name: str) -> frozenset[str]:
    """The names that somebody also has who has this one, such as SQL with PostgreSQL."""
    return _included().get(name, frozenset())


@cache
def _included() -> Mapping[str, frozenset[str]]:
    """By name all that it includes, and what these include."""
    direct: dict[str, set[str]] = {}
    for line in INCLUDED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            names, included = line.split("\t")
            for name in names.split(";"):
                direct.setdefault(name.strip(), set()).update(each.strip() for each in included.split(";"))
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            new = direct.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        found[name] = frozenset(reached)
    return found

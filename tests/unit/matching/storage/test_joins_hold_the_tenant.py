"""Every join of tables of tenants in matching's statements compares the tenant (docs/scaling.md)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[4] / "services" / "matching"
# Tables that belong to no tenant.
SHARED = {"spaces", "space_tables", "tenants", "positions", "reembedding", "migrations"}
_JOIN = re.compile(
    r"\bJOIN\s+matching\.(?P<table>[\w{}.…]+)(?P<on>.*?)(?=\bJOIN\b|\bWHERE\b|\bGROUP BY\b|\bORDER BY\b|$)", re.S
)


def statements() -> list[tuple[str, str]]:
    """Every text of the sources in which something is joined; what is put in stands there as `…`."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        # The pieces of a text with something put in are no texts of their own.
        pieces = {id(piece) for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in nodes:
            text = "" if id(node) in pieces else _text(node)
            if " JOIN matching." in f" {text}".replace("\n", " "):
                found.append((f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", text))
    return found


def untenanted(text: str) -> list[str]:
    """The tables that a statement joins without comparing the tenant."""
    return [
        match["table"]
        for match in _JOIN.finditer(text)
        if match["table"] not in SHARED and "tenant" not in match["on"].lower()
    ]


def test_every_join_compares_the_tenant() -> None:
    found = statements()
    assert len(found) >= 3
    assert [(place, untenanted(text)) for place, text in found if untenanted(text)] == []


def test_a_join_without_it_is_found() -> None:
    assert untenanted("SELECT 1 FROM matching.cards c JOIN matching.unpacked u ON c.number = u.number") == ["unpacked"]
    assert untenanted("SELECT 1 FROM matching.cards c JOIN matching.unpacked u USING (tenant, kind, number)") == []


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""

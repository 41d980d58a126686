"""The grammar of queries.

    query   = item { item }                 side by side
    item    = chain { "OR" chain }
    chain   = operand { "AND" operand }
    operand = "NOT" operand | "-" operand | "quotation" | word | "(" query ")"

Words side by side only rank, unless they are inside a group that an operator has as its operand: there all are meant.
A group that no operator has is as if its parentheses were not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.matching.answers.query.tokens import Malformed, Token, TokenKind
from services.matching.answers.query.tree import And, Node, Not, Or, is_positive, phrase_of

_DEEPEST = 20
# "nurse(s)": one nurse is enough.
_ENDING = re.compile(r"(?<=\w)\([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that no operator has as its operand: it ranks."""

    text: str


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands side by side within parentheses."""

    items: list[_Item]


_Item = Node | _Word | _Group


@dataclass(slots=True)
class Asked:
    """What a query asks for: all `nodes`, in order; `kept` are its words but for those of exclusions."""

    nodes: list[Node] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def asked(tokens: Iterable[Token]) -> Asked:
    """What the tokens of a query ask for. Raises Malformed."""
    parser = _Parser(list(tokens))
    items = parser.query()
    if parser.next is not None:
        raise Malformed("a parenthesis is closed that was not opened")
    found = Asked(kept=parser.kept)
    _gather(items, found.nodes)
    return found


class _Parser:
    """Reads a list of tokens once, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._exclusions = 0
        self.kept: list[str] = []

    @property
    def next(self) -> TokenKind | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def query(self) -> list[_Item]:
        items: list[_Item] = []
        while self.next not in (None, "close"):
            items.append(self._item())
        return items

    def _item(self) -> _Item:
        chains = [self._chain()]
        while self._took("or"):
            chains.append(self._chain())
        if len(chains) == 1:
            return chains[0]
        sides = tuple(map(_meant, chains))
        if not all(map(is_positive, sides)):
            raise Malformed("a side of OR only excludes")
        return Or(sides)

    def _chain(self) -> _Item:
        operands = [self._operand()]
        while self._took("and"):
            operands.append(self._operand())
        return operands[0] if len(operands) == 1 else And(tuple(map(_meant, operands)))

    def _operand(self) -> _Item:
        if self._took("not"):
            return self._exclusion()
        if self._took("open"):
            return self._group()
        if self.next not in ("word", "quotation"):
            raise Malformed("an operator has nothing to work on")
        token = self._tokens[self._at]
        self._at += 1
        if not self._exclusions:
            self.kept.append(token.text)
        return _Word(token.text) if token.kind == "word" else _meant(_Word(token.text))

    def _exclusion(self) -> Node:
        self._exclusions += 1
        part = _meant(self._operand())
        self._exclusions -= 1
        if not is_positive(part):
            raise Malformed("an exclusion of an exclusion")
        return Not(part)

    def _group(self) -> _Group:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Malformed("too many parentheses")
        items = self.query()
        self._depth -= 1
        if not items or not self._took("close"):
            raise Malformed("a parenthesis is not closed, or holds nothing")
        return _Group(items)

    def _took(self, kind: TokenKind) -> bool:
        if self.next != kind:
            return False
        self._at += 1
        return True


def _gather(items: Iterable[_Item], nodes: list[Node]) -> None:
    for item in items:
        match item:
            case _Word():
                pass
            case _Group(inner):
                _gather(inner, nodes)
            case And(parts):
                _gather(parts, nodes)
            case _:
                nodes.append(item)


def _meant(item: _Item) -> Node:
    """An operand as a node: all that stands in a group is meant, but for function words."""
    if isinstance(item, _Word):
        phrase = phrase_of(_ENDING.sub("", item.text))
        if phrase is None:
            raise Malformed("an operand or a quotation holds no word that documents are found by")
        return phrase
    if not isinstance(item, _Group):
        return item
    parts = tuple(_meant(each) for each in item.items if not _tells_nothing(each))
    if not parts:
        raise Malformed("a group holds no word that documents are found by")
    return parts[0] if len(parts) == 1 else And(parts)


def _tells_nothing(item: _Item) -> bool:
    return isinstance(item, _Word) and phrase_of(item.text) is None

"""What is wrong with a JSON text, or with what it holds, is said in our own words."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import msgspec
import pytest

from libs.contracts.json_reading import UnreadableJson, misfit, misfit_of_message, read_json

pytestmark = pytest.mark.unit


class Order(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    id: str | None = None
    names: Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)] | None = None
    kind: Literal["resume", "job"] = "job"
    limit: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    metadata: dict[str, list[int]] = {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not JSON: it is empty"),
        (b"\xef\xbb\xbf", "is not JSON: it is empty"),
        (b'{"a":', "is not JSON: it ends in the middle"),
        (b'{"a" 1}', "is not JSON: it cannot be read at line 1, column 6"),
        (b'{\n"a":"\x01"}', "is not JSON: it cannot be read at line 2, column 6"),
        (b'{"a":"\xff"}', "is not JSON: byte 7 of it is not UTF-8"),
        (b'{"a":1,"b":{"c":1,"c":2}}', "has the name 'c' twice in one object"),
        (b"[" * 100_000, "is not JSON that can be read: it is nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableJson) as caught:
        read_json(data)
    assert str(caught.value) == said


def test_what_can_be_read_is_read() -> None:
    value = {"a": ["\ud83d", 1.5, None], "größe": 10**60}
    assert read_json(json.dumps(value)) == value
    assert read_json("\ufeff" + json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).replace("\ud83d", "x").encode("utf-16")) != {}
    assert read_json(b'{"a":1,"a":2}', refuses_repeats=False) == {"a": 2}
    assert read_json(b"[" + b"9" * 5_000 + b",1e999,NaN]")[:2] == [float("inf")] * 2


@pytest.mark.parametrize(
    ("value", "pointer", "said"),
    [
        ([], "", "must be an object, not a list"),
        ({}, "", "lacks the field 'text'"),
        ({"text": 5}, "/text", "must be a text, not a whole number"),
        ({"text": "a", "id": 1.5}, "/id", "must be a text or null, not a number"),
        ({"text": "a", "names": []}, "/names", "must have at least 1 entries"),
        ({"text": "a", "names": ["a", True]}, "/names/1", "must be a text, not true or false"),
        ({"text": "a", "kind": "dog"}, "/kind", "cannot be 'dog'"),
        ({"text": "a", "limit": 9}, "/limit", "must be at most 5"),
        ({"text": "a", "odd": 9}, "", "has no field 'odd'"),
        ({"text": "a", "metadata": {"x": [None]}}, "/metadata", "must be a whole number, not null"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(value: Any, pointer: str, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Order)
    assert (misfit(caught.value).pointer, misfit(caught.value).sentence) == (pointer, said)


def test_words_that_nobody_knows_are_never_passed_on() -> None:
    found = misfit_of_message("Traceback: PyObject at 0xdeadbeef - at `$.a/b[...].c`")
    assert (found.pointer, found.sentence) == ("/a~1b", "is not of the form that is expected")

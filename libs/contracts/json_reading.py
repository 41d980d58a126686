"""JSON from outside, read strictly, and what is wrong with it said in sentences of our own.

The readers underneath say what their own code met (`Expecting ',' delimiter`, ``Expected `str`, got `int` ``): nobody
who sent a document can act on that, and it changes with every release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

# More digits than any number that is taken; Python itself refuses to read more than 4,300.
WHOLE_NUMBER_DIGITS = 100
_SHOWN_CHARS = 60

_PATH = re.compile(r" - at `(?P<path>[^`]*)`$|- at `key` in `(?P<keys>[^`]*)`$")
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\.\.\.|\d+)\]")
_TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "bytes": "a text",
}
_BOUNDS = {">=": "at least", "<=": "at most", "==": "exactly", ">": "more than", "<": "less than"}
_COUNTED = {"str": "characters", "array": "entries", "object": "entries"}
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"Expected `([^`]+)`, got `([^`]+)`"), lambda found: f"must be {_any(found[1])}, not {_any(found[2])}"),
    (re.compile(r"Object missing required field `([^`]+)`"), lambda found: f"lacks the field {_shown(found[1])}"),
    (re.compile(r"Object contains unknown field `([^`]+)`"), lambda found: f"has no field {_shown(found[1])}"),
    (re.compile(r"Invalid enum value (.+)", re.DOTALL), lambda found: f"cannot be {_shown(found[1].strip(chr(39)))}"),
    (
        re.compile(r"Expected `(str|array|object)` of length (>=|<=|==) (\d+)"),
        lambda found: f"must have {_BOUNDS[found[2]]} {int(found[3]):,} {_COUNTED[found[1]]}",
    ),
    (
        re.compile(r"Expected `(?:int|float)` (>=|<=|>|<) (-?\d+)(?:\.0)?"),
        lambda found: f"must be {_BOUNDS[found[1]]} {found[2]}",
    ),
)


class UnreadableJson(ValueError):
    """What came is no JSON that can be used; the message is a sentence about it, without its subject's name first."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What of a JSON value is not of the form: `pointer` (RFC 6901) names the place, as far as it is known."""

    pointer: str
    sentence: str


def read_json(data: bytes | str, *, any_number: Callable[[str], float] = float, refuses_repeats: bool = True) -> Any:
    """A JSON text's value; a byte order mark is passed over, lone surrogates are left in it.

    `any_number` reads what is no whole number, `NaN` and `Infinity` among it, and may raise UnreadableJson. Raises
    UnreadableJson also where a name stands twice in one object, unless told not to: which of the two counts, readers
    differ on. Blocks, for a second where some MiB are full of objects.
    """
    text = _text(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    if not text.strip():
        raise UnreadableJson("is not JSON: it is empty")
    try:
        return json.loads(
            text,
            parse_int=read_whole_number,
            parse_float=any_number,
            parse_constant=any_number,
            object_pairs_hook=_without_repeats if refuses_repeats else None,
        )
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip():
            raise UnreadableJson("is not JSON: it ends in the middle") from None
        raise UnreadableJson(f"is not JSON: it cannot be read at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise UnreadableJson("is not JSON that can be read: it is nested too deeply") from None


def read_whole_number(digits: str) -> int | float:
    """A whole number of a JSON text; infinite where it is so long that Python refuses to read it."""
    return int(digits) if len(digits) <= WHOLE_NUMBER_DIGITS else float(digits)


def misfit(error: msgspec.ValidationError) -> Misfit:
    """What a value lacks of a form, in our own words. The sentence has no subject: `must be a text, not null`."""
    return misfit_of_message(str(error))


def misfit_of_message(message: str) -> Misfit:
    """The same of the message of such an error."""
    found = _PATH.search(message)
    pointer = "" if found is None else _pointer(found["path"] or found["keys"] or "")
    told = message if found is None else message[: found.start()].strip()
    for form, sentence in _FORMS:
        if (match := form.fullmatch(told)) is not None:
            return Misfit(pointer, sentence(match))
    return Misfit(pointer, "is not of the form that is expected")


def pointer_to(*names: str) -> str:
    """The JSON pointer of these names, one below the other."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def _text(data: bytes) -> str:
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        raise UnreadableJson(f"is not JSON: byte {error.start + 1:,} of it is not {name}") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise UnreadableJson(f"has the name {_shown(name)} twice in one object")
            seen.add(name)
    return found


def _pointer(path: str) -> str:
    """Up to the first step whose index or name the reader does not tell."""
    names: list[str] = []
    for step in _STEP.finditer(path.removeprefix("$")):
        if step["index"] == "...":
            break
        names.append(step["name"] or step["index"])
    return pointer_to(*names)


def _any(types: str) -> str:
    return " or ".join(_TYPES.get(each.strip(), "another value") for each in types.split("|"))


def _shown(name: str) -> str:
    shown = "".join(char if char.isprintable() else "\ufffd" for char in name[:_SHOWN_CHARS])
    return f"'{shown}'"

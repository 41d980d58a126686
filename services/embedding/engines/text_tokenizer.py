"""A model's tokenizer: each text goes through it once, for counting and for the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.embedding.engines.protocol import Prepared
from services.embedding.engines.tokens import BLANK, TokenIds, Tokens


class TextTokenizer:
    """A model's tokenizer, without limits on length, and the prompts that go before texts. Safe for threads."""

    def __init__(self, tokenizer: Any, *, query_prompt: str = "", passage_prompt: str = "") -> None:
        self._tokenizer = tokenizer
        # The limits of a model's own file are not ours: texts are cut before they come here.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._prompts = {True: query_prompt, False: passage_prompt}
        self._words_alone = _reads_words_alone(tokenizer)
        self._around = {query: self._ids_around(query=query) for query in (True, False)}

    def tokens(self, text: str) -> Tokens:
        """The content tokens of a text of any length."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        placed = [(start, end) for start, end in encoded.offsets if end > start]
        ids = np.asarray(encoded.ids, dtype=np.int32)
        starts, ends = [start for start, _ in placed], [end for _, end in placed]
        return Tokens(text, ids, starts, ends, words_alone=self._words_alone)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """As `Engine.token_spans` says."""
        return self.tokens(text).spans

    def prepare(
        self, texts: Sequence[str], *, query: bool = False, known: Sequence[TokenIds | None] | None = None
    ) -> list[Prepared]:
        """As `Engine.prepare` says."""
        around = self._around[query]
        ids = list(known) if known is not None and around is not None else [None] * len(texts)
        prompt = self._prompts[query]
        rest = [index for index, each in enumerate(ids) if each is None]
        encoded = self._tokenizer.encode_batch_fast([prompt + texts[index] for index in rest])
        whole = {index: np.asarray(each.ids, dtype=np.int32) for index, each in zip(rest, encoded, strict=True)}
        if around is not None:
            before, after = around
            for index, each in enumerate(ids):
                if each is not None:
                    whole[index] = np.concatenate((before, each, after))
        return [Prepared(text, query, whole[index]) for index, text in enumerate(texts)]

    def _ids_around(self, *, query: bool) -> tuple[TokenIds, TokenIds] | None:
        """The tokens before and after a text's own: prompt and special ones. None where they depend on the text."""
        prompt = self._prompts[query]
        if prompt and not (self._words_alone and prompt[-1] in BLANK):
            return None
        word = "a"
        content = self._tokenizer.encode(word, add_special_tokens=False).ids
        ids = list(self._tokenizer.encode(prompt + word).ids)
        special = self._tokenizer.num_special_tokens_to_add(False)
        prompted = self._tokenizer.encode(prompt + word, add_special_tokens=False).ids
        if len(ids) != len(prompted) + special or prompted[len(prompted) - len(content) :] != content:
            return None
        starts = [at for at in range(len(ids) - len(prompted) + 1) if ids[at : at + len(prompted)] == prompted]
        if len(starts) != 1:
            return None
        first = starts[0] + len(prompted) - len(content)
        return np.asarray(ids[:first], dtype=np.int32), np.asarray(ids[first + len(content) :], dtype=np.int32)


def _reads_words_alone(tokenizer: Any) -> bool:
    """Whether it is one of BERT's kind, which splits at blanks and marks before it looks at words."""
    kinds = [type(part).__name__ for part in (tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.model)]
    if kinds != ["BertNormalizer", "BertPreTokenizer", "WordPiece"]:
        return False
    added = tokenizer.get_added_tokens_decoder().values()
    return not any(char.isspace() for token in added for char in token.content)

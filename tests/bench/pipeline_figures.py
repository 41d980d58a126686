"""The whole service between its two topics, against the engine alone and against one text per call."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack

from services.embedding.engines.onnx import OnnxEngine
from tests.bench.answering_process import AnsweringProcess
from tests.bench.engine_figures import run_planned
from tests.bench.engine_process import engine_process
from tests.bench.one_by_one import OneByOne
from tests.bench.protocol import Discarded, Row, paired, repeated, seconds_of, threads
from tests.bench.stage import Stage
from tests.bench.texts import documents, prepared_texts, short_documents

LONG = 24
# Of those: one by one they take longer than in the service.
ONE_BY_ONE = 8
SHORT = 256
RESUBMITTED = 8
# Two workers share them; each computes alone what the engine's processes compute side by side.
SHARED = 16


def pipeline_rows(engine: OnnxEngine, discarded: Discarded) -> list[Row]:
    """One worker with all threads."""
    long, prepared = documents(LONG), prepared_texts(engine, LONG)
    short = short_documents(engine, SHORT)
    one_by_one = OneByOne(engine)
    with Stage(threads=threads()) as stage:
        before = _tokens(stage)
        rows = [
            paired(
                "text events to vector events on the broker / engine alone",
                lambda: seconds_of(lambda: run_planned(engine, prepared)),
                lambda: stage.seconds(long),
                0.9,
                discarded,
            ),
            _padding(before, _tokens(stage)),
            paired(
                "whole service / one text per call, resumes",
                lambda: one_by_one.seconds(long[:: LONG // ONE_BY_ONE]),
                lambda: stage.seconds(long[:: LONG // ONE_BY_ONE]),
                1.1,
                discarded,
            ),
            paired(
                "whole service / one text per call, short documents",
                lambda: one_by_one.seconds(short),
                lambda: stage.seconds(short),
                3.0,
                discarded,
            ),
        ]
    return [*rows, _resubmission(one_by_one, long[:RESUBMITTED], discarded)]


def worker_rows(discarded: Discarded) -> list[Row]:
    """Two workers of one thread against one."""
    texts = documents(SHARED)
    with ExitStack() as parts:
        engines = [parts.enter_context(engine_process(SHARED // 2)) for _ in range(2)]
        alone = paired(
            "two engine processes of one thread / one",
            lambda: 2 * seconds_of(lambda: _side_by_side(engines[:1])),
            lambda: seconds_of(lambda: _side_by_side(engines)),
            1.85,
            discarded,
        )
    with Stage(workers=1, threads=1) as one, Stage(workers=2, threads=1) as two:
        together = paired(
            "two workers of one thread / one, on the broker",
            lambda: one.seconds(texts),
            lambda: two.seconds(texts),
            1.6,
            discarded,
        )
    return [alone, together]


def _resubmission(one_by_one: OneByOne, texts: Sequence[str], discarded: Discarded) -> Row:
    """The same documents again, one paragraph of each edited; the cache holds the rest."""
    chooser = random.Random(7)
    ids = [f"resubmitted-{number}" for number in range(len(texts))]
    with Stage(threads=threads(), cached=True) as stage:
        stage.seconds(texts, ids=ids)
        held = list(texts)

        def again() -> float:
            held[:] = [edited(text, chooser) for text in held]
            return stage.seconds(held, ids=ids)

        return paired(
            "whole service / one text per call, one paragraph edited",
            lambda: one_by_one.seconds(held),
            again,
            3.0,
            discarded,
        )


def edited(text: str, chooser: random.Random) -> str:
    """The text with a sentence of its own put in somewhere."""
    places = [index + 2 for index in range(len(text) - 1) if text[index : index + 2] == ". "] or [len(text)]
    place = chooser.choice(places)
    sentence = f"Led {chooser.randint(3, 99)} projects for client {chooser.randint(1_000, 9_999)}. "
    return text[:place] + sentence + text[place:]


def _side_by_side(engines: Sequence[AnsweringProcess]) -> None:
    for engine in engines:
        engine.begin()
    for engine in engines:
        engine.end()


def _tokens(stage: Stage) -> dict[str, float]:
    return {kind: stage.metric(f'shortlist_embedding_tokens_total{{kind="{kind}"}}') for kind in ("text", "padding")}


def _padding(before: dict[str, float], after: dict[str, float]) -> Row:
    content, padding = (after[kind] - before[kind] for kind in ("text", "padding"))
    return repeated("padding in what the pipeline computes", [padding / (content + padding)], 0.05, "share")

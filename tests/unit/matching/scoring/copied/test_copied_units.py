"""Which units of a resume are copied from a job."""

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from services.matching.scoring.copied.copied_units import Copied, copied_from, copied_runs
from services.matching.scoring.copied.fingerprints import RUN, Fingerprints, fingerprints_of
from services.matching.scoring.reading.packed_arrays import packed_arrays, unpacked_arrays

pytestmark = pytest.mark.unit

CHANCE = random.Random()


@pytest.fixture(autouse=True)
def _the_same_words_in_every_order_of_tests():
    CHANCE.seed(7)


def prints(*units: str) -> Fingerprints:
    ends = np.cumsum([len(unit) + 1 for unit in units])
    spans = [(int(end) - len(unit) - 1, int(end) - 1) for unit, end in zip(units, ends, strict=True)]
    return fingerprints_of("\n".join(units), np.array(spans, dtype=np.int32).reshape(-1, 2))


def made(count: int, chance: random.Random) -> list[str]:
    return [f"{chance.choice('bcdfgklmnprst')}{chance.choice('aeiou')}{chance.randrange(1000)}" for _ in range(count)]


def text(count: int) -> str:
    return " ".join(made(count, CHANCE))


def copied(job: Fingerprints, *units: str) -> Copied:
    return copied_from(job, prints(*units))


def part(chance: random.Random, pool: list[list[str]]) -> list[str]:
    """One of the stretches, without some of its first words."""
    return chance.choice(pool)[chance.randrange(8) :]


def shared_runs(job: Sequence[object], resume: Sequence[object]) -> set[int]:
    """The places of the resume in runs of RUN and more, looked for one by one."""
    found: set[int] = set()
    for shift in range(-len(resume), len(job)):
        run: list[int] = []
        for place in range(len(resume) + 1):
            at = place + shift
            if place < len(resume) and 0 <= at < len(job) and resume[place] == job[at]:
                run.append(place)
                continue
            if len(run) >= RUN:
                found.update(run)
            run = []
    return found


def test_nothing_is_copied_where_nothing_is_shared():
    found = copied(prints(text(200)), text(30), text(5), text(60))
    assert found.units.tolist() == [False] * 3
    assert (found.words, found.share) == (0, 0.0)


@pytest.mark.parametrize("before", [0, 1, 30])
@pytest.mark.parametrize("behind", [0, 1, 30])
def test_the_shortest_run_is_found_wherever_it_stands(before, behind):
    for _ in range(30):
        run = text(RUN)
        job = prints(" ".join([text(before), run, text(behind)]))
        found = copied(job, text(20), run, text(20))
        assert found.units.tolist() == [False, True, False]
        # A neighbouring word may be taken for the job's: one in 256 has the same sign.
        assert RUN <= found.words <= RUN + 1


def test_a_shorter_run_is_not():
    for _ in range(30):
        run = text(RUN - 2)
        assert not copied(prints(" ".join([text(40), run, text(40)])), text(20), run, text(20)).words


def test_phrases_that_stand_near_each_other_in_one_text_only_are_no_run():
    phrases = [text(8) for _ in range(6)]
    job = prints(" ".join(f"{phrase} {text(9)}" for phrase in phrases))
    assert not copied(job, " ".join(phrases)).words


def test_every_line_of_a_job_pasted_between_own_ones_is_found():
    lines = [text(size) for size in (13, 20, 40, 12, 64)]
    own = [text(size) for size in (9, 30, 2, 14, 50)]
    mixed = [line for both in zip(own, lines[::-1], strict=True) for line in both]
    assert copied(prints(*lines), *mixed).units.tolist() == [False, True] * 5


def test_short_lines_pasted_together_are_found():
    lines = [text(size) for size in (3, 2, 5, 1, 4)]
    assert copied(prints("Skills", *lines, text(30)), text(20), *lines, text(20)).units.tolist() == [
        False,
        *[True] * 5,
        False,
    ]


def test_a_run_that_reaches_a_word_into_a_unit_does_not_make_it_copied():
    run, own = made(16, CHANCE), text(9)
    found = copied(prints(" ".join(run)), " ".join(run[:15]), f"{run[15]} {own}")
    assert found.units.tolist() == [True, False]
    assert found.words == 16


def test_own_words_around_a_run_do_not_save_a_unit():
    run = text(RUN)
    assert copied(prints(run), f"{text(25)} {run} {text(25)}").units.tolist() == [True]


def test_every_copy_is_found_however_often_it_is_pasted():
    line = text(25)
    assert copied(prints(text(30), line), *[line] * 20).units.all()


def test_a_job_that_repeats_itself_is_found():
    line = text(25)
    assert copied(prints(*[line] * 20), text(10), line).units.tolist() == [False, True]


def test_one_word_in_both_texts_for_ever_is_no_trouble():
    found = copied(prints("python " * 5000), *["python " * 50] * 100)
    assert found.units.all()


def test_chinese_is_compared_by_characters():
    asked = "熟悉常用的数据结构和算法，具有良好的编程习惯"
    assert copied(prints("职位要求", asked), "工作经历", asked, "毕业于上海的一所大学").units.tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("job", ["", "three short words"])
def test_short_texts_share_nothing(job):
    assert copied(prints(job), text(40)).units.tolist() == [False]
    found = copied_from(prints(text(40)), prints(job))
    assert (found.units.tolist(), found.share) == ([False], 0.0)


def test_a_text_without_units_has_copied_words():
    line = text(30)
    found = copied_from(prints(line), fingerprints_of(line, np.zeros((0, 2), dtype=np.int32)))
    assert (found.units.tolist(), found.words, found.share) == ([], 30, 1.0)


def test_runs_are_those_that_a_plain_search_finds():
    chance = random.Random(11)
    for _ in range(60):
        pool = [made(chance.randint(6, 40), chance) for _ in range(6)]
        job, resume = (
            [word for _ in range(8) for word in (*part(chance, pool), *made(chance.randrange(4), chance))]
            for _ in range(2)
        )
        of_job, of_resume = prints(" ".join(job)), prints(" ".join(resume))
        found = {place for start, end in copied_runs(of_job, of_resume).tolist() for place in range(start, end)}
        # By signs a run is followed beyond its phrases; two words have the same one by chance.
        real = shared_runs(job, resume)
        by_sign = shared_runs(of_job.signs.tolist(), of_resume.signs.tolist())
        assert real <= found <= by_sign


def test_stored_fingerprints_find_the_same():
    lines = [text(size) for size in (13, 20, 40)]
    job, resume = prints(*lines), prints(text(300), *lines, text(9))
    stored = [
        Fingerprints(*unpacked_arrays(packed_arrays([each.hashes, each.places, each.signs, each.begins])))
        for each in (job, resume)
    ]
    assert copied_from(*stored).units.tolist() == copied_from(job, resume).units.tolist() == [False, *[True] * 3, False]


def test_units_hold_what_runs_say():
    units = [text(size) for size in (20, 5, 0, 12, 30)]
    resume = prints(*units)
    found = copied_from(prints(units[0], units[1], text(20), units[4]), resume)
    sizes = [end - start for start, end in pairwise(resume.begins.tolist())]
    assert found.units.tolist() == [True, True, False, False, True]
    assert found.words == sizes[0] + sizes[1] + sizes[4]

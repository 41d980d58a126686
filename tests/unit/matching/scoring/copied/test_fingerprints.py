"""Fingerprints of texts."""

import random
import subprocess
import sys

import numpy as np
import pytest

from services.matching.scoring.copied.fingerprints import PHRASE, RUN, WINDOW, Fingerprints, fingerprints_of
from services.matching.scoring.reading.packed_arrays import packed_arrays, unpacked_arrays

pytestmark = pytest.mark.unit

TEXT = " ".join(f"word{number % 83}x{number % 31}" for number in range(400))
# Of the words one to twelve.
STORED = ([1278985350], [0])


def prints(text: str) -> Fingerprints:
    return fingerprints_of(text, np.array([(0, len(text))], dtype=np.int32))


def test_hashes_ascend_and_every_window_keeps_a_phrase():
    found = prints(TEXT)
    assert (np.diff(found.hashes.astype(np.int64)) >= 0).all()
    places = np.sort(found.places)
    assert places[0] < WINDOW
    assert places[-1] >= found.words - RUN
    assert np.diff(places).max() <= WINDOW
    assert len(places) < found.words / 2


@pytest.mark.parametrize("words", [0, 1, PHRASE, RUN - 1])
def test_a_text_shorter_than_a_run_keeps_none(words):
    found = prints(" ".join(TEXT.split()[:words]))
    assert found.words == words
    assert len(found.hashes) == len(found.places) == 0


def test_a_text_of_one_run_keeps_one():
    assert len(prints(" ".join(TEXT.split()[:RUN])).hashes) >= 1


def test_what_is_kept_of_a_run_does_not_depend_on_what_stands_around_it():
    run = TEXT.split()[100:140]
    alone = set(prints(" ".join(run)).hashes.tolist())
    chance = random.Random(3)
    for _ in range(20):
        around = [f"other{chance.randrange(1000)}" for _ in range(60)]
        assert alone <= set(prints(" ".join([*around[:30], *run, *around[30:]])).hashes.tolist())


def test_case_signs_and_lines_do_not_matter():
    some = prints("Design, build & run APIs - for the payments platform; mentor other engineers in our team.")
    others = prints("DESIGN\n• build\nrun APIs for the payments platform (mentor other engineers) in our team")
    assert some.hashes.tolist() == others.hashes.tolist()


def test_they_are_stored_as_whole_numbers_of_0_and_more():
    found = prints(TEXT)
    arrays = [found.hashes, found.places, found.signs, found.begins]
    again = unpacked_arrays(packed_arrays(arrays))
    for before, after in zip(arrays, again, strict=True):
        assert before.tolist() == after.tolist()


def test_they_are_the_same_in_every_process():
    code = (
        "import numpy as np\n"
        "from services.matching.scoring.copied.fingerprints import fingerprints_of\n"
        f"found = fingerprints_of({TEXT!r}, np.array([(0, 10)], dtype=np.int32))\n"
        "print(found.hashes.tolist(), found.places.tolist(), found.signs.tolist())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    found = prints(TEXT)
    assert told == f"{found.hashes.tolist()} {found.places.tolist()} {found.signs.tolist()}"


def test_the_stored_form_has_not_changed():
    # Stored hashes are compared with new ones: another form needs a higher READING_VERSION.
    found = prints("one two three four five six seven eight nine ten eleven twelve")
    assert (found.hashes.tolist(), found.places.tolist()) == STORED

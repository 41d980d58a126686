"""Whether a new structure leaves the same of a text to be embedded."""

from __future__ import annotations

import pytest

from libs.contracts.revision import Revision
from libs.contracts.structure import DisclaimedSpan, IdentitySpan, IdentityType, Mention, Requirement, Section
from services.matching.derivation.embedded import hidden, is_anything_embedded, is_embedded_alike
from tests.fakes.documents import text_event

pytestmark = pytest.mark.unit

KEY, REVISION, TEXT = "default/job/j1", Revision(1, 1), "Ada Example, welder"


def hiding(*spans: tuple[int, int], type: IdentityType = "name"):
    return text_event(KEY, REVISION, TEXT, identity_spans=[IdentitySpan(*span, type) for span in spans])


def test_stretches_that_touch_or_lie_in_one_another_hide_the_same_as_one():
    assert is_embedded_alike(hiding((0, 4), (4, 11)), hiding((0, 11)))
    assert is_embedded_alike(hiding((0, 11), (2, 5)), hiding((0, 11)))
    assert hidden(hiding((5, 11), (0, 3), (15, 99), (7, 7))) == [(0, 3), (5, 11), (15, len(TEXT))]


def test_another_type_hides_the_same():
    assert is_embedded_alike(hiding((0, 11)), hiding((0, 11), type="protected"))


@pytest.mark.parametrize("spans", [[], [(0, 10)], [(0, 11), (13, 19)]])
def test_other_stretches_do_not(spans):
    assert not is_embedded_alike(hiding((0, 11)), hiding(*spans))


def test_what_is_disclaimed_is_hidden_as_well():
    denying = text_event(KEY, REVISION, TEXT, disclaimed_spans=[DisclaimedSpan(0, 11, "denied")])
    assert is_embedded_alike(denying, hiding((0, 11)))
    assert not is_embedded_alike(denying, text_event(KEY, REVISION, TEXT))


def test_other_requirements_cut_a_job_differently():
    before = text_event(KEY, REVISION, TEXT)
    after = text_event(KEY, REVISION, TEXT, requirements_found=[Requirement(start=13, end=19, text="welder")])
    assert not is_embedded_alike(before, after)


def test_headings_and_mentions_change_nothing_of_what_is_embedded():
    found = {
        "sections": [Section(13, 19, "welder", "skills")],
        "mentions": [Mention(start=13, end=19, type="skill", name="welding")],
    }
    assert is_embedded_alike(text_event(KEY, REVISION, TEXT), text_event(KEY, REVISION, TEXT, **found))


@pytest.mark.parametrize(("span", "anything"), [((0, 11), True), ((0, 19), False), ((0, 0), True)])
def test_a_text_that_is_all_hidden_leaves_nothing(span, anything):
    assert is_anything_embedded(hiding(span)) == anything

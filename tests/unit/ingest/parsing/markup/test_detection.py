"""HTML is known by more than one sign; what people write in angle brackets is left alone."""

import pytest

from services.ingest.parsing.markup.plain_form import plain_form

pytestmark = pytest.mark.unit

CODE_IN_A_RESUME = """Ada Example
Front end developer

Wrote a linter that finds <p> and <li> without their </p>.
Snippet: <ul><li>Home</li><li>About</li></ul>
Typed collections: Map<String, List<Integer>>, Set<a>, Vec<T>.
Markup by hand: `<div class="card"><p>Hello</p></div>`
Escaped output as &lt;b&gt; and AT&T's R&D style.
"""


@pytest.mark.parametrize(
    "text",
    [
        "Keep p99 latency < 200 ms and throughput > 5",
        "List<String>",
        "a <b> c",
        "<your name>",
        "Semantic tags such as <header>, <nav> and <main>",
        "Built <div> and <p> based layouts with </div>",
        "if (a<b && c>d) return",
        "see <https://example.org> or <ada@example.org>",
        "Knows <br>, <hr> and <wbr>",
        "https://example.org/?lang=en&section=2&copy=1",
        CODE_IN_A_RESUME,
    ],
)
def test_a_text_with_angle_brackets_stays_as_it_is(text):
    assert plain_form(text).text == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Weld pipes</p>", "Weld pipes"),
        ("<b>Senior</b> welder", "Senior welder"),
        ("Work with <strong>Kafka</strong> daily", "Work with Kafka daily"),
        ("Docks<br>Nights<br/>Harbours", "Docks\nNights\nHarbours"),
        ("Docks <br> Nights <br> Harbours", "Docks\nNights\nHarbours"),
        ("<ul> <li> TIG </li> <li> MAG </li> </ul>", "• TIG\n• MAG"),
        ("<p>Docks<p>Nights<ul><li>TIG<li>MAG</ul>", "Docks\n\nNights\n• TIG\n• MAG"),
        ("<!DOCTYPE html><html><head><title>x</title></head><body>Docks</body></html>", "Docks"),
    ],
)
def test_html_is_read_as_the_text_of_its_page(text, plain):
    assert plain_form(text).text == plain


@pytest.mark.parametrize("times", [0, 1, 2])
def test_html_escaped_once_or_twice_is_the_same_html(times):
    text = "<p>Ropes &amp; Sons</p><ul><li>Load &lt; 5 t</li><li>R&amp;D &gt; all</li></ul>"
    for _ in range(times):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert plain_form(text).text == "Ropes & Sons\n• Load < 5 t\n• R&D > all"


def test_references_that_were_escaped_twice_are_decoded_once_more():
    assert plain_form("<p>Ropes &amp;amp; Sons &amp;ndash; Bergen</p>").text == "Ropes & Sons – Bergen"


def test_a_page_within_a_page_is_read_to_its_end():
    assert plain_form("<div>&lt;p&gt;Docks&lt;/p&gt;&lt;p&gt;Nights&lt;/p&gt;</div>").text == "Docks\n\nNights"


def test_a_text_that_a_program_escaped_throughout_is_decoded_and_one_of_a_persons_is_not():
    assert plain_form("Ropes &amp; Sons, load &lt; 5 t").text == "Ropes & Sons, load < 5 t"
    assert plain_form("R&D writes &amp; into pages").text == "R&D writes &amp; into pages"


def test_where_tags_only_set_words_off_the_texts_own_lines_stay():
    text = "<b>About us</b>\nWe weld.\n\n<b>Requirements</b>\n- TIG\n- MAG"
    assert plain_form(text).text == "About us\nWe weld.\n\nRequirements\n- TIG\n- MAG"


def test_a_list_in_an_else_plain_text_keeps_the_lines_around_it():
    text = "Intro\nTwo\nThree\n\n<ul><li>Five years of welding</li><li>Certified for TIG and MAG</li></ul>\nEnd"
    plain = "Intro\nTwo\nThree\n\n• Five years of welding\n• Certified for TIG and MAG\nEnd"
    assert plain_form(text).text == plain


def test_lines_of_a_source_file_that_wraps_are_joined():
    assert plain_form("<p>We weld\n  large pipes\n  in docks.</p>\n<p>Nights.</p>").text == (
        "We weld large pipes in docks.\n\nNights."
    )

"""A page's text: its lines, lists, tables and links; what it hides and what is no text is left out."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import RecordRejected
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.markup import rendering
from services.ingest.parsing.markup.plain_form import plain_form
from services.ingest.parsing.markup.rendering import render

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<li>Diving<br>and welding</li><li>TIG</li>", "• Diving and welding\n• TIG"),
        ("<p>Diving<br>Welding</p>", "Diving\nWelding"),
        ("<li><p>Diving</p></li><li></li><li><div>TIG</div></li>", "• Diving\n• TIG"),
        ("<ul><li>Welding<ul><li>TIG</li></ul></li></ul>after", "• Welding\n• TIG\nafter"),
        ("<ol><li>• First</li><li>- Second</li></ol>", "• First\n• Second"),
        ("<div>Docks</div><div><br></div><div>Nights</div>", "Docks\n\nNights"),
        ("<h1>Ada</h1><h2>Work</h2><p>Docks</p><p>Nights</p>", "Ada\n\nWork\nDocks\n\nNights"),
        ("<p>We weld.</p><p><strong>You have:</strong></p><ul><li>TIG</li></ul>", "We weld.\n\nYou have:\n• TIG"),
        ("We weld.<div><b>You have</b></div><div>TIG</div>", "We weld.\n\nYou have\nTIG"),
        ("<p><strong>Pay:</strong> good</p>", "Pay: good"),
        ("<table><tr><th>Name</th><th>Year</th></tr><tr><td></td><td>2020</td></tr></table>", "Name | Year\n2020"),
        ("<p>CV</p><table><tr><td><p>Name</p></td><td><p>Ada</p></td></tr></table>", "CV\nName | Ada"),
        ("<table><tr><td>a<p>b</p></td><td>c</td></tr></table>", "a\nb\nc"),
        ("<b>K</b>ubernetes<span>, C</span><span>#</span>", "Kubernetes, C#"),
        ("<p>200&nbsp;ms soft&shy;ware &#8217;x&rsquo; H<sub>2</sub>O</p>", "200 ms software ’x’ H2O"),
        ("<pre>a\n  b\n\nc</pre>", "a\nb\n\nc"),
        ("<p>You have:\n- TIG\n- MAG</p>", "You have:\n- TIG\n- MAG"),
        ("<p>List<String> of <your name> &lt;b&gt; < 5</p>", "List<String> of <your name> <b> < 5"),
        ('<p onclick="x()" class=c style="font-weight: 400">Docks<!-- no --></p><script>f("<p>")</script>', "Docks"),
        ("<style>p {color: red}</style><p>Docks</p><svg><text>icon</text></svg>", "Docks"),
        ("<o:p>Docks</o:p> <custom-tag>Nights</custom-tag>", "Docks Nights"),
    ],
)
def test_a_pages_lines(html, text):
    assert "\n".join(line.strip() for line in render(html, "tags").text.split("\n")) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://example.org/jobs">Read more</a>', "Read more"),
        ('<a href="https://example.org">https://example.org</a>', "https://example.org"),
        ('<a href="mailto:ada@example.org?subject=Job">Write to me</a>!', "Write to me ada@example.org !"),
        ('<a href="mailto:ada@example.org">Ada@example.org</a>', "Ada@example.org"),
        ('<a href="tel:+4755501234"><svg></svg></a>', "+4755501234"),
        ('<a href="tel:+4755501234">+47 555 01 234</a>', "+47 555 01 234"),
        ('<a href="javascript:x()">Apply</a>', "Apply"),
    ],
)
def test_a_links_text_stays_and_its_address_where_one_writes_or_calls(html, text):
    assert render(html, "tags").text == text


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        'style="display: none"',
        'style="color:red;VISIBILITY:hidden"',
        'style="font-size:0"',
        "style=opacity:0",
    ],
)
def test_what_a_page_hides_is_left_out_and_noted(attributes):
    plain = plain_form(f"<p>Welder</p><div {attributes}>Kubernetes <b>expert</b><script>x</script></div><p>Docks</p>")
    assert plain.text == "Welder\n\nDocks"
    [note] = hidden_text_notes(plain.hidden)
    assert note.code == "hidden_text"
    assert "16 characters: Kubernetes expert" in note.message


def test_the_note_shows_no_more_than_200_characters():
    [note] = hidden_text_notes(["a" * 150, "b" * 150])
    assert "300 characters" in note.message
    assert "b" * 49 in note.message
    assert "b" * 50 not in note.message


@pytest.mark.parametrize("size", ["font-size: 0.9em", "font-size:10px", "opacity:0.9", "display:block"])
def test_what_can_be_seen_is_not_hidden(size):
    assert plain_form(f'<p style="{size}">Welder</p>').text == "Welder"


def test_no_entity_is_expanded():
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><html><p>Docks &b;</p></html>'
    assert "aaaa" not in plain_form(bomb).text


def test_a_page_nested_without_end_is_refused_and_a_usual_one_is_not():
    assert render("<div>" * 900 + "x" + "</div>" * 900, "tags").text == "x"
    with pytest.raises(RecordRejected, match="nested too deeply") as caught:
        render("<b><i>" * 100_000 + "</a>" * 100_000, "tags")
    assert caught.value.code == "invalid_content"


@pytest.mark.parametrize(
    "html",
    [
        "<p>x" * 100_000,
        "<p>x</p>" + "\n" * 1_000_000,
        "<p>x</p>" + "<p " * 300_000,
        "<p>x</p><!--" + "-" * 1_000_000,
        "&lt;p&gt;x&lt;/p&gt;" * 50_000,
        "<p " + "a=b " * 250_000 + ">x</p>",
    ],
    ids=["unclosed", "line breaks", "half tags", "comment", "escaped", "attributes"],
)
@pytest.mark.timeout(30)
def test_large_pages_take_time_by_their_size_alone(html):
    plain_form(html)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<li>",
                "</li>",
                "<ul>",
                "</ul>",
                "<td>",
                "<tr>",
                "</table>",
                "<table>",
                "<br>",
                "<b>",
                "</b>",
            ]
            + [
                "<table>",
                "<a href='mailto:a@b.c'>",
                "</a>",
                "<div hidden>",
                "</div>",
                "<h2>",
                "</h2>",
                "<pre>",
                "</pre>",
            ]
            + ["word", " ", "\n", "C#", "ä", "漢", "\ud800", "\x00", "&amp;", "<script>", "</script>", "<!--", "-->"]
        ),
        max_size=40,
    ),
    st.sampled_from(["tags", "breaks"]),
)
def test_any_order_of_tags_gives_lines_and_never_fails(parts, lines_by):
    lines = render("".join(parts), lines_by).text.split("\n")
    assert all(line == " ".join(line.split()) for line in lines)
    assert all(line or following for line, following in pairwise(lines))


def test_pages_are_read_the_same_wherever_they_are_cut(monkeypatch):
    page = "<ul><li>Wélding &amp; diving</li></ul><script>x<y</script><!-- c --><p style='a'>漢字 &lt; 5</p>" * 5
    whole = render(page, "tags")
    for size in (1, 2, 3, 7, random.Random(5).randrange(8, 40)):
        monkeypatch.setattr(rendering, "_FED_CHARS", size)
        assert render(page, "tags") == whole

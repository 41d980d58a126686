"""Plain text in the encodings that people send."""

import pytest

from libs.contracts.errors import RecordRejected
from services.ingest.parsing.parsers import plain_text

pytestmark = pytest.mark.unit

TEXT = "Zoë Müller – Straße 4\nSchweißerin, 10 Jahre €"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_found_by_the_bytes_alone(encoding):
    assert plain_text.parse(TEXT.encode(encoding)).text == TEXT


def test_a_guess_is_noted():
    assert [note.code for note in plain_text.parse(TEXT.encode("cp1252")).notes] == ["encoding_guessed"]
    assert plain_text.parse(TEXT.encode()).notes == []


def test_the_charset_that_the_sender_names_is_believed():
    polish = "Łódź, spawacz ręczny"
    assert plain_text.parse(polish.encode("iso-8859-2"), "text/plain; charset=ISO-8859-2").text == polish


@pytest.mark.parametrize("charset", ["us-ascii", "nonsense", "rot13", "punycode"])
def test_a_charset_that_does_not_fit_or_is_none_is_passed_over(charset):
    assert plain_text.parse(TEXT.encode(), f"text/plain; charset={charset}").text == TEXT


def test_other_bytes_under_the_name_of_text_are_refused():
    with pytest.raises(RecordRejected) as caught:
        plain_text.parse(bytes(range(256)) * 4, "text/plain")
    assert caught.value.code == "unsupported_type"


def test_html_in_a_text_file_is_read_as_text_and_its_hidden_words_noted():
    raw = plain_text.parse(b"&lt;p&gt;Ropes &amp;amp; Sons&lt;/p&gt;&lt;p hidden&gt;Kubernetes&lt;/p&gt;")
    assert (raw.text, [note.code for note in raw.notes]) == ("Ropes & Sons", ["hidden_text"])


def test_nuls_in_a_text_are_no_reason_to_refuse_it():
    assert (
        plain_text.parse(b"Ada Example\x00\nWelder,\x00 Bergen").text.replace("\x00", "")
        == "Ada Example\nWelder, Bergen"
    )

"""Texts in the encodings that people's programs write, told by the bytes alone where nothing else tells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.text_bytes import looks_like_text, utf16_without_mark
from services.ingest.parsing.decoding.decoding import decoded
from services.ingest.parsing.decoding.guessing import is_single_byte

pytestmark = pytest.mark.unit

TEXTS = {
    "de": "Jürgen Weiß, Schweißer aus Köln. Zwölf Jahre im Schiffbau, geprüft für Rohre.\nFührerschein Klasse B – €",
    "fr": "Zoé Lefèvre, soudeuse à Brest. Douze années d’expérience, contrôle qualité, sécurité des équipes.",
    "es": "Íñigo Muñoz, soldador en Málaga. Diez años de experiencia en construcción naval, inglés básico.",
    "pl": "Łucja Żak, spawaczka z Gdańska. Dziesięć lat doświadczenia, znajomość języka niemieckiego, ćwiczenia.",
    "cs": "Řehoř Šťastný, svářeč z Plzně. Deset let zkušeností, řidičský průkaz, němčina úroveň čtyři.",
    "hu": "Győző Őri, hegesztő. Tíz év tapasztalat a hajógyártásban, jogosítvány, minőségellenőrzés, német nyelv.",
    "tr": "Şule Yıldız, kaynakçı. Beş yıllık deneyim, gemi inşaatı, İngilizce ve Türkçe, güvenlik eğitimi.",
    "ru": "Пётр Волков, сварщик из Мурманска. Десять лет опыта на верфи.\nTIG, MAG, ГОСТ",
    "uk": "Олеся Їжак, зварниця. П'ять років досвіду на верфі, керувала бригадою, її сертифікати чинні.",
    "el": "Μαρία Ιωάννου, ηλεκτροσυγκολλήτρια στον Πειραιά. Δέκα χρόνια εμπειρίας, TIG και MAG.",
    "he": "נועם לוי, רתך בחיפה. עשר שנות ניסיון במספנה, ניהל צוות של שישה אנשים. TIG, MAG",
    "ar": "سلمى حداد، لحامة في عمان. عشر سنوات من الخبرة في بناء السفن وإدارة الفريق. TIG",
    "lt": "Žydrūnė Šimkutė, suvirintoja iš Klaipėdos. Penkerių metų patirtis, vairuotojo pažymėjimas, anglų kalba.",
    "zh": "王小梅，焊工，十年造船经验。\n熟悉 TIG、MAG。大连某造船厂，二〇一五年至今。",
    "zh-Hant": "王小梅，焊工，十年造船經驗。\n熟悉 TIG、MAG。高雄某造船廠，二〇一五年至今。",
    "ja": "佐藤花子、溶接工。造船所で十年の経験があります。\nTIG、MAG の資格を持っています。",
    "ko": "김하나, 용접공. 조선소에서 십 년 동안 일했습니다.\nTIG, MAG 자격증이 있습니다.",
}
WRITTEN = [
    *(("de", name) for name in ("cp1252", "iso8859-15", "mac_roman", "cp850")),
    *((lang, name) for lang in ("fr", "es") for name in ("cp1252", "mac_roman")),
    *((lang, name) for lang in ("pl", "cs", "hu") for name in ("cp1250", "iso8859-2", "cp852")),
    *(("tr", name) for name in ("cp1254", "iso8859-9")),
    *(("ru", name) for name in ("cp1251", "koi8_r", "iso8859-5", "cp866")),
    *(("uk", name) for name in ("cp1251", "koi8_u")),
    *(("el", name) for name in ("cp1253", "iso8859-7")),
    ("he", "cp1255"),
    *(("ar", name) for name in ("cp1256", "iso8859-6")),
    ("lt", "cp1257"),
    ("zh", "gb18030"),
    ("zh-Hant", "big5"),
    *(("ja", name) for name in ("shift_jis", "euc_jp", "iso2022_jp")),
    ("ko", "euc_kr"),
]


@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
@pytest.mark.parametrize("length", [45, 1_000])
def test_a_text_is_read_in_its_encoding_be_it_a_line_or_a_page(language, encoding, length):
    data = (TEXTS[language] * 12)[:length].encode(encoding, "ignore")
    found = decoded(data)
    assert found is not None
    assert found.text == data.decode(encoding)
    assert [note.code for note in found.notes] == ([] if encoding == "iso2022_jp" else ["encoding_guessed"])


@pytest.mark.parametrize(
    "name", ["Müller", "José", "Zoë Weiß", "naïve café", "the client’s plan – “done”", "Curriculum Vitæ"]
)
def test_a_word_in_windows_1252_is_no_greek_no_russian_and_no_chinese(name):
    found = decoded(name.encode("cp1252"))
    assert found is not None
    assert found.text == name


def test_the_note_says_which_encoding_was_taken():
    found = decoded(TEXTS["ru"].encode("cp1251"))
    assert found is not None
    assert "Windows-1251" in found.notes[0].message


@pytest.mark.parametrize("language", ["de", "ru", "zh", "ja", "he", "ar"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_in_any_script(language, encoding):
    data = (TEXTS[language] * 3).encode(encoding)
    found = decoded(data)
    assert found is not None
    assert found.text == TEXTS[language] * 3
    assert found.notes == []


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("de", "utf-8"), ("ru", "utf-8"), ("zh", "utf-8"), ("de", "cp1252"), ("ru", "cp1251"), ("zh", "gb18030")],
)
def test_nuls_in_a_text_do_not_make_it_binary_or_utf_16(language, encoding):
    data = TEXTS[language].replace(" ", " \x00", 4).encode(encoding)
    assert looks_like_text(data)
    assert utf16_without_mark(data) is None
    found = decoded(data)
    assert found is not None
    assert found.text.replace("\x00", "") == TEXTS[language]


def test_nuls_that_fill_a_files_end_do_no_harm():
    assert looks_like_text(b"Ada Example\nWelder" + bytes(2_000))


def test_a_text_that_is_utf_8_but_for_a_few_bytes_stays_utf_8():
    data = TEXTS["ru"].encode() + b"\xff caf\xe9"
    found = decoded(data)
    assert found is not None
    assert found.text.startswith(TEXTS["ru"])
    assert [note.code for note in found.notes] == ["encoding_guessed"]


@pytest.mark.parametrize(
    ("text", "written", "claimed"),
    [
        ("Łódź, spawacz", "iso8859-2", "iso-8859-2"),
        ("The client’s €", "cp1252", "iso-8859-1"),
        ("焊工㐀", "gb18030", "gb2312"),
        ("Zoë Weiß", "utf-8", "iso-8859-1"),
        ("Zoë Weiß", "utf-8", "us-ascii"),
        ("Zoë Weiß", "cp1252", "utf-8"),
        ("Zoë Weiß", "utf-8", "rot13"),
    ],
)
def test_the_charset_that_a_sender_claims_is_believed_where_the_bytes_allow_it(text, written, claimed):
    found = decoded(text.encode(written), f"text/plain; charset={claimed}")
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("claims", ["", "text/plain; charset=iso-8859-1", "text/plain; charset=utf-8"])
def test_bytes_that_are_no_text_are_none_whatever_is_claimed(claims):
    assert decoded(bytes(range(256)) * 4, claims) is None


def test_encodings_of_one_byte_are_told_from_the_others():
    assert is_single_byte("cp1252")
    assert is_single_byte("iso8859-2")
    assert not is_single_byte("cp932")
    assert not is_single_byte("iso-2022-jp")


@given(
    st.binary(max_size=300), st.sampled_from(["", "charset=utf-16", "charset=koi8-r", "charset=gbk", "charset=big5"])
)
def test_any_bytes_are_a_text_or_none(data, claims):
    found = decoded(data, claims)
    assert found is None or isinstance(found.text, str)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_whatever_is_written_in_utf_8_is_read_as_it_was_written(text):
    found = decoded(b"\xef\xbb\xbf" + text.encode())
    assert found is not None
    assert found.text == text

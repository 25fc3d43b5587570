"""rules.md, *Order, paging, search*; feed.md, *training_records.csv*: words with a shape."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from email.headerregistry import Address
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.domain.errors import InvalidValue
from checkdata.domain.values import (
    EmailAddress,
    checked_academic_year,
    checked_identifier,
    checked_urn,
    day_in_words,
    is_email_address,
    london_date,
    normalised_trn,
    search_key,
)
from tests.strategies import HARD_NAMES, email_addresses, mailable_addresses, names

_HOSTILE: Final = "abz09.+_'%-=?<>()[]:;,\\\"@ \t\r\n\x00\u202e\u212aé"

APOSTROPHES = "'’‘ʼ`´＇′"
DASHES = "-‐‑‒–—―−－"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("O'Neill", "oneill"),
        ("O’NEILL", "oneill"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("Łukasz", "lukasz"),
        ("Øystein", "oystein"),
        ("Đorđe", "dorde"),
        ("Işık", "isik"),
        ("İstanbul", "istanbul"),
        ("Ærø", "aero"),
        ("Œuvre", "oeuvre"),
        ("Þór", "thor"),
        ("Ðorðe", "dorde"),
        ("Ħal Għawdex", "hal ghawdex"),
        ("Ɗan Ɓala Ƙaru Ƴar", "dan bala karu yar"),
        ("Əliyev", "eliyev"),
        ("Ŋoŋo Ŧuŧ", "nono tut"),
        ("ʿAlī ʾIbrāhīm", "ali ibrahim"),
        ("Zo\u200be\u00ad \ufeffLee\u202c", "zoe lee"),
        ("Kim\u3164", "kim"),
        ("Weiß", "weiss"),
        ("WEIẞ", "weiss"),
        ("Anne-Marie", "annemarie"),
        ("St  Mary's\u00a0School ", "st marys school"),
        ("Ａｄａ ﬁne", "ada fine"),
        ("\t\n ", ""),
        ("", ""),
        ("100% _\\", "100% _\\"),
        ("12/34567", "12/34567"),
        ("王小明", "王小明"),
    ],
)
def test_a_name_is_found_without_its_accents_case_and_punctuation(typed: str, key: str) -> None:
    assert search_key(typed) == key


@given(st.text(st.characters(max_codepoint=127)))
def test_a_text_of_ascii_folds_as_it_does_beside_another_letter(text: str) -> None:
    assert search_key(f"{text} é") == f"{search_key(text)} e".strip()


@given(names() | st.text())
@example("\u0130")
@example("\u0345")
@example("\u1fb3")
@example("´")
@example("\u02b9\u0374")
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


def test_folding_any_one_character_that_folds_twice_is_folding_it_once() -> None:
    folding = (c for c in map(chr, range(0x20000)) if unicodedata.decomposition(c) or c != c.casefold())
    wrong = [f"U+{ord(c):04X}" for c in folding if search_key(search_key(f"a{c}b")) != search_key(f"a{c}b")]
    assert wrong == []


@given(names() | st.text())
def test_composed_and_decomposed_spellings_fold_alike(text: str) -> None:
    forms = {search_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(names())
def test_case_makes_no_difference(text: str) -> None:
    assert search_key(text.swapcase().swapcase()) == search_key(text.swapcase())
    assert search_key(text.casefold()) == search_key(text)


@given(names(), st.sampled_from(APOSTROPHES + DASHES), st.integers(0, 12))
def test_apostrophes_and_dashes_make_no_difference(text: str, character: str, place: int) -> None:
    assert search_key(text[:place] + character + text[place:]) == search_key(text)


@given(st.lists(names(), max_size=3), st.sampled_from([" ", "  ", "\u00a0", "\u2003", "\t", "\n"]))
def test_white_space_is_single_spaces_and_none_at_the_ends(words: list[str], space: str) -> None:
    key = search_key(space.join(["", *words, ""]))
    assert key == " ".join(key.split())


@given(names() | st.text())
def test_a_key_holds_no_mark_and_no_capital(text: str) -> None:
    key = search_key(text)
    assert not [c for c in key if unicodedata.category(c).startswith("M")]
    assert key == key.casefold()


def test_hard_names_that_differ_in_more_than_spelling_stay_apart() -> None:
    assert search_key("Zoë Smith") == search_key("Zoe\u0308 SMITH")
    assert search_key("Jürgen Weiß") == search_key("JÜRGEN WEISS")
    keys = {search_key(name) for name in HARD_NAMES}
    assert {"", "a", "b", "=1+1", "100% sure", "snake_case", "back\\slash"} <= keys


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 1, 31, 23, 59, tzinfo=UTC), date(2024, 1, 31)),
        (datetime(2024, 7, 31, 22, 59, tzinfo=UTC), date(2024, 7, 31)),
        (datetime(2024, 7, 31, 23, 0, tzinfo=UTC), date(2024, 8, 1)),
        (datetime(2024, 7, 31, 23, 0, tzinfo=timezone(timedelta(hours=1))), date(2024, 7, 31)),
        (datetime(2024, 7, 31, 0, 30, tzinfo=timezone(timedelta(hours=9))), date(2024, 7, 30)),
    ],
)
def test_today_is_the_day_in_london_summer_time_included(moment: datetime, day: date) -> None:
    assert london_date(moment) == day


def test_a_moment_without_its_offset_has_no_day() -> None:
    with pytest.raises(TypeError, match="offset"):
        london_date(datetime(2024, 7, 31, 12))  # noqa: DTZ001 - that is what is tested


@pytest.mark.parametrize("typed", ["Ada@Partner.Example", " ada@partner.example\t", "ADA@PARTNER.EXAMPLE"])
def test_two_ways_to_type_one_address_are_one_value(typed: str) -> None:
    assert EmailAddress.of(typed) == EmailAddress.of("ada@partner.example")
    assert str(EmailAddress.of(typed)) == "ada@partner.example"


@given(email_addresses())
def test_reading_an_address_again_changes_nothing(address: EmailAddress) -> None:
    assert EmailAddress.of(str(address)) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "ada",
        "ada@",
        "@partner.example",
        "ada@example",
        "ada@.example",
        "ada@partner.",
        "ada@partner..example",
        "ada@b@partner.example",
        "a da@partner.example",
        "ada@partner.example\n",
        "\rada@partner.example",
        "ada\r\nBcc: eve@x.y@partner.example",
        "ada\0@partner.example",
        "zoë@partner.example",
        "ada@pärtner.example",
        "ada@partner.example, eve@partner.example",
        "\u212aate@partner.example",
        "ada@partner.example\u202e",
        "\u200bada@partner.example",
        "ada\x7f@partner.example",
        "<ada@partner.example>",
        "ada:eve@partner.example",
        "(c)ada@partner.example",
        "=?utf-8?q?x?=@partner.example",
        "a=?utf-8?q?x?=@partner.example",
        '"ada"@partner.example',
        '"a da"@partner.example',
        "ada,eve@partner.example",
        "ada;@partner.example",
        "ada\\@partner.example",
        "ada[1]@partner.example",
        ".ada@partner.example",
        "ada.@partner.example",
        "a..da@partner.example",
        "ada@[192.0.2.1]",
        "ada@192.0.2.1",
        "ada@-partner.example",
        "ada@partner-.example",
        "ada@part_ner.example",
        "ada@partner.example.",
        f"{'a' * 65}@partner.example",
        f"ada@{'b' * 64}.example",
        f"{'a' * 250}@b.uk",
    ],
)
def test_what_is_no_address_is_refused_line_ends_among_it(typed: str) -> None:
    with pytest.raises(InvalidValue):
        EmailAddress.of(typed)


def test_an_address_has_254_characters_at_most() -> None:
    domain = ".".join(["b" * 63] * 3)
    assert len(str(EmailAddress.of(f"{'a' * 59}@{domain}.uk"))) == 254
    with pytest.raises(InvalidValue, match="254"):
        EmailAddress.of(f"{'a' * 60}@{domain}.uk")


@pytest.mark.parametrize(
    "typed",
    [
        "o'neill+a_b@partner.example",
        "!#$%&'*+-/=^_`{|}~?@partner.example",
        "1@2.example",
        "ada@xn--prtner-bua.example",
        "ada@partner.xn--p1ai",
        "ada@a--b.example",
        f"{'a' * 64}@{'b' * 63}.example",
    ],
)
def test_what_mail_servers_take_is_an_address(typed: str) -> None:
    assert EmailAddress.of(typed).value == typed


def test_an_address_that_was_stored_before_it_was_refused_is_read_as_it_is_and_told_apart() -> None:
    assert not EmailAddress("<ada@partner.example>").mailable
    assert EmailAddress("ada@partner.example").mailable


@given(mailable_addresses())
def test_every_address_that_is_taken_python_mails_to_as_it_is(address: EmailAddress) -> None:
    read = Address(addr_spec=address.value)
    assert (read.addr_spec, f"{read.username}@{read.domain}") == (address.value, address.value)


@given(st.text(_HOSTILE, max_size=30))
def test_of_hostile_shapes_those_that_are_taken_python_mails_to_as_they_are(text: str) -> None:
    try:
        address = EmailAddress.of(f"{text}@partner.example")
    except InvalidValue:
        return
    assert Address(addr_spec=address.value).addr_spec == address.value


@given(st.text(max_size=20))
def test_any_text_is_an_address_or_refused_and_never_anything_else(text: str) -> None:
    try:
        address = EmailAddress.of(text)
    except InvalidValue as error:
        assert str(error).startswith(("Enter", "Email"))  # noqa: PT017 - one of two outcomes
    else:
        assert is_email_address(address.value)
        assert address.value == address.value.lower().strip()


@pytest.mark.parametrize("address", ["o'neill@école.example", "x@y.z", "a-b_c@y.z.w"])
def test_a_participants_address_may_hold_any_letter(address: str) -> None:
    assert is_email_address(address)


@pytest.mark.parametrize(
    ("given_as", "trn"),
    [
        ("1234567", "1234567"),
        ("12/34567", "1234567"),
        ("12 34 567", "1234567"),
        ("12-34567", "1234567"),
        ("12–34567", "1234567"),
        ("123456", "0123456"),
        ("12345", "0012345"),
        ("00/12345", "0012345"),
    ],
)
def test_a_trn_is_seven_digits_punctuation_out_and_short_ones_padded(given_as: str, trn: str) -> None:
    assert normalised_trn(given_as) == trn


@pytest.mark.parametrize(
    "given_as", ["", "1234", "12345678", "RP99/12345", "12.34567", "١٢٣٤٥٦٧", "1234567\n", "１２３４５６７"]
)
def test_what_is_no_trn_is_refused(given_as: str) -> None:
    with pytest.raises(InvalidValue):
        normalised_trn(given_as)


@given(st.integers(10_000, 9_999_999), st.lists(st.tuples(st.integers(0, 7), st.sampled_from(" /-–")), max_size=4))
def test_punctuation_anywhere_makes_no_other_trn(number: int, punctuation: list[tuple[int, str]]) -> None:
    text = str(number)
    for place, character in punctuation:
        text = text[:place] + character + text[place:]
    assert normalised_trn(text) == f"{number:07}"


def test_a_day_is_written_as_govuk_writes_it() -> None:
    assert [day_in_words(date(2024, month, month)) for month in range(1, 13)] == [
        *("1 January 2024", "2 February 2024", "3 March 2024", "4 April 2024", "5 May 2024", "6 June 2024"),
        *("7 July 2024", "8 August 2024", "9 September 2024", "10 October 2024", "11 November 2024"),
        "12 December 2024",
    ]


def test_a_urn_has_exactly_six_digits() -> None:
    assert checked_urn("012345") == "012345"
    for wrong in ("", "12345", "1234567", "12345a", "123456\n", "१२३४५६"):
        with pytest.raises(InvalidValue):
            checked_urn(wrong)


def test_an_identifier_has_1_to_64_plain_characters() -> None:
    assert checked_identifier("Az09_-") == "Az09_-"
    assert checked_identifier("a" * 64) == "a" * 64
    for wrong in ("", "a" * 65, "a b", "é", "a/b", "..", "a\n"):
        with pytest.raises(InvalidValue):
            checked_identifier(wrong)


def test_an_academic_year_is_its_first_year() -> None:
    assert [checked_academic_year(text) for text in ("2000", "2023", "2099")] == [2000, 2023, 2099]
    for wrong in ("", "1999", "2100", "23", "2023-24", "2023/24", " 2023", "2023\n", "２０２３"):
        with pytest.raises(InvalidValue):
            checked_academic_year(wrong)

"""Addresses of pages: what a link says is what its page is asked."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.listing.filters import FILTER_NAMED, word_of
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.entrypoints.web.presentation.addresses import ACTING, acting_word, address
from checkdata.entrypoints.web.security.query_and_form_fields import read_fields

NORTH = DeliveryPartner("north", "North")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
SLUG = st.text("abc_12", min_size=1, max_size=5)
WORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("query", "per_page", "since"), TEXT | st.sampled_from(["ect", "2024"])),
        **dict.fromkeys(("status", "next"), st.lists(SLUG, min_size=1, max_size=3).map(word_of)),
    },
)


@given(words=WORDS)
def test_the_words_of_an_address_are_those_that_its_page_reads(words: Mapping[str, str]) -> None:
    path, _, asked = address("/participants", NORTH, words).partition("?")
    read = read_fields(asked.encode(), several=FILTER_NAMED.keys())
    assert (path, read) == ("/participants", {**words, ACTING: acting_word(NORTH)})


@given(words=WORDS)
def test_an_address_is_plain_letters(words: Mapping[str, str]) -> None:
    assert set(address("/participants", None, words)) <= set(
        "/?&=%+-_.~:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    )

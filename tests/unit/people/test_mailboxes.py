"""Two ways to write an address of one person are one; the addresses of two people are two (service rule 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.people.mailboxes import mailboxes_in, share_a_mailbox
from checkdata.domain.values import EmailAddress
from tests.strategies import mailable_addresses

SELF = EmailAddress("self.lee@bucher-n.example")

SPELLINGS = (
    "{}",
    "  {} ",
    "<{}>",
    "Self <{}>",
    '"Self Lee" <{}>',
    "Robin Ray <{}>, on the phone",
    "mailto:{}?subject=Yes",
    "{} (Self)",
    "Self ({})",
    "Write to {}.",
    "‘{}’",
    "other@lead.example; {}",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(address=mailable_addresses(), upper=st.booleans())
def test_an_address_is_found_however_a_text_writes_it(spelling: str, address: EmailAddress, *, upper: bool) -> None:
    text = spelling.format(address.value.upper() if upper else address.value)
    assert mailboxes_in(address.value) <= mailboxes_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Self.Lee@Bucher-N.Example",
        "ｓｅｌｆ．ｌｅｅ＠ｂｕｃｈｅｒ－ｎ．ｅｘａｍｐｌｅ",
        "self.lee+agreed@bucher-n.example",
        "selflee@bucher-n.example",
        '"self.lee"@bucher-n.example',
        "self.lee(Self)@bucher-n.example",
        "self . lee @ bucher-n . example",
        "self.lee@bucher-n.example.",
        "self.lee@bucher-n。example",
        "\u017felf.lee@bucher-n.example",
    ],
)
def test_case_width_tags_dots_quotes_comments_and_space_make_no_other_mailbox(text: str) -> None:
    assert mailboxes_in(SELF.value) <= mailboxes_in(text)


@pytest.mark.parametrize(
    ("dns", "read"),
    [
        ("xn--bcher-kva.example", "BÜCHER.example"),
        ("xn--bcher-kva.example", "bu\u0308cher.example"),
        ("xn--strae-oqa.example", "straße.example"),
        ("xn--80ak6aa92e.com", "аррӏе.com"),
    ],
)
def test_a_domain_is_one_as_dns_writes_it_and_as_people_read_it(dns: str, read: str) -> None:
    assert mailboxes_in(f"self@{dns}") == mailboxes_in(f"self@{read}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Self Lee",
        "other@bucher-n.example",
        "self.lee@bucher.example",
        "self.lee@mail.bucher-n.example",
        "self.lees@bucher-n.example",
        "Self Lee <robin@lead.example>",
        "self.lee@xn--\u00e9.example",
        "@bucher-n.example",
    ],
)
def test_another_address_is_another_mailbox(text: str) -> None:
    assert mailboxes_in(SELF.value).isdisjoint(mailboxes_in(text))


@given(mailable_addresses(), mailable_addresses())
def test_two_addresses_share_a_mailbox_both_ways_or_neither(one: EmailAddress, other: EmailAddress) -> None:
    assert share_a_mailbox(one, other) == share_a_mailbox(other, one)
    assert share_a_mailbox(one, one)

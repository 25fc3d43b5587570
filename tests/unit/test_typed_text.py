"""One rule for all that users type: nothing that cannot be seen."""

import re
import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.nominations.steps import Act, Answer, Contact
from checkdata.domain.services.task_steps.access_changes import change_of_access
from checkdata.domain.typed_text import checked_name, displayed, text_fault
from checkdata.domain.values import EmailAddress, LeadProviderId

NOW = datetime(2024, 6, 3, 9, tzinfo=UTC)
BY = Contact(LeadProviderId("lp-1"), EmailAddress.of("jo@beacon.example"))
UNSEEN = st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
NAMES_OF_NOTHING = re.compile("HANGUL.*FILLER|VARIATION SELECTOR|VOWEL INHERENT|GRAPHEME JOINER|PATTERN BLANK")
DRAWN_AS_NOTHING = [chr(n) for n in range(0x110000) if NAMES_OF_NOTHING.search(unicodedata.name(chr(n), ""))]
"""What Unicode calls so: fillers of Hangul, selectors of variations, the blank of Braille."""

SEEN = st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters=DRAWN_AS_NOTHING))
NAMED_IN_THE_ISSUE = [
    *"\x00\x02\x1b\x7f\x85\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
]


@pytest.mark.parametrize("unseen", NAMED_IN_THE_ISSUE, ids=ascii)
def test_what_cannot_be_seen_is_refused_by_the_fields_name(unseen: str) -> None:
    assert text_fault(f"Ann{unseen}Lee", "Name").startswith("Name must not have characters that cannot be seen.")


def test_letters_that_are_drawn_as_nothing_are_refused_too() -> None:
    assert len(DRAWN_AS_NOTHING) > 260
    for nothing in DRAWN_AS_NOTHING:
        assert text_fault(f"Ann{nothing}Lee", "Name"), ascii(nothing)
        assert text_fault(nothing, "Note", lines=True), ascii(nothing)


@given(SEEN, UNSEEN, SEEN)
def test_wherever_it_stands_it_is_refused(before: str, unseen: str, after: str) -> None:
    assert text_fault(before + unseen + after, "Name")
    assert bool(text_fault(before + unseen + after, "Note", lines=True)) is (unseen not in "\r\n\t")


@given(SEEN)
def test_text_that_is_seen_is_taken_in_every_script(text: str) -> None:
    assert text_fault(text, "Name") == ""
    assert text_fault(f"{text}\r\n{text}", "Note", lines=True) == ""
    assert checked_name(text) == " ".join(text.split())


@given(st.text(st.characters() | UNSEEN))
def test_what_is_shown_neither_steers_anything_nor_turns_around_what_follows(text: str) -> None:
    for letter in displayed(text):
        assert letter in "\t\n\r" or unicodedata.category(letter) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(letter) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@given(SEEN)
def test_what_can_be_seen_is_shown_as_it_is(text: str) -> None:
    assert displayed(text) == text


@pytest.mark.parametrize("unseen", ["\x02", "\u202e", "\u200b"])
def test_no_reason_note_contact_or_reference_is_made_with_it(unseen: str) -> None:
    with pytest.raises(ChangeRefused, match="Reason must not have"):
        change_of_access(NOW, None, f"Ticket{unseen}")
    with pytest.raises(ChangeRefused, match="Note must not have"):
        Act(by=BY, at=NOW, note=f"Known{unseen}")
    with pytest.raises(ChangeRefused, match="Who answered must not have"):
        Answer(contact=f"Jo{unseen}", given_on=date(2024, 6, 3), reference="Mail 9")
    with pytest.raises(ChangeRefused, match="Reference must not have"):
        Answer(contact="Jo", given_on=date(2024, 6, 3), reference=f"Mail{unseen}")

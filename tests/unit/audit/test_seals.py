"""What a seal holds, so that no change of the log leaves it as it was."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.seals import (
    Anchor,
    ChainLink,
    SealFault,
    SealTrouble,
    seal_faults,
    sealed_text,
    seals_of,
)
from checkdata.domain.keys import Keys
from checkdata.domain.people.organisations import Role
from tests.strategies import NOON

KEYS: Final = Keys.of("a key that only the tests know, 32 characters")
EVENT: Final = AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON)
OTHERWISE: Final[Mapping[str, Any]] = {
    "kind": AuditKind.SIGNED_OUT,
    "at": NOON + timedelta(microseconds=1),
    "actor": "ann",
    "role": Role.SUPPORT,
    "organisation_id": "dp-1",
    "subject": "bob",
    "import_id": "i-1",
    "participant_id": "p-1",
    "details": {"page": 2},
}


def test_every_field_of_an_event_is_looked_at() -> None:
    assert set(OTHERWISE) == {field.name for field in fields(AuditEvent)}


@pytest.mark.parametrize("name", OTHERWISE)
def test_an_event_that_differs_in_one_field_is_sealed_as_another_text(name: str) -> None:
    assert sealed_text(1, evolve(EVENT, **{name: OTHERWISE[name]})) != sealed_text(1, EVENT)


def test_the_number_of_an_event_is_sealed_with_it() -> None:
    assert sealed_text(1, EVENT) != sealed_text(2, EVENT)


@given(st.integers(1, 8), st.data())
def test_the_newest_seal_tells_a_change_of_any_event_to_who_has_the_key_and_seals_all_again(
    length: int, data: st.DataObject
) -> None:
    links = [ChainLink(number=number, words=f"event {number}") for number in range(1, length + 1)]
    at = data.draw(st.integers(0, length - 1))
    changed = [*links[:at], evolve(links[at], words="another"), *links[at + 1 :]]
    *_, head = seals_of(links, None, KEYS.first)
    *_, made_again = seals_of(changed, None, KEYS.first)
    assert made_again.digest != head.digest


@pytest.mark.parametrize("number", [1, 2])
def test_an_event_up_to_the_anchor_was_put_in_though_nothing_follows_it(number: int) -> None:
    anchor = Anchor(number=2, position=2, digest="0" * 64, before=NOON).signed(KEYS.first)
    put_in = [ChainLink(number=number, words="another")]
    assert list(seal_faults(put_in, anchor, KEYS)) == [SealFault(SealTrouble.PUT_IN, number)]

"""What every adapter of `checkdata.domain.ports.Receipts` must do."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.audit.receipts import FileKind, Receipt, packed, unpacked
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Role
from checkdata.domain.ports import Storage
from checkdata.domain.values import ImportId, LeadProviderId, ParticipantId, UserId
from tests.contracts.listings import with_listings
from tests.contracts.test_participants import SCOPES
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

IDS = st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True).map(ParticipantId))


def a_receipt(**changes: Any) -> Receipt:  # noqa: ANN401 - any field
    receipt = Receipt(
        sha256="ab" * 32,
        size=5_000_000_000,
        kind=FileKind.CSV,
        at=NOON,
        actor=UserId("ada"),
        role=Role.DELIVERY_PARTNER,
        organisation_id="north",
        import_id=ImportId("i1"),
        rows=2,
        filters={"role": "ect"},
        searched=True,
        agreement_ids=("a1", "a2"),
        rules=(
            ScopeRule(lead_provider_id=LeadProviderId("lp-1"), first_academic_year=2021),
            ScopeRule(lead_provider_id=None, last_academic_year=2023),
        ),
        rules_version=1,
        participants=packed([ParticipantId("p1"), ParticipantId("P-2")]),
    )
    return evolve(receipt, **changes)


def keep(storage: Storage, *receipts: Receipt) -> None:
    for receipt in receipts:
        write(storage, lambda work, receipt=receipt: work.receipts.add(receipt))  # type: ignore[misc]


@given(IDS)
def test_packed_ids_come_back_in_their_order(ids: list[ParticipantId]) -> None:
    assert unpacked(packed(ids)) == tuple(ids)


@given(IDS, IDS)
def test_an_id_is_found_among_packed_ones_if_it_is_one_of_them(
    ids: list[ParticipantId], others: list[ParticipantId]
) -> None:
    receipt = a_receipt(participants=packed(ids))
    for each in (*ids, *others):
        assert receipt.kept(each) == (each in ids)
        assert a_receipt(participants=None).kept(each) is None


def test_a_receipt_comes_back_as_it_was_kept_whatever_its_kind(storage: Storage) -> None:
    bare = a_receipt(actor=None, import_id=None, participants=None, rules=(), agreement_ids=(), filters={})
    by_key = a_receipt(kind=FileKind.API, key_id="k1", key_name="Nightly")
    kept = [a_receipt(), bare, by_key, *(a_receipt(kind=kind) for kind in FileKind)]
    keep(storage, *kept)
    assert list(read(storage, lambda work: work.receipts.of_file("ab" * 32))) == kept[::-1]


def test_the_receipts_of_other_bytes_are_not_this_files(storage: Storage) -> None:
    keep(storage, a_receipt(sha256="cd" * 32))
    assert list(read(storage, lambda work: work.receipts.of_file("ab" * 32))) == []


def test_an_organisation_is_told_from_one_of_another_role_with_its_id(storage: Storage) -> None:
    ours, theirs = a_receipt(organisation_id="both"), a_receipt(organisation_id="both", role=Role.APPROPRIATE_BODY)
    keep(storage, ours, theirs, a_receipt())
    assert read(storage, lambda work: list(work.receipts.of_organisation(DeliveryPartner("both")))) == [ours]
    assert read(storage, lambda work: list(work.receipts.of_organisation(AppropriateBody("both")))) == [theirs]


def test_a_time_has_its_beginning_and_not_its_end(storage: Storage) -> None:
    first, second, third = (a_receipt(at=NOON + timedelta(microseconds=n)) for n in range(3))
    keep(storage, first, second, third)
    assert read(storage, lambda work: list(work.receipts.between(first.at, third.at))) == [first, second]
    assert read(storage, lambda work: list(work.receipts.between(None, second.at))) == [first]
    assert read(storage, lambda work: list(work.receipts.between(second.at, None))) == [second, third]


def test_an_organisations_receipts_are_told_for_a_time_too(storage: Storage) -> None:
    first, second, third = (a_receipt(at=NOON + timedelta(microseconds=n)) for n in range(3))
    keep(storage, first, a_receipt(organisation_id="both", at=second.at), second, third)
    north = DeliveryPartner("north")
    with storage.reading() as work:
        assert list(work.receipts.of_organisation(north, first.at, third.at)) == [first, second]
        assert list(work.receipts.of_organisation(north, None, second.at)) == [first]
        assert list(work.receipts.of_organisation(north, second.at, None)) == [second, third]


@pytest.mark.parametrize("name", SCOPES)
def test_the_ids_of_a_query_are_those_of_its_rows_in_order(storage: Storage, name: str) -> None:
    with_listings(storage)
    for text in ("", "oneill", "a"):
        query = ParticipantQuery.of(SCOPES[name], search=text)
        with storage.reading() as work:
            expected = [row.participant_id for row in work.participants.rows(query)]
            assert list(work.participants.ids(query)) == expected

"""Every version of an agreement is kept, with what recorded it, beside the change itself, over every storage."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.agreement_history import AgreementVersion, agreements_as_known
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import ManageAgreements, NewAgreement
from checkdata.domain.values import ImportId, UserId
from checkdata.testing._suites.people import an_agreement
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import AGREEMENT, REFERENCES, reference_row, write_feed, write_file
from tests.recent_events import recent
from tests.strategies import NOON

OTHER: Final = an_agreement("a2", delivery_partner_id="both", ends_on=None)
BY_FEED: Final = AgreementVersion(agreement=an_agreement(), recorded_at=NOON, import_id=ImportId("i1"))
BY_USER: Final = AgreementVersion(
    agreement=an_agreement(ended_on=date(2024, 3, 1), added_by_hand=True),
    recorded_at=NOON + timedelta(microseconds=1),
    recorded_by=UserId("sue"),
)
MOVED: Final = AgreementVersion(agreement=evolve(OTHER, id="a1"), recorded_at=NOON + timedelta(days=1))
GONE: Final = AgreementVersion(agreement=OTHER, recorded_at=NOON, removed=True)


def keep(storage: Storage, *versions: AgreementVersion) -> None:
    write(storage, lambda work: work.agreement_history.add(versions))


def newest(storage: Storage) -> Sequence[AgreementVersion]:
    return read(storage, lambda work: work.agreement_history.newest())


def versions_of(storage: Storage, agreement_id: str) -> Sequence[AgreementVersion]:
    return read(storage, lambda work: work.agreement_history.of_agreement(agreement_id))


def test_nothing_is_kept_at_first_nor_by_adding_nothing(storage: Storage) -> None:
    keep(storage)
    assert list(newest(storage)) == []
    assert list(versions_of(storage, "a1")) == []


def test_versions_come_back_as_they_were_kept_and_in_that_order(storage: Storage) -> None:
    keep(storage, BY_FEED, GONE, BY_USER)
    keep(storage, MOVED)
    assert list(versions_of(storage, "a1")) == [BY_FEED, BY_USER, MOVED]
    assert list(versions_of(storage, "a2")) == [GONE]
    assert list(newest(storage)) == [MOVED, GONE]


def test_a_partners_agreements_are_told_with_the_versions_in_which_they_were_anothers(storage: Storage) -> None:
    keep(storage, BY_FEED, GONE, MOVED)
    with storage.reading() as work:
        told = {partner: list(work.agreement_history.of_partner(partner)) for partner in PARTNERS}
    assert told == {
        "north": [BY_FEED, MOVED],
        "both": [BY_FEED, GONE, MOVED],
        "unheard-of": [],
    }


PARTNERS: Final = ("north", "both", "unheard-of")


def test_what_was_known_at_a_moment_is_the_last_version_of_each_that_was_recorded_by_then() -> None:
    versions = [BY_FEED, evolve(GONE, removed=False), BY_USER, evolve(GONE, recorded_at=MOVED.recorded_at), MOVED]
    assert agreements_as_known(versions, NOON - timedelta(seconds=1)) == []
    assert agreements_as_known(versions, NOON) == [BY_FEED.agreement, OTHER]
    assert agreements_as_known(versions, BY_USER.recorded_at) == [BY_USER.agreement, OTHER]
    assert agreements_as_known(versions, MOVED.recorded_at) == [MOVED.agreement]


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """A folder with good reference files, already imported."""
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row())
    operator.load()
    return operator


def load(operator: Operator, *agreements: dict[str, str], complete: bool = True) -> ImportId | None:
    """Import a feed with these agreements a day later; its id."""
    operator.now += timedelta(days=1)
    write_file(operator.folder, "agreements", agreements)
    done = operator.load(complete=complete).done
    return None if done is None else done.id


def last_events(operator: Operator, number: int) -> list[AuditEvent]:
    """The newest events but that of the import, oldest first."""
    newest_first = read(operator.storage, lambda work: recent(work, number + 1))
    assert newest_first[0].kind is AuditKind.FEED_IMPORTED
    return list(reversed(newest_first[1:]))


def test_the_first_feed_keeps_a_version_of_each_agreement_and_puts_it_on_record(operator: Operator) -> None:
    [version] = newest(operator.storage)
    assert version == AgreementVersion(agreement=AGREEMENT, recorded_at=operator.now, import_id=version.import_id)
    [event] = last_events(operator, 1)
    assert (event.kind, event.import_id, event.organisation_id) == (
        AuditKind.AGREEMENT_ADDED,
        version.import_id,
        AGREEMENT.delivery_partner_id,
    )
    assert event.details == {
        "agreement_id": "a1",
        "lead_provider_id": "ambition",
        "delivery_partner_id": "north",
        "starts_on": "2021-09-01",
        "ends_on": "",
        "first_academic_year": "",
        "last_academic_year": "",
        "covers_unconfirmed": True,
        "ended_on": "",
    }


def test_a_feed_that_changes_terms_tells_which_and_keeps_those_of_before(operator: Operator) -> None:
    made = load(
        operator, reference_row("agreements", AGREEMENT, first_academic_year="2023", covers_unconfirmed="false")
    )
    before, after = versions_of(operator.storage, "a1")
    assert before.agreement == AGREEMENT
    assert after == AgreementVersion(
        agreement=evolve(AGREEMENT, first_academic_year=2023, covers_unconfirmed=False),
        recorded_at=operator.now,
        import_id=made,
    )
    [event] = last_events(operator, 1)
    assert (event.kind, event.import_id) == (AuditKind.AGREEMENT_CHANGED, made)
    assert event.details == {
        "agreement_id": "a1",
        "lead_provider_id": "ambition",
        "first_academic_year": 2023,
        "first_academic_year_before": "",
        "covers_unconfirmed": False,
        "covers_unconfirmed_before": True,
    }


def test_a_feed_that_changes_no_agreement_keeps_no_version_and_tells_of_none(operator: Operator) -> None:
    operator.write(row(full_name="Another Name"))
    load(operator, reference_row("agreements", AGREEMENT))
    assert len(versions_of(operator.storage, "a1")) == 1
    assert last_events(operator, 1)[0].kind is AuditKind.FEED_IMPORTED


def test_an_agreement_that_a_complete_feed_leaves_out_gets_a_version_that_ends(operator: Operator) -> None:
    load(operator)
    [_, after] = versions_of(operator.storage, "a1")
    yesterday = operator.now.date() - timedelta(days=1)
    assert (after.agreement, after.removed) == (evolve(AGREEMENT, ends_on=yesterday), False)
    [event] = last_events(operator, 1)
    assert event.details["ends_on"] == yesterday.isoformat()


def test_an_agreement_that_is_left_out_before_it_was_ever_in_force_is_kept_as_removed(operator: Operator) -> None:
    new = evolve(AGREEMENT, id="a9", starts_on=operator.now.date() + timedelta(days=30))
    load(operator, *(reference_row("agreements", each) for each in (AGREEMENT, new)))
    removing = load(operator, reference_row("agreements", AGREEMENT))
    [added, removed] = versions_of(operator.storage, "a9")
    assert added.agreement == removed.agreement == new
    assert (added.removed, removed.removed, removed.import_id) == (False, True, removing)
    [event] = last_events(operator, 1)
    assert (event.kind, event.details["agreement_id"]) == (AuditKind.AGREEMENT_REMOVED, "a9")
    load(operator, *(reference_row("agreements", each) for each in (AGREEMENT, new)))
    assert [version.removed for version in versions_of(operator.storage, "a9")] == [False, True, False]


def test_what_is_added_and_ended_by_hand_is_kept_with_the_user_who_did_it_and_no_feed_tells_it_again(
    operator: Operator,
) -> None:
    managing = ManageAgreements(storage=operator.storage, clock=lambda: operator.now)
    new = NewAgreement(
        lead_provider_id=AGREEMENT.lead_provider_id,
        delivery_partner_id="north",
        starts_on=operator.now.date(),
        covers_unconfirmed=False,
        reason="Signed",
    )
    added = managing.add(new)
    first = operator.now
    operator.now += timedelta(days=1)
    ended = managing.end(added.id, reason="Over")
    assert list(versions_of(operator.storage, added.id)) == [
        AgreementVersion(agreement=added, recorded_at=first),
        AgreementVersion(agreement=ended, recorded_at=operator.now),
    ]
    load(operator)
    assert len(versions_of(operator.storage, added.id)) == 2
    assert len(last_events(operator, 1)) == 1

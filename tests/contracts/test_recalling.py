"""Once an agreement is over, those who hold files that left its scope are asked until these are deleted (rule 15)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, cast

import pytest
from attrs import evolve, field, frozen

from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import ChangeRefused, Overtaken, StorageUnavailable
from checkdata.domain.feed.contents import NamedIds, References
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.messages import FilesRecalled, MailState
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.audit.confirm_deletion import ConfirmDeletion, RecallInDetail, digest_of
from checkdata.domain.services.audit.purge import KeptFor, Purge
from checkdata.domain.services.audit.recall_files import REMIND_EVERY, RecallFiles, RecallRound
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.services.task_steps.leaving_files import files_that_left_scope
from checkdata.domain.services.task_steps.receipts import keep_receipt
from checkdata.domain.values import EmailAddress, ImportId, UserId
from checkdata.entrypoints.web.presentation.recalls import lines_to_delete
from tests.contracts.interleaving import Outcomes, SteppingStorage, interleavings
from tests.contracts.test_receipts import a_receipt
from tests.contracts.test_tracing import acting, checking, downloaded, query
from tests.contracts.units_of_work import write
from tests.integration.web.world import (
    ANN,
    CAT,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SAM,
    SOUTH,
    World,
    with_feed_and_access,
)
from tests.storages import owners

AGREEMENT: Final = "ag-dp-north"


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def confirming(world: World) -> ConfirmDeletion:
    return ConfirmDeletion(storage=world.storage, clock=world.clock)


def by_command(world: World) -> None:
    world.services().manage_agreements.end(AGREEMENT, reason="Over")


def by_complete_feed(world: World) -> None:
    world.load(RECORDS, without_the_agreement(), complete=True)


def without_the_agreement() -> References:
    others = [agreement for agreement in REFERENCES.agreements or () if agreement.id != AGREEMENT]
    return evolve(
        REFERENCES, agreements=others, named=NamedIds(agreements=frozenset(agreement.id for agreement in others))
    )


def the_agreement() -> Agreement:
    return next(agreement for agreement in REFERENCES.agreements or () if agreement.id == AGREEMENT)


def by_earlier_day(world: World) -> None:
    over = evolve(the_agreement(), ends_on=world.now.date() - timedelta(days=1))
    world.load(RECORDS, References(agreements=[over]))


def by_its_last_day(world: World) -> None:
    world.services().manage_agreements.end(AGREEMENT, reason="Over", last_day=world.now.date())
    assert recalled_by_round(world) == RecallRound()
    world.pass_time(days=1)


ENDS: Final[dict[str, Callable[[World], None]]] = {
    "command": by_command,
    "earlier day in a feed": by_earlier_day,
    "complete feed": by_complete_feed,
    "its last day": by_its_last_day,
}


def recalled_by_round(world: World) -> RecallRound:
    return RecallFiles(storage=world.storage, clock=world.clock).do_due()


def state(world: World) -> RecallInDetail:
    found = confirming(world).state_of(AGREEMENT)
    assert found is not None
    return found


def asked(world: World) -> Sequence[tuple[EmailAddress, FilesRecalled]]:
    return [(to, mail) for to, mail in world.mails_sent() if isinstance(mail, FilesRecalled)]


def user(world: World, email: EmailAddress = ANN) -> UserId:
    return acting(world, email).user_id


def confirm(world: World, email: EmailAddress = ANN) -> int:
    held = [each.file for each in confirming(world).held_by(user(world, email))]
    return confirming(world).confirm(user(world, email), seen=digest_of(held))


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS.keys())
def test_whichever_way_an_agreement_ends_each_holder_is_asked_once(world: World, ends: Callable[[World], None]) -> None:
    downloaded(world)
    downloaded(world, FileKind.EXCEL)
    b"".join(checking(world).download(acting(world, CAT), query(world), FileKind.CSV).chunks)
    ends(world)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=2)
    assert recalled_by_round(world) == RecallRound()
    mails = dict(asked(world))
    assert mails == {
        ANN: FilesRecalled(name="Ann Lee", files=2, reminds=False),
        CAT: FilesRecalled(name="Cat Doe", files=1, reminds=False),
    }
    assert state(world).waiting == 3
    [event] = world.audit(AuditKind.FILES_RECALLED)
    assert event.details == {"agreement_id": AGREEMENT, "files": 3, "holders": 2}


def test_an_agreement_that_is_in_force_recalls_nothing(world: World) -> None:
    downloaded(world)
    assert recalled_by_round(world) == RecallRound()
    assert confirming(world).state_of(AGREEMENT) is None


def test_who_confirms_is_seen_and_who_does_not_is_reminded_until_then(world: World) -> None:
    downloaded(world)
    b"".join(checking(world).download(acting(world, CAT), query(world), FileKind.CSV).chunks)
    by_command(world)
    recalled_by_round(world)
    assert confirm(world) == 1
    assert [(each.holder and each.holder.email, each.file.deleted_at) for each in state(world).files] == [
        (CAT, None),
        (ANN, world.now),
    ]
    [event] = world.audit(AuditKind.FILE_DELETED)
    assert (event.actor, event.subject) == (user(world), user(world))
    assert event.details["agreement_id"] == AGREEMENT
    world.pass_time(days=REMIND_EVERY.days, seconds=-1)
    assert recalled_by_round(world).mailed == 0
    world.pass_time(seconds=1)
    assert recalled_by_round(world).mailed == 1
    assert asked(world)[-1] == (CAT, FilesRecalled(name="Cat Doe", files=1, reminds=True))
    confirm(world, CAT)
    world.pass_time(days=365)
    assert recalled_by_round(world).mailed == 0


def add(world: World, **changes: Any) -> None:  # noqa: ANN401 - any term
    new = NewAgreement(
        lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2022, 1, 1), reason="Another"
    )
    world.services().manage_agreements.add(evolve(new, **changes))


def test_a_file_in_which_another_agreement_covers_everybody_does_not_have_to_be_deleted(world: World) -> None:
    add(world, first_academic_year=2023)
    downloaded(world, academic_year="2023")
    downloaded(world, academic_year="2022")
    downloaded(world, search="ada")
    downloaded(world, search="siob")
    by_command(world)
    recalled_by_round(world)
    with world.storage.reading() as work:
        receipts = list(work.receipts.of_organisation(NORTH))
    kept, recalled, kept_by_search, recalled_by_search = (receipt.sha256 for receipt in receipts)
    assert {each.file.sha256 for each in state(world).files} == {recalled, recalled_by_search}
    assert {kept, kept_by_search}.isdisjoint(each.file.sha256 for each in state(world).files)


def test_an_agreement_with_another_lead_provider_covers_nobody_of_the_one_that_ended(world: World) -> None:
    add(world, lead_provider_id=OTHER_LEAD.id, covers_unconfirmed=False)
    downloaded(world, academic_year="2023")
    by_command(world)
    recalled_by_round(world)
    assert len(state(world).files) == 1


def test_a_file_that_a_renewal_covered_is_recalled_once_that_is_over_too(world: World) -> None:
    downloaded(world)
    renewal = renewed(world)
    by_its_last_day(world)
    assert recalled_by_round(world) == RecallRound()
    world.pass_time(days=365)
    assert recalled_by_round(world) == RecallRound()
    world.services().manage_agreements.end(renewal, reason="Over")
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert len(state(world).files) == 1
    assert recalled_by_round(world) == RecallRound()


def test_a_file_that_a_renewal_covered_is_recalled_by_the_round_after_one_that_failed(world: World) -> None:
    downloaded(world)
    renewal = renewed(world)
    by_its_last_day(world)
    recalled_by_round(world)
    world.services().manage_agreements.end(renewal, reason="Over")
    broken = RecallFiles(storage=cast("Storage", FailsOnce(world.storage, 0)), clock=world.clock)
    with pytest.raises(StorageUnavailable):
        broken.do_due()
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert len(state(world).files) == 1


def renewed(world: World) -> str:
    """An agreement with the terms of North's that begins tomorrow; its id."""
    terms = NewAgreement(
        lead_provider_id=LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=world.now.date() + timedelta(days=1),
        reason="Renewed",
    )
    added = world.services().manage_agreements.add(terms)
    assert isinstance(added, Agreement)
    return added.id


def test_an_agreement_that_a_complete_feed_drops_on_the_day_on_which_it_began_recalls_its_files(world: World) -> None:
    by_complete_feed(world)
    recalled_by_round(world)
    begun = evolve(the_agreement(), id="ag-begun", starts_on=world.now.date())
    tomorrow = evolve(begun, id="ag-tomorrow", starts_on=begun.starts_on + timedelta(days=1))
    world.load(RECORDS, References(agreements=[begun, tomorrow]), wider=True)
    downloaded(world)
    by_complete_feed(world)
    with world.storage.reading() as work:
        assert work.organisations.agreement(begun.id) is None
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert recalled_by_round(world) == RecallRound()
    assert [len(each.files) for each in confirming(world).open_recalls() if each.recall.agreement_id == begun.id] == [1]
    assert confirming(world).state_of(tomorrow.id) is None
    world.load(RECORDS, References(agreements=[begun]), wider=True)
    assert recalled_by_round(world) == RecallRound(withdrawn=1)


def test_a_file_is_held_against_what_it_showed_not_against_todays_rows(world: World) -> None:
    add(world, first_academic_year=2023)
    downloaded(world, academic_year="2022")
    world.load([evolve(record, academic_year=2023) for record in RECORDS])
    by_command(world)
    recalled_by_round(world)
    assert len(state(world).files) == 1


def test_no_row_of_a_file_is_read_after_the_first_that_has_left_scope(world: World) -> None:
    add(world, first_academic_year=2023)
    downloaded(world)
    downloaded(world, search="siob")
    by_command(world)
    with world.storage.reading() as work:
        watched = WatchedRows(work)
        found = files_that_left_scope(cast("UnitOfWork", watched), the_agreement(), world.now.date())
    assert watched.years == [[2023, 2023, 2022]] * 2  # of four
    assert [receipt.participants for receipt in found] == [None, None]


@frozen
class WatchedRows:
    """A unit of work that notes the academic year of each row of an import that is read."""

    work: UnitOfWork
    years: list[list[int]] = field(factory=list)

    def __getattr__(self, name: str) -> object:
        return self if name == "participants" else getattr(self.work, name)

    def rows_at(self, query: ParticipantQuery, import_id: ImportId) -> Iterator[ListedParticipant]:
        self.years.append([])
        for row in self.work.participants.rows_at(query, import_id):
            self.years[-1].append(row.academic_year)
            yield row


def test_a_file_of_which_it_is_not_known_who_was_in_it_has_to_be_deleted(world: World) -> None:
    add(world, first_academic_year=2023)
    receipt = a_receipt(
        organisation_id=NORTH.id,
        agreement_ids=(AGREEMENT,),
        actor=user(world),
        import_id=None,
        participants=None,
        rules=(ScopeRule(lead_provider_id=LEAD.id),),
    )
    write(world.storage, lambda work: work.receipts.add(receipt))
    by_command(world)
    recalled_by_round(world)
    assert len(state(world).files) == 1


def test_a_file_whose_download_was_on_its_way_when_the_agreement_ended_is_recalled_too(world: World) -> None:
    download = checking(world).download(acting(world), query(world), FileKind.CSV)
    b"".join(download.body())
    by_command(world)
    recalled_by_round(world)
    assert state(world).files == []
    world.pass_time(hours=1)
    download.end()
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert len(state(world).files) == 1


def test_an_agreement_that_a_feed_brings_back_withdraws_its_recall_and_mail_that_waits_is_not_sent(
    world: World,
) -> None:
    downloaded(world)
    by_earlier_day(world)
    recalled_by_round(world)
    world.load(RECORDS, References(agreements=[the_agreement()]), wider=True)
    assert recalled_by_round(world) == RecallRound(withdrawn=1)
    assert asked(world) == []
    assert confirming(world).held_by(user(world)) == []
    assert confirming(world).state_of(AGREEMENT) is None
    by_command(world)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)


def test_a_file_that_its_holder_confirmed_is_not_recalled_again(world: World) -> None:
    downloaded(world)
    by_earlier_day(world)
    recalled_by_round(world)
    confirm(world)
    world.load(RECORDS, References(agreements=[the_agreement()]), wider=True)
    assert recalled_by_round(world) == RecallRound(withdrawn=1)
    downloaded(world, FileKind.EXCEL)
    by_command(world)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert [each.file.kind for each in state(world).files] == [FileKind.EXCEL]


def test_a_file_that_left_under_two_agreements_which_end_together_is_one_file_to_its_holder(world: World) -> None:
    add(world)
    downloaded(world)
    with world.storage.reading() as work:
        both = [agreement.id for agreement in work.organisations.agreements_of(NORTH.id)]
    for agreement_id in both:
        world.services().manage_agreements.end(agreement_id, reason="Over")
    assert recalled_by_round(world) == RecallRound(opened=2, mailed=1)
    assert asked(world) == [(ANN, FilesRecalled(name="Ann Lee", files=1, reminds=False))]
    assert len(lines_to_delete(confirming(world).held_by(user(world)))) == 1
    confirm(world)
    assert confirming(world).held_by(user(world)) == []


def test_mail_that_waits_while_its_holder_confirms_is_not_sent(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    confirm(world)
    assert asked(world) == []


def test_mail_that_bounced_is_seen_and_its_holder_is_asked_again_in_time(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    world.mails_sent()
    with world.storage.writing() as work:
        [mail] = [mail for mail in work.outbox.last_to(ANN, 9) if isinstance(mail.entry.message, FilesRecalled)]
        assert work.outbox.bounced(mail.entry.reference, world.now)
        work.commit()
    [seen] = state(world).files
    assert seen.mail is not None
    assert seen.mail.state is MailState.BOUNCED
    world.pass_time(days=REMIND_EVERY.days)
    assert recalled_by_round(world).mailed == 1


def test_a_suspended_user_is_not_mailed_and_cannot_confirm_support_records_it_or_they_are_asked_once_reinstated(
    world: World,
) -> None:
    downloaded(world)
    downloaded(world, FileKind.EXCEL)
    world.manage_access.suspend(ANN, reason="Away")
    by_command(world)
    assert recalled_by_round(world) == RecallRound(opened=1)
    with pytest.raises(ChangeRefused, match="suspended"):
        confirm(world)
    first = state(world).files[0].file
    sam = user(world, SAM)
    confirming(world).record(first.id, reason="Ann’s manager, on the phone", by=sam)
    [event] = world.audit(AuditKind.FILE_DELETED)
    assert (event.actor, event.subject, event.details["reason"]) == (sam, user(world), "Ann’s manager, on the phone")
    with pytest.raises(Overtaken):
        confirming(world).record(first.id, reason="Again", by=sam)
    world.manage_access.reinstate(ANN, reason="Back")
    assert recalled_by_round(world) == RecallRound(mailed=1)
    assert asked(world)[-1] == (ANN, FilesRecalled(name="Ann Lee", files=1, reminds=False))


def test_a_user_whose_access_ended_with_the_agreement_can_still_confirm(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    world.manage_access.remove(ANN, role=Role.DELIVERY_PARTNER, organisation_id=NORTH.id, reason="Over")
    assert confirm(world) == 1


def test_files_of_an_organisation_that_was_merged_into_another_are_recalled_and_named(world: World) -> None:
    downloaded(world)
    merged = [evolve(record, delivery_partner_id=SOUTH.id) for record in RECORDS]
    partners = [partner for partner in REFERENCES.delivery_partners or () if partner != NORTH]
    left = without_the_agreement()
    named = evolve(left.named, delivery_partners=frozenset(partner.id for partner in partners))
    world.load(merged, evolve(left, delivery_partners=partners, named=named), complete=True, wider=True)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    [held] = confirming(world).held_by(user(world))
    assert held.organisation == NORTH
    assert confirm(world) == 1


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_round_that_was_killed_at_any_change_is_done_by_the_next(world: World, changes: int) -> None:
    downloaded(world)
    by_command(world)
    breaking = RecallFiles(storage=cast("Storage", BreaksAfter(world.storage, changes)), clock=world.clock)
    with pytest.raises(StorageUnavailable):
        breaking.do_due()
    assert asked(world) == []
    assert recalled_by_round(world).mailed == 1
    assert len(asked(world)) == 1
    assert state(world).waiting == 1


@frozen
class BreaksAfter:
    """A storage that is gone after so many changes."""

    storage: Storage
    changes: int
    begun: list[int] = field(factory=list)

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        if len(self.begun) == self.changes:
            raise StorageUnavailable("It was killed.")
        self.begun.append(1)
        return self.storage.writing()


@pytest.mark.parametrize("failing", range(6))
def test_whichever_change_of_a_round_fails_all_that_do_not_rest_on_it_are_done(world: World, failing: int) -> None:
    downloaded(world)
    by_earlier_day(world)
    recalled_by_round(world)
    again(world, 1)
    again(world, 2, CAT)
    world.load(RECORDS, References(agreements=[the_agreement()]), wider=True)
    broken = RecallFiles(storage=cast("Storage", FailsOnce(world.storage, failing)), clock=world.clock)
    try:
        done = broken.do_due()
    except StorageUnavailable:
        done = recalled_by_round(world)
        assert sorted([done.opened, done.withdrawn, done.mailed]) in ([0, 0, 1], [0, 1, 1])
    else:
        assert done == RecallRound(opened=2, withdrawn=1, mailed=2)


@frozen
class FailsOnce:
    """A storage in which one change fails, the others before and after it don't."""

    storage: Storage
    failing: int
    begun: list[int] = field(factory=list)

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        self.begun.append(1)
        if len(self.begun) == self.failing + 1:
            raise StorageUnavailable("This change failed.")
        return self.storage.writing()


def test_no_file_is_recalled_again_because_its_recall_was_purged(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    confirm(world)
    world.pass_time(days=KeptFor().audit.days + 1)
    purge = Purge(storage=owners(world.storage), clock=world.clock, keys=world.keys)
    assert purge.purge(dry_run=True)["recalls"] == 0  # the log is not sealed, so the receipts are kept
    assert recalled_by_round(world) == RecallRound()
    assert SealLog(storage=world.storage, keys=world.keys).seal_due()
    with world.storage.reading() as work:
        recalls = len(work.recalls.open_recalls())
    assert purge.purge()["recalls"] == recalls
    assert recalled_by_round(world) == RecallRound()
    assert state(world).files == []


def test_nor_is_one_that_left_after_its_recall_was_opened(world: World) -> None:
    download = checking(world).download(acting(world), query(world), FileKind.CSV)
    b"".join(download.body())
    by_command(world)
    recalled_by_round(world)
    assert SealLog(storage=world.storage, keys=world.keys).seal_due()
    world.pass_time(hours=1)
    download.end()
    recalled_by_round(world)
    confirm(world)
    world.pass_time(days=KeptFor().audit.days, minutes=-30)
    purged = Purge(storage=owners(world.storage), clock=world.clock, keys=world.keys).purge()
    assert purged["audit_events"] > 0
    assert recalled_by_round(world) == RecallRound()
    assert state(world).waiting == 0


def test_a_list_that_changed_since_it_was_shown_is_not_confirmed(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    shown = digest_of([each.file for each in confirming(world).held_by(user(world))])
    world.pass_time(hours=1)
    with world.storage.reading() as work:
        [receipt] = list(work.receipts.of_organisation(NORTH))
    keep_receipt(world.storage, acting(world), evolve(receipt, at=world.now), "another download")
    recalled_by_round(world)
    with pytest.raises(Overtaken):
        confirming(world).confirm(user(world), seen=shown)
    assert confirm(world) == 2


def test_of_two_rounds_at_once_one_opens_and_each_holder_is_mailed_once(storage: Storage) -> None:
    world = with_feed_and_access(World(storage=cast("Storage", SteppingStorage(storage))))
    downloaded(world)
    number = 0

    def stage() -> World:
        nonlocal number
        number += 1
        return again(world, number)

    def holds(_at: World, outcomes: Outcomes) -> None:
        done = [each for each in (outcomes.first, outcomes.second) if isinstance(each, RecallRound)]
        assert (sum(each.opened for each in done), sum(each.mailed for each in done)) == (1, 1)

    interleavings(stage, (recalled_by_round, recalled_by_round), holds)


def again(world: World, number: int, holder: EmailAddress = ANN) -> World:
    """A file left under one more agreement, which is over."""
    agreement = evolve(the_agreement(), id=f"ag-{number}")
    write(world.storage, lambda work: work.organisations.add_agreement(evolve(agreement, added_by_hand=True)))
    receipt = a_receipt(
        organisation_id=NORTH.id,
        agreement_ids=(agreement.id,),
        actor=user(world, holder),
        import_id=None,
        rules=(ScopeRule(lead_provider_id=OTHER_LEAD.id),),
        at=world.now,
        sha256=f"{number:064x}",
    )
    write(world.storage, lambda work: work.receipts.add(receipt))
    world.services().manage_agreements.end(agreement.id, reason="Over")
    world.pass_time(days=REMIND_EVERY.days)
    return world

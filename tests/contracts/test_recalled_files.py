"""Which files are recalled once an agreement is over: those that hold somebody whom no other one covers (rule 15)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest
from attrs import evolve, field, frozen

from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.feed.contents import References
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.audit.purge import KeptFor, Purge
from checkdata.domain.services.audit.recall_files import RecallRound
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.services.task_steps.leaving_files import files_that_left_scope
from checkdata.domain.values import ImportId
from checkdata.entrypoints.web.presentation.recalls import lines_to_delete
from tests.contracts.recalling import (
    AGREEMENT,
    add,
    asked,
    by_command,
    by_complete_feed,
    by_earlier_day,
    by_its_last_day,
    confirm,
    confirming,
    recalled_by_round,
    renewed,
    state,
    the_agreement,
    user,
    without_the_agreement,
)
from tests.contracts.test_receipts import a_receipt
from tests.contracts.test_tracing import acting, checking, downloaded, query
from tests.contracts.units_of_work import write
from tests.integration.web.world import (
    ANN,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SOUTH,
    World,
    with_feed_and_access,
)
from tests.storages import owners


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


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

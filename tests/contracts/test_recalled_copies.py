"""What programs and other services read with API keys is told, and recalled, like files (service rule 15)."""

from collections.abc import Sequence
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.access.verdicts import ANY_ROLE
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import Sighting, SightingKind
from checkdata.domain.audit.wrong_sightings import WrongReason
from checkdata.domain.feed.contents import References
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Agreement, DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.answer_services import AnswerServices, AskedUser, Asker, SearchPart
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen, WronglySeenQuery
from checkdata.domain.services.audit.recall_files import RecallRound
from checkdata.domain.services.listing.follow_changes import FollowChanges, WantedChanges
from checkdata.domain.services.listing.read_listing import Place, ReadListing
from checkdata.domain.services.task_steps.by_key import READ_WITHIN, ByKey
from checkdata.domain.values import EmailAddress, ParticipantId
from checkdata.entrypoints.cli.tracing import recalled_line
from checkdata.entrypoints.web.presentation.recalls import lines_to_delete, recalled_lines
from checkdata.entrypoints.web.presentation.tracing import file_lines
from checkdata.entrypoints.web.presentation.wrongly_seen import wrong_lines
from tests.contracts.recalling import (
    AGREEMENT,
    add,
    asked,
    by_command,
    confirm,
    confirming,
    recalled_by_round,
    renewed,
    state,
    the_agreement,
    user,
)
from tests.contracts.test_tracing import ADA, EVE, SIOBHAN, acting, hows, query, tracing
from tests.integration.web.world import ANN, CAT, NORTH, OTHER_LEAD, RECORDS, SOUTH, World, with_feed_and_access

NIGHTLY: Final = ByKey(key_id="0a1b2c3d4e", key_name="Nightly")
PAYROLL: Final = ByKey(key_id="5f6a7b8c9d", key_name="Payroll")
ELSEWHERE: Final = Asker(service="Elsewhere", key_id="e1e2e3e4e5")


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def reads(world: World, key: ByKey = NIGHTLY, *, size: int = 100, email: EmailAddress = ANN, **words: str) -> None:
    """A program reads all pages of what its user sees."""
    asked, reading = query(world, **words), ReadListing(storage=world.storage, clock=world.clock)
    place = reading.beginning(asked, None)
    while place is not None:
        place = read_page(world, place, key, size=size, email=email, **words)


def read_page(
    world: World, place: Place, key: ByKey = NIGHTLY, *, size: int = 1, email: EmailAddress = ANN, **words: str
) -> Place | None:
    reading = ReadListing(storage=world.storage, clock=world.clock)
    found = reading.page(acting(world, email), query(world, **words), place, size=size, by_key=key)
    found.leaves(b"%d" % place.rows)
    return found.following


def asks(world: World, named: EmailAddress = ANN) -> list[ParticipantId]:
    """Another service asks whom a user may see."""
    services = AnswerServices(storage=world.storage, clock=world.clock)
    asked_user = AskedUser(named=str(named), acting_as=ANY_ROLE)
    found, _ = services.participants_seen_by(ELSEWHERE, asked_user, SearchPart(limit=100))
    return list(found)


def certainly(world: World, participant_id: ParticipantId = ADA) -> list[Sighting]:
    return list(tracing(world).seen(participant_id).certainly)


def test_who_was_on_a_page_that_a_program_read_was_certainly_seen_and_nobody_on_another_page(world: World) -> None:
    place = ReadListing(storage=world.storage, clock=world.clock).beginning(query(world), None)
    assert place is not None
    read_page(world, place)
    first = [each for each in RECORDS if certainly(world, ParticipantId(each.participant_id))]
    assert len(first) == 1
    assert all(hows(tracing(world).seen(each))[1] == [] for each in (ADA, SIOBHAN, EVE))


def test_pages_of_a_key_are_summed_up_with_the_first_and_the_last_time(world: World) -> None:
    reads(world, role="ect")
    first = world.now
    for _ in range(3):
        world.pass_time(days=1)
        reads(world)
    world.pass_time(days=1)
    reads(world, PAYROLL)
    nightly, payroll = certainly(world)
    assert (nightly.how, nightly.at, nightly.times) == (SightingKind.BY_KEY, first, 4)
    assert nightly.receipt is not None
    assert (nightly.receipt.key_id, nightly.receipt.key_name) == (NIGHTLY.key_id, "Nightly")
    assert (nightly.actor, nightly.organisation_id) == (user(world), NORTH.id)
    assert (payroll.at, payroll.last, payroll.times) == (world.now, world.now, 1)


def test_whom_changes_told_a_program_of_is_known_though_they_left_view(world: World) -> None:
    since = world.now
    world.pass_time(days=1)
    world.load([], complete=True)
    following = FollowChanges(storage=world.storage, clock=world.clock)
    wanted = WantedChanges(query=query(world), since=since)
    found, leaves = following.page_by_key(acting(world), wanted, NIGHTLY, number=1, size=100)
    assert hows(tracing(world).seen(ADA)) == ([], [])
    leaves(b"the page")
    assert ADA in [change.now.participant_id for change in found.changes]
    assert hows(tracing(world).seen(ADA)) == ([SightingKind.BY_KEY], [])


def test_a_page_of_nobody_has_no_receipt_and_is_on_record(world: World) -> None:
    reads(world, search="nobody at all")
    assert [event.details["rows"] for event in world.audit(AuditKind.LIST_VIEWED)] == [0]
    with world.storage.reading() as work:
        assert list(work.receipts.between(None, None)) == []


def test_what_was_seen_wrongly_names_the_key_its_organisation_and_its_user(world: World) -> None:
    """Also where a program read on, a day later, in what was shown before it was corrected."""
    reads(world)
    place = ReadListing(storage=world.storage, clock=world.clock).beginning(query(world), None)
    assert place is not None
    world.pass_time(days=1)
    world.load([evolve(RECORDS[0], delivery_partner_id=SOUTH.id)])
    world.now += READ_WITHIN * 0.9
    read_page(world, place, PAYROLL, size=100)
    [found] = FindWronglySeen(storage=world.storage, clock=world.clock).find(WronglySeenQuery(participant_id=ADA))
    assert (found.organisation, found.reason) == (NORTH, WrongReason.PARTNER)
    told = [(each.receipt and each.receipt.key_name, each.actor, each.times) for each in found.sightings.certainly]
    assert told == [("Nightly", user(world), 1), ("Payroll", user(world), 1)]
    assert [user.email for user in found.sightings.users.values()] == [ANN]
    lines = [(line.how, line.who[0]) for line in wrong_lines([found])]
    assert lines[0] == ("Read by a program with the API key Nightly (checkdata-0a1b2c3d-…)", "Ann Lee")


@pytest.mark.parametrize("is_old_first", [True, False], ids=["old import first", "new import first"])
def test_of_what_a_key_reads_after_a_correction_only_pages_of_the_import_before_it_are_wrong(
    world: World, *, is_old_first: bool
) -> None:
    place = ReadListing(storage=world.storage, clock=world.clock).beginning(query(world), None)
    assert place is not None
    world.pass_time(days=1)
    corrected = [evolve(RECORDS[0], academic_year=2022)]
    world.load(corrected)
    world.pass_time(hours=1)
    if is_old_first:
        read_page(world, place, size=100)
    reads(world)
    if not is_old_first:
        read_page(world, place, size=100)
    world.pass_time(days=1)
    world.load(corrected, References(agreements=[evolve(the_agreement(), last_academic_year=2022)]), wider=True)
    [found] = FindWronglySeen(storage=world.storage, clock=world.clock).find(WronglySeenQuery(participant_id=ADA))
    assert found.reason is WrongReason.AGREEMENT
    assert [(each.import_id, each.times) for each in found.sightings.certainly] == [(place.import_id, 1)]


def test_what_a_key_read_under_an_agreement_that_is_over_is_one_copy_of_its_user(world: World) -> None:
    for _ in range(2):
        reads(world, size=1)
        world.pass_time(days=1)
    reads(world, PAYROLL, email=CAT)
    by_command(world)
    assert recalled_by_round(world).mailed == 2
    assert dict(asked(world)) == {
        ANN: FilesRecalled(name="Ann Lee", files=0, copies=1, reminds=False),
        CAT: FilesRecalled(name="Cat Doe", files=0, copies=1, reminds=False),
    }
    copies = [(each.file.kind, each.file.key_id, each.file.holder) for each in state(world).files]
    assert copies == [
        (FileKind.API, NIGHTLY.key_id, user(world)),
        (FileKind.API, PAYROLL.key_id, user(world, CAT)),
    ]
    [line] = lines_to_delete(confirming(world).held_by(user(world)))
    assert (line.what, line.name) == ("Read by a program with the API key Nightly (checkdata-0a1b2c3d-…)", "")
    assert "copy read with key Nightly (0a1b2c3d4e)" in recalled_line(state(world).files[0])
    assert confirm(world) == 1
    assert world.audit(AuditKind.FILE_DELETED)[-1].details["key"] == NIGHTLY.key_id
    assert recalled_by_round(world) == RecallRound()


def test_a_copy_of_people_whom_another_agreement_covers_is_not_recalled(world: World) -> None:
    add(world, first_academic_year=2023)
    reads(world, academic_year="2023")
    reads(world, PAYROLL, academic_year="2022")
    by_command(world)
    recalled_by_round(world)
    assert [each.file.key_name for each in state(world).files] == ["Payroll"]


def test_a_copy_is_recalled_again_for_another_agreement_because_it_was_not_deleted_whole(world: World) -> None:
    reads(world)
    renewal = renewed(world)
    world.services().manage_agreements.end(AGREEMENT, reason="Over", last_day=world.now.date())
    world.pass_time(days=1)
    reads(world)
    add(world, lead_provider_id=OTHER_LEAD.id)
    world.services().manage_agreements.end(renewal, reason="Over")
    assert recalled_by_round(world).mailed == 1
    assert confirm(world) == 2
    assert lines_to_delete(confirming(world).held_by(user(world))) == []
    [other] = [
        each.id
        for each in agreements(world)
        if each.lead_provider_id == OTHER_LEAD.id and each.delivery_partner_id == NORTH.id
    ]
    reads(world)
    world.services().manage_agreements.end(other, reason="Over")
    assert recalled_by_round(world).mailed == 1


def agreements(world: World) -> Sequence[Agreement]:
    with world.storage.reading() as work:
        return work.organisations.agreements_of(NORTH.id)


def test_whom_another_service_was_told_of_is_a_copy_of_nobody_whom_support_sees(world: World) -> None:
    assert ADA in asks(world)
    [seen] = certainly(world)
    assert (seen.how, seen.actor, seen.service) == (SightingKind.BY_SERVICE, None, "Elsewhere")
    by_command(world)
    assert recalled_by_round(world) == RecallRound(opened=1)
    [file] = state(world).files
    [line] = recalled_lines([file])
    assert line.who == ("Elsewhere", "")
    assert "ask the team that runs it" in line.why
    assert "of another service" in recalled_line(file)
    confirming(world).record(file.file.id, reason="Their team wrote so")
    assert state(world).waiting == 0


def test_of_what_a_key_read_under_an_agreement_support_sees_one_line(world: World) -> None:
    for _ in range(2):
        reads(world, size=1)
        world.pass_time(days=1)
    asks(world)
    found = tracing(world).files_under(AGREEMENT)
    assert [(held.receipt.key_name, held.user and held.user.email) for held in found] == [
        ("Nightly", ANN),
        ("Elsewhere", None),
    ]
    assert [line.who[0] for line in file_lines(found)] == ["Ann Lee", "Elsewhere"]


def test_a_service_is_told_of_each_organisation_in_a_receipt_of_its_own(world: World) -> None:
    found = asks(world)
    with world.storage.reading() as work:
        receipts = list(work.receipts.of_organisation(DeliveryPartner(NORTH.id)))
    assert [receipt.participant_ids for receipt in receipts] == [tuple(found)]
    assert receipts[0].actor is None
    assert receipts[0].kind is FileKind.DECISIONS

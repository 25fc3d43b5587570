"""Who has seen a participant, certainly or possibly; where a file came from; over every storage (service rule 15)."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.domain.access.decision import Acting, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import ParticipantSightings, SightingKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.feed.contents import NamedIds
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.follow_changes import FollowChanges, WantedChanges
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.training.facts import TrainingStatus
from checkdata.domain.values import EmailAddress, ParticipantId
from tests.integration.web.world import (
    ANN,
    BODY,
    CAT,
    ELM,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SOUTH,
    World,
    a_record,
    with_feed_and_access,
)
from tests.storages import owners

ADA = ParticipantId("p-1")
SIOBHAN = ParticipantId("p-2")
EVE = ParticipantId("p-6")


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def acting(world: World, email: EmailAddress = ANN, organisation: DeliveryPartner = NORTH) -> Acting:
    with world.storage.reading() as work:
        user = work.users.with_email(email)
    assert user is not None
    return Acting(user.id, organisation)


def query(world: World, organisation: DeliveryPartner = NORTH, /, **words: str) -> ParticipantQuery:
    with world.storage.reading() as work:
        scope = scope_of(organisation, work.organisations.agreements_of(organisation.id), on=world.now.date())
    assert isinstance(scope, Scope)
    return ParticipantQuery.of(scope, **words)


def checking(world: World) -> CheckParticipants:
    return world.services().check_participants


def downloaded(world: World, kind: FileKind = FileKind.CSV, /, **words: str) -> bytes:
    return b"".join(checking(world).download(acting(world), query(world, **words), kind).chunks)


def tracing(world: World) -> Trace:
    return Trace(storage=world.storage, clock=world.clock)


def hows(found: ParticipantSightings) -> tuple[list[SightingKind], list[SightingKind]]:
    return [each.how for each in found.certainly], [each.first.how for each in found.possibly]


def test_a_participant_whom_no_user_looked_at_was_seen_by_none(world: World) -> None:
    assert hows(tracing(world).seen(ADA)) == ([], [])


def test_an_id_that_was_never_listed_is_told(world: World) -> None:
    with pytest.raises(ChangeRefused, match="No participant has this id"):
        tracing(world).seen(ParticipantId("p-99"))


def test_only_a_user_who_opened_their_page_saw_them(world: World) -> None:
    LookUpParticipant(storage=world.storage, clock=world.clock).participant(acting(world), query(world).scope, ADA)
    found = tracing(world).seen(ADA)
    assert hows(found) == ([SightingKind.OWN_PAGE], [])
    assert [user.email for user in found.users.values()] == [ANN]
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])


@pytest.mark.parametrize("kind", [FileKind.CSV, FileKind.EXCEL, FileKind.CONTACTS, FileKind.ALL_CONTACTS])
def test_a_user_who_took_a_file_that_held_them_saw_them(world: World, kind: FileKind) -> None:
    downloaded(world, kind, academic_year="2023")
    assert hows(tracing(world).seen(ADA)) == ([SightingKind.FILE], [])
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])
    assert hows(tracing(world).seen(EVE)) == ([], [])


def test_a_communication_list_held_nobody_whom_it_left_out(world: World) -> None:
    paused = evolve(RECORDS[1], training_status=TrainingStatus.DEFERRED)
    world.load([evolve(RECORDS[0], email=""), paused, *RECORDS[2:]])
    downloaded(world, FileKind.CONTACTS)
    assert hows(tracing(world).seen(ADA)) == ([], [])
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])
    downloaded(world, FileKind.ALL_CONTACTS)
    assert hows(tracing(world).seen(ADA)) == ([], [])
    assert hows(tracing(world).seen(SIOBHAN)) == ([SightingKind.FILE], [])


def test_a_file_found_by_a_search_held_whom_it_held(world: World) -> None:
    downloaded(world, search="ada")
    assert hows(tracing(world).seen(ADA)) == ([SightingKind.FILE], [])
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])


def test_who_saw_a_participant_in_a_file_is_told_without_all_who_were_in_it(world: World) -> None:
    downloaded(world, search="ada")
    [sighting] = tracing(world).seen(ADA).certainly
    assert sighting.receipt is not None
    assert sighting.receipt.participants is None


def test_a_file_is_held_against_the_listing_that_it_showed_not_against_todays(world: World) -> None:
    downloaded(world, academic_year="2022")
    world.load([a_record(1, "Ada Bold", academic_year=2022), a_record(2, "Siobhán O’Neill", academic_year=2023)])
    assert hows(tracing(world).seen(SIOBHAN)) == ([SightingKind.FILE], [])
    assert hows(tracing(world).seen(ADA)) == ([], [])


def test_a_user_who_looked_at_a_list_possibly_saw_all_who_meet_its_filters_within_its_agreements(world: World) -> None:
    checking(world).page(acting(world), query(world, academic_year="2023", search="nobody at all"))
    checking(world).page(acting(world, CAT, SOUTH), query(world, SOUTH))
    assert hows(tracing(world).seen(ADA)) == ([], [SightingKind.LIST])
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])
    assert hows(tracing(world).seen(EVE)) == ([], [])


def test_the_page_of_a_school_possibly_showed_all_who_were_there_then_and_nobody_else(world: World) -> None:
    world.load([RECORDS[0], evolve(RECORDS[1], school_urn=ELM.urn)], complete=True)
    page = checking(world).page(acting(world), evolve(query(world), school_urn=RECORDS[0].school_urn)).page
    assert [row.participant_id for row in page.participants] == [ADA]
    world.load([evolve(RECORDS[0], school_urn=ELM.urn), evolve(RECORDS[1], school_urn=RECORDS[0].school_urn)])
    assert hows(tracing(world).seen(ADA)) == ([], [SightingKind.LIST])
    assert hows(tracing(world).seen(SIOBHAN)) == ([], [])


def test_a_list_never_possibly_showed_whom_no_agreement_of_it_covers(world: World) -> None:
    world.load([a_record(7, "Lil Larkfield", lead_provider_id=OTHER_LEAD.id, school_urn=ELM.urn)])
    checking(world).page(acting(world), query(world))
    assert hows(tracing(world).seen(ParticipantId("p-7"))) == ([], [])


def narrowed(world: World) -> None:
    """A feed lets each agreement cover a later year only, and no participant without a lead provider."""
    agreements = [
        evolve(each, first_academic_year=2030, covers_unconfirmed=False) for each in REFERENCES.agreements or ()
    ]
    world.load(RECORDS, evolve(REFERENCES, agreements=agreements))


def dropped(world: World) -> None:
    """A complete feed leaves every agreement out."""
    references = evolve(REFERENCES, agreements=[], named=NamedIds(agreements=frozenset()))
    feed = MemoryFeed.of(RECORDS, references=references)
    importing = ImportFeed(storage=owners(world.storage), clock=world.clock)
    importing.load(feed, MemoryRejections(), today=world.now.date(), complete=True)


def ended(world: World) -> None:
    world.services().manage_agreements.end("ag-dp-north", reason="Over")


@pytest.mark.parametrize("change", [narrowed, dropped, ended])
def test_who_looked_is_named_as_before_when_the_terms_have_changed(
    world: World, change: Callable[[World], None]
) -> None:
    checking(world).page(acting(world), query(world, role="ect"))
    FollowChanges(storage=world.storage, clock=world.clock).page(
        acting(world), WantedChanges(query=query(world), since=world.now - timedelta(days=365))
    )
    downloaded(world)
    chunks = checking(world).download(acting(world), query(world)).chunks
    next(chunks)
    chunks.close()
    before = [tracing(world).seen(each) for each in (ADA, SIOBHAN, EVE)]
    assert [len(found.possibly) for found in before] == [3, 3, 0]
    world.pass_time(days=1)
    change(world)
    assert [tracing(world).seen(each) for each in (ADA, SIOBHAN, EVE)] == before


def test_a_whole_download_does_not_stand_for_one_broken_off_that_asked_for_others(world: World) -> None:
    for _ in range(2):
        chunks = checking(world).download(acting(world), query(world, search="ada")).chunks
        next(chunks)
        chunks.close()
    downloaded(world, search="siobhan")
    assert hows(tracing(world).seen(ADA)) == ([], [SightingKind.BROKEN_OFF])
    [found] = tracing(world).seen(ADA).possibly
    assert found.times == 2


def test_a_download_broken_off_possibly_showed_them_and_a_whole_one_is_told_once(world: World) -> None:
    chunks = checking(world).download(acting(world), query(world)).chunks
    next(chunks)
    chunks.close()
    assert hows(tracing(world).seen(ADA)) == ([], [SightingKind.BROKEN_OFF])
    world.pass_time(hours=9)
    downloaded(world)
    assert hows(tracing(world).seen(ADA)) == ([SightingKind.FILE], [SightingKind.BROKEN_OFF])


def test_what_a_user_did_often_is_summed_up_with_its_first_and_last_time(world: World) -> None:
    first = world.now
    for _ in range(3):
        checking(world).page(acting(world), query(world))
        world.pass_time(minutes=1)
    [possibly] = tracing(world).seen(ADA).possibly
    assert (possibly.times, possibly.first.at, possibly.last.at) == (3, first, first + timedelta(minutes=2))


def test_a_time_leaves_out_what_was_before_and_after(world: World) -> None:
    start = world.now
    downloaded(world)
    checking(world).page(acting(world), query(world))
    world.pass_time(hours=1)
    assert hows(tracing(world).seen(ADA, start=start, end=world.now)) == ([SightingKind.FILE], [SightingKind.LIST])
    assert hows(tracing(world).seen(ADA, start=world.now)) == ([], [])
    assert hows(tracing(world).seen(ADA, end=start)) == ([], [])


def test_that_it_was_asked_is_on_record(world: World) -> None:
    tracing(world).seen(ADA)
    [event] = world.audit(AuditKind.PARTICIPANT_TRACED)
    assert (event.participant_id, event.actor) == (ADA, None)


@pytest.mark.parametrize("words", [{}, {"search": "a"}, {"sort": "school", "direction": "descending"}])
def test_a_file_names_its_origin_and_the_rows_that_have_left_the_scope(world: World, words: dict[str, str]) -> None:
    content = downloaded(world, **words)
    digest = sha256(content).hexdigest()
    [origin] = tracing(world).origins(digest)
    assert (origin.organisation, origin.organisation.name) == (NORTH, NORTH.name)
    assert origin.user is not None
    assert origin.user.email == ANN
    assert origin.gone == []
    world.load([a_record(1, "Ada Bold", delivery_partner_id=SOUTH.id, lead_provider_id=LEAD.id)])
    world.pass_time(days=800)
    world.load([a_record(2, "Siobhán O’Neill", academic_year=2022)])
    [origin] = tracing(world).origins(digest)
    lines = content.decode("utf-8-sig").splitlines()
    rows = {gone.participant_id: gone.row for gone in origin.gone or ()}
    assert rows
    for participant_id, row in rows.items():
        assert row is not None
        assert NAMES[participant_id] in lines[row - 1]


NAMES = {"p-1": "Ada", "p-2": "Siobhán", "p-3": "Zoë", "p-4": "=1+1"}


def test_all_of_a_file_has_left_once_no_agreement_is_in_force(world: World) -> None:
    digest = sha256(downloaded(world)).hexdigest()
    world.services().manage_agreements.end("ag-dp-north", reason="Over")
    [origin] = tracing(world).origins(digest)
    assert [(gone.participant_id, gone.row) for gone in origin.gone or ()] == [
        ("p-4", 2),
        ("p-1", 3),
        ("p-2", 4),
        ("p-3", 5),
    ]


def test_other_bytes_are_not_known_and_that_they_were_asked_for_is_on_record(world: World) -> None:
    digest = sha256(downloaded(world) + b"x").hexdigest()
    assert tracing(world).origins(digest) == []
    [event] = world.audit(AuditKind.FILE_TRACED)
    assert event.details == {"sha256": digest, "known": False}


def test_an_agreement_names_the_files_that_left_under_it_and_who_has_them(world: World) -> None:
    downloaded(world)
    b"".join(checking(world).download(acting(world, CAT, SOUTH), query(world, SOUTH)).chunks)
    [file] = tracing(world).files_under("ag-dp-north")
    assert file.user is not None
    assert (file.user.email, file.receipt.organisation_id) == (ANN, "dp-north")
    assert tracing(world).files_under("ag-dp-ended") == []
    with pytest.raises(ChangeRefused):
        tracing(world).files_under("no-such")


def test_an_event_of_an_import_that_is_not_known_counts_against_all_that_ever_stood(world: World) -> None:
    user = acting(world)
    with world.storage.writing() as work:
        work.audit.record(AuditEvent.by(user, AuditKind.LIST_VIEWED, world.now, details={"searched": False}))
        work.commit()
    assert hows(tracing(world).seen(ADA)) == ([], [SightingKind.LIST])


def test_a_view_without_its_rules_counts_against_the_whole_listing_and_one_with_them_against_those(
    world: World,
) -> None:
    user = acting(world)
    with world.storage.reading() as work:
        as_of = work.participants.as_of()
    for details in ({"searched": False}, {"rules": f"2040-:{LEAD.id}"}, {"rules": f"-2022:{LEAD.id}"}):
        event = AuditEvent.by(user, AuditKind.LIST_VIEWED, world.now, import_id=id_of(as_of), details=details)
        record(world.storage, event)
    assert [found.times for found in tracing(world).seen(ADA).possibly] == [1]
    assert [found.times for found in tracing(world).seen(SIOBHAN).possibly] == [2]


def test_a_view_counts_however_many_rules_it_has(world: World) -> None:
    user = acting(world)
    with world.storage.reading() as work:
        as_of = work.participants.as_of()
    others = " ".join(f"2030-2031:lead-provider-{number}" for number in range(200))
    for rules in (others, f"{others} -:{LEAD.id}"):
        event = AuditEvent.by(user, AuditKind.LIST_VIEWED, world.now, import_id=id_of(as_of), details={"rules": rules})
        record(world.storage, event)
    assert [found.times for found in tracing(world).seen(ADA).possibly] == [1]


def test_views_of_a_body_need_no_rules(world: World) -> None:
    looking = Acting(acting(world, CAT).user_id, BODY)
    checking(world).page(looking, ParticipantQuery(scope=Scope(organisation=BODY)))
    [found] = tracing(world).seen(ADA).possibly
    assert (found.first.role, found.first.organisation_id) == (BODY.role, BODY.id)

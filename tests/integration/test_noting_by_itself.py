"""The service makes notes of changes by itself: real databases in two roles, and the threads of two servers at once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.domain.messages import ChangesCounted
from checkdata.domain.people.change_notes import ChangeNote, NoteFrequency
from checkdata.domain.people.organisations import Role, School
from checkdata.domain.people.users import User
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.background_threads import repeated_noting
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from tests.access_world import a_record
from tests.integration.cli.command import KEY
from tests.integration.test_expiring_nominations import HUB, LEAD, references
from tests.integration.test_sending_mail import wait_for
from tests.storages import in_two_roles

ANN = EmailAddress("ann@hub.example")


@pytest.fixture
def composed(migrated_url: str, tmp_path: Path) -> Iterator[Composition]:
    """A service whose last feed told of one participant of the hub."""
    variables = {"XDG_DATA_HOME": str(tmp_path), **in_two_roles(migrated_url), "CHECKDATA_SECRET_KEY": KEY}
    with closing(Composition(read_settings(variables))) as composed:
        record = evolve(a_record("new"), delivery_partner_id=HUB.id, lead_provider_id=LEAD.id, appropriate_body_id=None)
        feed = MemoryFeed.of([record], references=evolve(references(), schools=[School("100001", "Oak")]))
        composed.import_feed.load(feed, MemoryRejections(), today=now().date(), allow_wider_access=True)
        yield composed


@pytest.fixture
def ann(composed: Composition) -> User:
    """A user who wants notes every day, and got the last one two days ago."""
    access = NewAccess(
        email=ANN,
        name="Ann Lee",
        role=Role.DELIVERY_PARTNER,
        organisation_id=HUB.id,
        reason="Ticket 12",
        confirmed_by=LEAD.id,
    )
    ann, before = composed.manage_access.add(access), now() - timedelta(days=2)
    note = ChangeNote(
        user_id=ann.id, organisation=HUB, frequency=NoteFrequency.DAILY, told_until=before, looked_at=before
    )
    with composed.storage.writing() as work:
        work.users.hold(ann.id)
        work.change_notes.put(note)
        work.commit()
    return ann


def notes(composed: Composition) -> list[ChangesCounted]:
    with composed.storage.reading() as work:
        sent = [mail.entry.message for mail in work.outbox.last_to(ANN, 9)]
    return [message for message in sent if isinstance(message, ChangesCounted)]


def test_of_the_threads_of_two_servers_one_makes_the_note_with_the_rights_of_the_service(
    composed: Composition, ann: User
) -> None:
    with run_together(repeated_noting(composed.note_changes), repeated_noting(composed.note_changes)):
        wait_for(lambda: bool(notes(composed)))
    assert composed.note_changes.queue_due() == 0
    assert [(note.user_id, note.changes) for note in notes(composed)] == [(ann.id, 1)]

"""Access that lapses by itself: real databases, the thread of ``serve``, and the command."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkdata.domain.messages import AccessLapses, AccessRemoved
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.background_threads import repeated_lapsing
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, Command
from tests.integration.test_expiring_nominations import HUB, LEAD, references
from tests.integration.test_sending_mail import wait_for
from tests.storages import in_two_roles

ANN = EmailAddress("ann@hub.example")


@pytest.fixture
def composed(migrated_url: str, tmp_path: Path) -> Iterator[Composition]:
    """A service, run as its own role, with a user who was given access 180 days ago and never came."""
    variables = {
        "XDG_DATA_HOME": str(tmp_path),
        **in_two_roles(migrated_url),
        "CHECKDATA_SECRET_KEY": KEY,
    }
    with closing(Composition(read_settings(variables))) as composed:
        with composed.owners_storage.writing() as work:
            work.feed_store.put_references(references())
            work.commit()
        at(composed, datetime.now(UTC) - timedelta(days=180))
        access = NewAccess(
            email=ANN,
            name="Ann Lee",
            role=Role.DELIVERY_PARTNER,
            organisation_id=HUB.id,
            confirmed_by=LEAD.id,
            reason="Ticket 12",
        )
        composed.manage_access.add(access)
        composed.clock = now
        yield composed


def at(composed: Composition, moment: datetime) -> None:
    composed.clock = lambda: moment


def queued(composed: Composition) -> list[type]:
    """The kinds of mail that wait for Ann, the oldest first."""
    return [type(mail.entry.message) for mail in reversed(composed.help_users.mails(ANN))]


def active(composed: Composition) -> int:
    [found] = composed.manage_access.search(ANN.value)
    return len(found.active(composed.clock().date()))


def test_threads_of_two_services_warn_once_and_end_it_once(composed: Composition) -> None:
    with run_together(repeated_lapsing(composed.lapse_access), repeated_lapsing(composed.lapse_access)):
        wait_for(lambda: len(queued(composed)) > 1)
    assert queued(composed)[1:] == [AccessLapses]
    later = datetime.now(UTC) + timedelta(days=29)
    at(composed, later)
    with run_together(repeated_lapsing(composed.lapse_access), repeated_lapsing(composed.lapse_access)):
        wait_for(lambda: not active(composed))
    assert queued(composed)[1:] == [AccessLapses, AccessRemoved]


def test_the_command_does_it_once(composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url = composed.settings.database_url
    command = Command(tmp_path, capsys, {"CHECKDATA_SECRET_KEY": KEY, "CHECKDATA_DATABASE_URL": url})
    assert command.done("access", "lapse").out == "1 warned, 0 ended.\n"
    assert command.done("access", "lapse").out == "0 warned, 0 ended.\n"
    [row] = command.done("access", "review").out.splitlines()[1:]
    ends_on = datetime.now(UTC) + timedelta(days=28)
    assert row.split("\t")[-1] in {str(ends_on.date()), str((ends_on + timedelta(hours=1)).date())}
    off = Command(tmp_path, capsys, {"CHECKDATA_DATABASE_URL": url, "CHECKDATA_LAPSE_WARNING_DAYS": "0"})
    at(composed, datetime.now(UTC) + timedelta(days=60))
    assert off.done("access", "lapse").out == "0 warned, 0 ended.\n"

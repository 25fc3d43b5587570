"""Nominations that waited for too long are closed by the service itself: real databases, the thread, the command."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.feed.contents import References
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, LeadProvider, Role, SupportTeam
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, LeadProviderId
from checkdata.entrypoints.background_threads import repeated_expiring
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, Command
from tests.integration.test_sending_mail import wait_for
from tests.recent_events import recent
from tests.storages import in_two_roles

HUB = DeliveryPartner("dp-hub", "Hub")
LEAD = LeadProvider(LeadProviderId("lp-1"), "Beacon")


@pytest.fixture
def composed(migrated_url: str, tmp_path: Path) -> Iterator[Composition]:
    """A service in which one person was nominated 28 days ago, and another one 27."""
    variables = {
        "XDG_DATA_HOME": str(tmp_path),
        **in_two_roles(migrated_url),
        "CHECKDATA_SECRET_KEY": KEY,
    }
    with closing(Composition(read_settings(variables))) as composed:
        with composed.owners_storage.writing() as work:
            work.feed_store.put_references(references())
            work.commit()
        for days in (28, 27):
            nominated(composed, datetime.now(UTC) - timedelta(days=days))
        yield composed


def references() -> References:
    since = date(2021, 9, 1)
    agreement = Agreement(id="a", lead_provider_id=LEAD.id, delivery_partner_id=HUB.id, starts_on=since)
    return References(lead_providers=[LEAD], delivery_partners=[HUB], agreements=[agreement])


def nominated(composed: Composition, at: datetime) -> None:
    """Support nominates a person at that moment."""
    composed.clock = lambda: at
    support = EmailAddress(f"sue{at.day}@dfe.example")
    access = NewAccess(email=support, name="Sue Lee", role=Role.SUPPORT, reason="Ticket 12")
    mailed = MailedNomination(
        email=EmailAddress(f"new{at.day}@hub.example"),
        name="New User",
        role=Role.DELIVERY_PARTNER,
        organisation_id=HUB.id,
        nominated_by=EmailAddress("boss@hub.example"),
        reference="Mail 1",
    )
    composed.nominate.receive(mailed, by=Acting(composed.manage_access.add(access).id, SupportTeam()))
    composed.clock = now


def states(composed: Composition) -> list[NominationState]:
    queue = composed.nomination_queue
    return [queued.nomination.state for queued in (*queue.closed(), *queue.open())]


def test_the_thread_closes_what_waited_for_too_long(composed: Composition) -> None:
    with run_together(repeated_expiring(composed.nominate)):
        wait_for(lambda: bool(composed.nomination_queue.closed()))
    assert states(composed) == [NominationState.EXPIRED, NominationState.RECEIVED]
    with composed.storage.reading() as work:
        assert [event.kind for event in recent(work, 1)] == [AuditKind.NOMINATION_EXPIRED]


def test_the_command_that_sends_mail_closes_it_too(
    composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = composed.settings.database_url
    command = Command(tmp_path, capsys, {"CHECKDATA_SECRET_KEY": KEY, "CHECKDATA_DATABASE_URL": url})
    command.done("send")
    assert states(composed) == [NominationState.EXPIRED, NominationState.RECEIVED]

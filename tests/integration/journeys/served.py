"""A service as it is really run: a database server, a process of its own, and mail that goes through an SMTP server."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from playwright.sync_api import Page, expect

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress, london_date
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.demo import write_demo_feed
from checkdata.entrypoints.demo.organisations import CONFIRMING_LEAD_PROVIDER, NORTH_HUB
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, PROGRAM
from tests.integration.cli.conftest import load
from tests.integration.cli.web_client import PATIENCE_SECONDS, wait_until_served
from tests.integration.email.smtp_server import Delivery, SmtpServerInTest, free_port, smtp_server
from tests.integration.journeys.browser_user import press_sign_in
from tests.storages import in_two_roles

SUPPORT: Final = "sue@dfe.example.org"
SECOND_SUPPORT: Final = "pat@dfe.example.org"
POLICY: Final = "pam@dfe.example.org"
RUTH: Final = "ruth@northern-moors.example.org"
CONTACT: Final = "access@kestrel.example.org"
"""The registered contact of Kestrel, which has an agreement with Ruth's hub."""

_LINK: Final = re.compile(r"https?://\S+/(?:sign-in|confirm)/[\w-]{75}")
_PEOPLE: Final = (
    (SUPPORT, "Sue Ford", Role.SUPPORT, ""),
    (SECOND_SUPPORT, "Pat Ellis", Role.SUPPORT, ""),
    (POLICY, "Pam Orr", Role.POLICY, ""),
    (RUTH, "Ruth Adeyemi", Role.DELIVERY_PARTNER, NORTH_HUB),
)


@frozen
class Served:
    """Where the service is, and what mail it sent."""

    address: str
    server: SmtpServerInTest
    variables: Mapping[str, str]
    """Its environment."""

    def mails_to(self, email: str) -> list[Delivery]:
        """What came to an address, oldest first."""
        return [delivery for delivery in self.server.deliveries if delivery.to == [email]]

    def next_mail(self, email: str, before: int, subject: str) -> str:
        """The text of the mail that comes to an address at which there were so many before, once it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(come := self.mails_to(email)) <= before:
            assert time.monotonic() < deadline, f"no mail came to {email}"
            time.sleep(0.05)
        mail = come[before].mail
        assert mail["Subject"] == subject
        text: str = mail.get_content()
        return text

    def sign_in(self, page: Page, email: str) -> None:
        """Have a link mailed to a user, follow it and press its button."""
        before = len(self.mails_to(email))
        page.goto(f"{self.address}/sign-in")
        page.get_by_label("Email address").fill(email)
        page.get_by_role("button", name="Send sign-in link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
        page.goto(link_in(self.next_mail(email, before, "Your link to sign in")))
        press_sign_in(page)


def link_in(text: str) -> str:
    """The one link with a token in a mail."""
    (link,) = _LINK.findall(text)
    return str(link)


@contextmanager
def served(database_url: str, folder: Path, **settings: str) -> Iterator[Served]:
    """A service with a few made-up participants, a support user, a policy user and Ruth of the largest partner.

    *settings* are more variables of its environment, without their prefix.
    """
    with smtp_server() as server:
        port = free_port()
        variables = {
            "XDG_DATA_HOME": str(folder),
            **in_two_roles(database_url),
            "CHECKDATA_SECRET_KEY": KEY,
            "CHECKDATA_BASE_URL": f"http://127.0.0.1:{port}",
            "CHECKDATA_EMAIL": f"smtp://{server.host}:{server.port}?from=no-reply@service.example.org",
            # One machine and few people go all the ways of many.
            "CHECKDATA_LINKS_PER_ADDRESS": "9999",
            "CHECKDATA_LINKS_PER_CLIENT": "9999",
            **{f"CHECKDATA_{name}": value for name, value in settings.items()},
        }
        _fill(variables, database_url, folder)
        command = [*PROGRAM, "serve", "--port", str(port)]
        with subprocess.Popen(  # noqa: S603
            command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                wait_until_served(process, variables["CHECKDATA_BASE_URL"])
                yield Served(variables["CHECKDATA_BASE_URL"], server, variables)
            finally:
                process.terminate()


def _fill(variables: Mapping[str, str], database_url: str, folder: Path) -> None:
    feed = folder / "feed"
    write_demo_feed(feed, participants=60, today=london_date(now()))
    load(database_url, feed)
    with closing(Composition(read_settings(variables))) as composed:
        for email, name, role, organisation_id in _PEOPLE:
            access = NewAccess(
                email=EmailAddress.of(email),
                name=name,
                role=role,
                organisation_id=organisation_id,
                confirmed_by=CONFIRMING_LEAD_PROVIDER[organisation_id] if organisation_id else "",
                reason="Ticket 12",
            )
            composed.manage_access.add(access)
